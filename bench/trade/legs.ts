/** Runs one leg and holds the rows it left against what its trades must leave. */
import { type Child, startChild } from "../child.ts";
import { faultsOf, takeSnapshot } from "./checks.ts";
import { type Leg, type Measured, STEPS } from "./leg.ts";
import type { Options } from "./options.ts";
import { runPgbench } from "./pgbench.ts";
import { beginSequence, endSequence } from "./sequence.ts";
import type { Contestant, Site } from "./stage.ts";

const GENERATOR = new URL("./load.ts", import.meta.url);

export type Generator = Child<Leg, Measured>;

export const startGenerator = async (): Promise<Generator> => (await startChild<null, Leg, Measured>(GENERATOR)).child;

/** Microseconds of processor time for each step of a trade, the warm-up included; three steps are a trade. */
export type StepCosts = { readonly node: number; readonly postgres: number; readonly generator: number };

/** @returns trades per second as well, and what a check found */
export type Result = Measured & { readonly rate: number; readonly serverCpu: number; readonly costs: StepCosts };

export type Length = Pick<Options, "warmupMs" | "measureMs">;
type Shape = Length & { readonly clients: number; readonly hot?: boolean };

type Clocked = {
  readonly measured: Measured;
  readonly elapsed: number;
  readonly nodeMs: number;
  readonly postgresMs: number;
};

/** Only the load itself: counting rows is not its cost. */
const clocked = async (site: Site, nodeMs: () => Promise<number>, run: () => Promise<Measured>): Promise<Clocked> => {
  const [node, postgres, started] = [await nodeMs(), await site.postgresMs(), performance.now()];
  const measured = await run();
  const elapsed = performance.now() - started;
  return { measured, elapsed, nodeMs: (await nodeMs()) - node, postgresMs: (await site.postgresMs()) - postgres };
};

const checked = async (site: Site, what: string, run: () => Promise<Clocked>): Promise<Result> => {
  const before = await takeSnapshot(site.superuserUrl);
  const clocked = await run();
  const { allTrades } = clocked.measured;
  const faults = faultsOf(before, await takeSnapshot(site.superuserUrl), allTrades);
  if (faults.length > 0) throw new Error(`${what} did not leave the rows of ${allTrades} trades: ${faults.join("; ")}`);
  return resultOf(clocked);
};

const resultOf = ({ measured, elapsed, nodeMs, postgresMs }: Clocked): Result => {
  const perStep = (milliseconds: number) => (milliseconds * 1_000) / (measured.allTrades * STEPS.length);
  return {
    ...measured,
    serverCpu: nodeMs / elapsed,
    rate: measured.trades.length / measured.seconds,
    costs: { node: perStep(nodeMs), postgres: perStep(postgresMs), generator: perStep(measured.generatorMs) },
  };
};

export const httpLeg = async (
  generator: Generator,
  contestant: Contestant,
  site: Site,
  shape: Shape,
): Promise<Result> => {
  const { address, usage } = contestant;
  const { clients, warmupMs, measureMs, hot = false } = shape;
  const target = { host: address.hostname, port: Number(address.port) };
  const leg = { ...target, clients, warmupMs, measureMs, hot, market: site.market };
  const nodeMs = async () => (await usage()).cpuMs;
  return checked(site, address.href, () => clocked(site, nodeMs, () => generator.ask(leg)));
};

/** @param counter false: positions come from a sequence, and the feed's row is set right when the load is over */
export const pgbenchLeg = (program: string, site: Site, shape: Shape, counter = true): Promise<Result> => {
  const { clients, warmupMs, measureMs, hot = false } = shape;
  const load = () => runPgbench({ program, site, clients, warmupMs, measureMs, hot, counter });
  return checked(site, "pgbench", async () => {
    if (!counter) await beginSequence(site.superuserUrl);
    const leg = await clocked(site, async () => 0, load);
    if (!counter) await endSequence(site.superuserUrl);
    return leg;
  });
};
