/**
 * Orders per second by phone, and reads of an order: our rail, a usual handler with one statement per order, bare
 * signature checks, and a static route; on one database, in rounds.
 */
import { parseArgs } from "node:util";
import pg from "pg";
import { type Algorithm, generateKey, parseToken, readPublicKey, verifySignature } from "../src/jws/index.ts";
import { startChild } from "./child.ts";
import { openSite, type Served } from "./market/site.ts";
import { fine, percentile, table, whole } from "./market/table.ts";
import { type Bank, linkPhones, makeBanks } from "./rail/banks.ts";
import type { RailLeg, RailMeasured } from "./rail/load.ts";
import { orderRequests, readRequests, type Target } from "./rail/requests.ts";

const SERVER = new URL("./rail/serve.ts", import.meta.url);
const REFERENCE = new URL("./rail/reference.ts", import.meta.url);
const STATIC = new URL("./rail/static.ts", import.meta.url);
const LOAD = new URL("./rail/load.ts", import.meta.url);

/** A network of some size: one bank's budget against scanning would be used up within seconds. */
const BANKS = 64;
const ALIASES = 200_000;
/** Requests per leg, a few seconds' worth. */
const ORDERS = { ours: 6_000, reference: 3_000 } as const;
const READS = 12_000;
const CHECKS = 20_000;

type Bench = {
  readonly measure: (
    target: Target,
    requests: readonly string[],
    clients: number,
    wanted: number,
  ) => Promise<RailMeasured>;
};

const targetOf = ({ address }: Served): Target => ({ address, audience: address });

/** How many tokens a core's worth of thread pool can check, with nothing around it. */
const bareChecks = async (bank: Bank, tokens: readonly string[]): Promise<number> => {
  const { publicJwk } = await generateKey(bank.key.alg, bank.key.kid);
  const key = readPublicKey(publicJwk);
  if ("fault" in key) throw new Error(key.fault);
  const started = performance.now();
  let next = 0;
  const check = async () => {
    for (let text = tokens[next++ % tokens.length]; next <= CHECKS; text = tokens[next++ % tokens.length]) {
      const token = parseToken(text ?? "");
      if ("fault" in token) throw new Error(token.fault);
      await verifySignature(token, key);
    }
  };
  await Promise.all(Array.from({ length: 64 }, check));
  return (CHECKS / (performance.now() - started)) * 1_000;
};

const bodyOf = (request: string): string => request.slice(request.indexOf("\r\n\r\n") + 4);

export const run = async (args: readonly string[]): Promise<void> => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      clients: { type: "string", default: "32,128,256" },
      rounds: { type: "string", default: "2" },
      alg: { type: "string", default: "ES256,RS256" },
      only: { type: "string", default: "" },
    },
  });
  const clients = values.clients.split(",").map(Number);
  const rounds = Number(values.rounds);
  const algorithms = values.alg.split(",") as Algorithm[];
  const site = await openSite();
  const { child: load } = await startChild<null, RailLeg, RailMeasured>(LOAD);
  const bench: Bench = {
    measure: (target, requests, count, wanted) => {
      const { hostname, port } = new URL(target.address);
      return load.ask({ host: hostname, port: Number(port), clients: count, requests, wanted });
    },
  };
  try {
    const banks = await prepare(site.superuserUrl, site.dataDir, algorithms);
    const env = { RAIL_CALLS_PER_10_SECONDS: "1000000" };
    const ours = await site.serve(SERVER, env);
    const reference = await site.serve(REFERENCE, env);
    for (const alg of values.only === "reads" ? [] : algorithms) {
      const { postgresMs } = site;
      await measureOrders(bench, { ours, reference, postgresMs, banks: banks.get(alg) ?? [], alg, clients, rounds });
    }
    console.log(`peak of our node: ${whole(await ours.resident())} MiB resident at the end`);
    const strong = banks.get("ES256");
    if (strong !== undefined && values.only !== "orders")
      await measureReads(bench, ours, (body) => site.serve(STATIC, { STATIC_BODY: body }), strong);
    await ours.stop();
    await reference.stop();
  } finally {
    await load.stop();
    await site.close();
  }
};

const prepare = async (superuserUrl: string, dataDir: string, algorithms: readonly Algorithm[]) => {
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  try {
    const banks = new Map<Algorithm, Bank[]>();
    for (const [index, alg] of algorithms.entries()) banks.set(alg, await makeBanks(client, alg, BANKS, index * BANKS));
    await linkPhones(client, dataDir, [...banks.values()].flat(), ALIASES);
    return banks;
  } finally {
    await client.end();
  }
};

type Contest = {
  readonly ours: Served;
  readonly reference: Served;
  readonly postgresMs: () => Promise<number>;
  readonly banks: readonly Bank[];
  readonly alg: Algorithm;
  readonly clients: readonly number[];
  readonly rounds: number;
};

/** Processor time per order, in microseconds: of the server's process, and of the database. */
type Cost = { readonly node: number; readonly postgres: number };

