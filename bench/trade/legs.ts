/** Runs one leg and holds the rows it left against what its trades must leave. */
import { type Child, startChild } from "../child.ts";
import { faultsOf, takeSnapshot } from "./checks.ts";
import type { Leg, Measured } from "./leg.ts";
import type { Options } from "./options.ts";
import { runPgbench } from "./pgbench.ts";
import type { Contestant, Site } from "./stage.ts";

const GENERATOR = new URL("./load.ts", import.meta.url);

export type Generator = Child<Leg, Measured>;

export const startGenerator = async (): Promise<Generator> => (await startChild<null, Leg, Measured>(GENERATOR)).child;

/** @returns trades per second as well, and what a check found */
export type Result = Measured & { readonly rate: number; readonly serverCpu: number };

export type Length = Pick<Options, "warmupMs" | "measureMs">;
type Shape = Length & { readonly clients: number; readonly hot?: boolean };

const checked = async (site: Site, what: string, run: () => Promise<Measured>): Promise<Measured> => {
  const before = await takeSnapshot(site.superuserUrl);
  const measured = await run();
  const faults = faultsOf(before, await takeSnapshot(site.superuserUrl), measured.allTrades);
  if (faults.length > 0)
    throw new Error(`${what} did not leave the rows of ${measured.allTrades} trades: ${faults.join("; ")}`);
  return measured;
};

const resultOf = (measured: Measured, serverCpu: number): Result => ({
  ...measured,
  serverCpu,
  rate: measured.trades.length / measured.seconds,
});

export const httpLeg = async (
  generator: Generator,
  contestant: Contestant,
  site: Site,
  shape: Shape,
): Promise<Result> => {
  const { address, usage } = contestant;
  const { clients, warmupMs, measureMs, hot = false } = shape;
  const target = { host: address.hostname, port: Number(address.port) };
  const before = await usage();
  const started = performance.now();
  let serverCpu = 0;
  const measured = await checked(site, address.href, async () => {
    const leg = await generator.ask({ ...target, clients, warmupMs, measureMs, hot, market: site.market });
    serverCpu = ((await usage()).cpuMs - before.cpuMs) / (performance.now() - started);
    return leg;
  });
  return resultOf(measured, serverCpu);
};

export const pgbenchLeg = async (program: string, site: Site, shape: Shape): Promise<Result> => {
  const { clients, warmupMs, measureMs, hot = false } = shape;
  const measured = await checked(site, "pgbench", () =>
    runPgbench({ program, site, clients, warmupMs, measureMs, hot }),
  );
  return resultOf(measured, Number.NaN);
};