const costOf = async (
  { served, postgresMs, count }: { served: Served; postgresMs: Contest["postgresMs"]; count: number },
  run: () => Promise<RailMeasured>,
): Promise<Costed> => {
  const [nodeBefore, postgresBefore] = [await served.cpuSeconds(), await postgresMs()];
  const measured = await run();
  const node = ((await served.cpuSeconds()) - nodeBefore) * 1e6;
  const postgres = ((await postgresMs()) - postgresBefore) * 1e3;
  return { ...measured, cost: { node: node / count, postgres: postgres / count } };
};
type Costed = RailMeasured & { readonly cost: Cost };

const measureOrders = async (bench: Bench, contest: Contest) => {
  const { ours, reference, postgresMs, banks, alg, clients, rounds } = contest;
  const contestants = [
    { served: ours, postgresMs, target: targetOf(ours), count: ORDERS.ours },
    { served: reference, postgresMs, target: targetOf(reference), count: ORDERS.reference },
  ];
  const shoot = async (target: Target, count: number, connections: number) =>
    bench.measure(target, await orderRequests(banks, target, count, ALIASES), connections, 201);
  for (const { target } of contestants) await shoot(target, 1_000, 32);
  const rows: string[][] = [];
  for (const connections of clients) {
    const figures: Costed[][] = [[], []];
    for (let round = 0; round < rounds; round++) {
      for (const [index, contestant] of contestants.entries()) {
        const { target, count } = contestant;
        figures[index]?.push(await costOf(contestant, () => shoot(target, count, connections)));
      }
    }
    const [us, them] = figures.map(mean) as [Figure, Figure];
    rows.push([
      String(connections),
      ...[us, them].flatMap(({ rate, p50, p99, cost }) => [
        whole(rate),
        `${fine(p50)} / ${fine(p99)}`,
        `${whole(cost.node)} + ${whole(cost.postgres)}`,
      ]),
      `${(us.rate / them.rate).toFixed(2)} ×`,
      `${fine(us.generator * 100)} %`,
    ]);
  }
  const [bank] = banks;
  if (bank === undefined) throw new Error("there are no banks");
  const tokens = (await orderRequests([bank], targetOf(ours), 200, ALIASES)).map(bodyOf);
  console.log(
    `\nOrders by phone per second, ${alg}, ${whole(ALIASES)} aliases, ${banks.length} banks (${bank.profile}), fsync on:\n`,
  );
  const heads = ["clients"];
  for (const who of ["ours", "statement each"]) heads.push(who, "p50 / p99 ms", "µs: node + PostgreSQL");
  heads.push("ours ÷ theirs", "generator");
  console.log(table([heads, ...rows]));
  console.log(
    `\nbare ${alg} checks: ${whole(await bareChecks(bank, tokens))} per second; an order has ${bank.profile === "strong" ? "one" : "two"}\n`,
  );
};

type Figure = {
  readonly rate: number;
  readonly p50: number;
  readonly p99: number;
  readonly generator: number;
  readonly cost: Cost;
};

const mean = (figures: readonly Costed[]): Figure => {
  const of = (pick: (figure: Costed) => number) =>
    figures.reduce((sum, figure) => sum + pick(figure), 0) / figures.length;
  return {
    rate: of(({ perSecond }) => perSecond),
    p50: of(({ took }) => percentile(took, 0.5)),
    p99: of(({ took }) => percentile(took, 0.99)),
    generator: of(({ generatorCpu }) => generatorCpu),
    cost: { node: of(({ cost }) => cost.node), postgres: of(({ cost }) => cost.postgres) },
  };
};

const measureReads = async (
  bench: Bench,
  ours: Served,
  serveStatic: (body: string) => Promise<Served>,
  banks: readonly Bank[],
) => {
  const target = targetOf(ours);
  const orders: { guid: string; bank: Bank }[] = [];
  let body = "";
  for (const bank of banks.slice(0, 16)) {
    const [request] = await orderRequests([bank], target, 1, ALIASES);
    const { last } = await bench.measure(target, [request ?? ""], 1, 201);
    body = last;
    orders.push({ guid: /"guid":"([^"]+)"/.exec(last)?.[1] ?? "", bank });
  }
  const still = await serveStatic(body);
  const rows: string[][] = [];
  for (const connections of [32, 256]) {
    const reads = await bench.measure(target, await readRequests(orders, target, READS), connections, 200);
    const unsigned = await readRequests(orders, targetOf(still), READS);
    const route = await bench.measure(targetOf(still), unsigned, connections, 200);
    rows.push([
      String(connections),
      whole(reads.perSecond),
      `${fine(percentile(reads.took, 0.5))} / ${fine(percentile(reads.took, 0.99))}`,
      whole(route.perSecond),
      `${(reads.perSecond / route.perSecond).toFixed(2)} ×`,
    ]);
  }
  await still.stop();
  console.log("\nReads of an order per second, ES256, beside a static route that gets and returns the same bytes:\n");
  console.log(table([["clients", "ours", "p50 / p99 ms", "static", "ours ÷ static"], ...rows]));
};

if (import.meta.main) await run(process.argv.slice(2));
