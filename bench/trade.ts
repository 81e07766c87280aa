/**
 * Whole trades per second: our server, a usual handler, and pgbench, on one PostgreSQL server with fsync on, one after
 * the other in rounds. Starts what it needs and removes it.
 */
import { cpus } from "node:os";
import { loadOrders, sizesOf } from "./growth/orders.ts";
import { fine, median, percentile, ratio, table, whole } from "./trade/figures.ts";
import { STEPS } from "./trade/leg.ts";
import { type Generator, httpLeg, type Length, pgbenchLeg, type Result, startGenerator } from "./trade/legs.ts";
import { vacuumAnalyze } from "./trade/market.ts";
import { type Options, readOptions } from "./trade/options.ts";
import { findPgbench, HOW_TO_INSTALL } from "./trade/pgbench.ts";
import { type Contestant, openStage, type Site, type Stage, startContestant } from "./trade/stage.ts";

const SERVER = new URL("./server.ts", import.meta.url);
const REFERENCE = new URL("./reference/server.ts", import.meta.url);
const MOST_CLIENTS = 256;
/** Enough for the compiler to have seen every path. */
const FIRST_LEG: Length = { warmupMs: 500, measureMs: 1_500 };

const say = (line = "") => console.log(line);

type Bench = {
  readonly options: Options;
  readonly stage: Stage;
  readonly generator: Generator;
  /** Whatever was started, to be stopped. */
  readonly started: (() => Promise<void>)[];
};

const startOurs = async ({ options, started }: Bench, site: Site): Promise<Contestant> => {
  const profile = options.profile === null ? [] : ["--cpu-prof", `--cpu-prof-dir=${options.profile}`];
  const contestant = await startContestant(SERVER, site, profile);
  started.push(contestant.stop);
  return contestant;
};

const startReference = async ({ started }: Bench, site: Site): Promise<Contestant> => {
  const contestant = await startContestant(REFERENCE, site);
  started.push(contestant.stop);
  return contestant;
};

// ── second by second ─────────────────────────────────────────────────────────────────────────────────────────────

const flat = async ({ options, generator }: Bench, ours: Contestant, site: Site) => {
  const clients = Math.max(...options.clients);
  const shape = { clients, warmupMs: options.warmupMs, measureMs: options.flatMs };
  const result = await httpLeg(generator, ours, site, shape);
  const { perSecond } = result;
  const edge = Math.max(1, Math.floor(perSecond.length / 6));
  const [first, last] = [median(perSecond.slice(0, edge)), median(perSecond.slice(-edge))];
  say(
    `Second by second, from an empty database: (a), ${clients} clients, ${options.flatMs / 1_000} s, trades per second`,
  );
  say(`  ${perSecond.map(whole).join(" ")}`);
  say(`  median of the first ${edge} s ${whole(first)}, of the last ${edge} s ${whole(last)}: ${ratio(last, first)}`);
  say();
};

// ── the table ────────────────────────────────────────────────────────────────────────────────────────────────────

const CONTESTANTS = ["a", "b", "c", "d", "hot"] as const;
type Name = (typeof CONTESTANTS)[number];
type Cell = { readonly name: Name; readonly clients: number; readonly results: Result[] };

const rateOf = (cell: Cell | undefined): number => median(cell?.results.map(({ rate }) => rate) ?? []);
const pooled = (cell: Cell | undefined, of: (result: Result) => readonly number[]): readonly number[] =>
  cell?.results.flatMap(of) ?? [];

type Runners = Readonly<Record<Name, ((clients: number) => Promise<Result>) | null>>;

const runRounds = async ({ options }: Bench, runners: Runners, hotClients: number): Promise<readonly Cell[]> => {
  const cells: Cell[] = options.clients.flatMap((clients) =>
    CONTESTANTS.filter((name) => runners[name] !== null && (name !== "hot" || clients === hotClients)).map((name) => ({
      name,
      clients,
      results: [],
    })),
  );
  for (let round = 1; round <= options.rounds; round += 1) {
    for (const cell of cells) {
      const result = await runners[cell.name]?.(cell.clients);
      if (result !== undefined) cell.results.push(result);
    }
  }
  return cells;
};

const printTrades = (cells: readonly Cell[], clients: readonly number[]) => {
  const cell = (name: Name, count: number) => cells.find((one) => one.name === name && one.clients === count);
  const latency = (name: Name, count: number) => {
    const trades = pooled(cell(name, count), (result) => result.trades);
    return `${fine(percentile(trades, 0.5))} / ${fine(percentile(trades, 0.99))}`;
  };
  const best = (name: Name) => Math.max(...clients.map((count) => rateOf(cell(name, count))));
  say(
    table([
      [
        "clients",
        "(a) trades/s",
        "(b)",
        "(c)",
        "(d)",
        "a/b",
        "a/c",
        "a/best c",
        "a/d",
        "a/best d",
        "(a) p50/p99 ms",
        "(b)",
      ],
      ...clients.map((count) => {
        const rates = (["a", "b", "c", "d"] as const).map((name) => rateOf(cell(name, count)));
        const [a = Number.NaN, b = Number.NaN, c = Number.NaN, d = Number.NaN] = rates;
        const ratios = [b, c, best("c"), d, best("d")].map((other) => ratio(a, other));
        return [String(count), ...rates.map(whole), ...ratios, latency("a", count), latency("b", count)];
      }),
    ]),
  );
  say();
};

const printCosts = (cells: readonly Cell[], clients: readonly number[]) => {
  const rows = (["a", "b", "c", "d"] as const).flatMap((name) =>
    clients.map((count) => {
      const cell = cells.find((one) => one.name === name && one.clients === count);
      const costs = cell?.results.map((result) => result.costs) ?? [];
      const sums = costs.map(({ node, postgres, generator }) => node + postgres + generator);
      const parts = (["node", "postgres", "generator"] as const).map((part) => median(costs.map((cost) => cost[part])));
      return [`(${name}) ${count}`, ...parts.map(whole), whole(median(sums))];
    }),
  );
  say(table([["µs of processor per trade step", "node", "PostgreSQL", "generator", "all"], ...rows]));
  say();
};

const printSteps = (cells: readonly Cell[], clients: readonly number[]) => {
  const rows = (["a", "b"] as const).flatMap((name) =>
    clients.map((count) => {
      const cell = cells.find((one) => one.name === name && one.clients === count);
      const share = (of: (result: Result) => number) => `${whole(100 * median(cell?.results.map(of) ?? []))} %`;
      const steps = STEPS.map((step) => {
        const times = pooled(cell, (result) => result.steps[step]);
        return `${fine(percentile(times, 0.5))} / ${fine(percentile(times, 0.99))}`;
      });
      return [`(${name}) ${count}`, ...steps, share((r) => r.serverCpu), share((r) => r.generatorCpu)];
    }),
  );
  say(table([["p50 / p99 of a step, ms", ...STEPS, "node, of a core", "generator"], ...rows]));
  say();
};

const printRounds = (cells: readonly Cell[]) => {
  for (const { name, clients, results } of cells) {
    say(`  (${name}) ${String(clients).padStart(3)}: ${results.map(({ rate }) => whole(rate)).join(" ")}`);
  }
  say();
};

const printHot = (cells: readonly Cell[], clients: number) => {
  const hot = cells.find(({ name }) => name === "hot");
  const spread = cells.find((cell) => cell.name === "a" && cell.clients === clients);
  if (hot === undefined || spread === undefined) return;
  const retries = hot.results.reduce((sum, result) => sum + result.retries, 0);
  say(
    `Hot ad, (a), ${clients} clients on one maker: ${whole(rateOf(hot))} trades/s, spread over 256 makers ` +
      `${whole(rateOf(spread))}: ${ratio(rateOf(hot), rateOf(spread))}; answers 503 tried again: ${whole(retries)}`,
  );
  say();
};

const compare = async (bench: Bench, ours: Contestant, site: Site) => {
  const { options, generator } = bench;
  const withOthers = options.only !== "hot";
  const reference = withOthers ? await startReference(bench, site) : null;
  const program = withOthers ? await findPgbench() : null;
  if (withOthers && program === null) say(`${HOW_TO_INSTALL}\n`);
  const hotClients = Math.max(...options.clients);
  const clients = withOthers ? options.clients : [hotClients];
  if (reference !== null) await httpLeg(generator, reference, site, { ...FIRST_LEG, clients: MOST_CLIENTS });
  // Plans made for empty tables would be bad for everybody.
  await vacuumAnalyze(site.superuserUrl);
  const runners: Runners = {
    a: (count) => httpLeg(generator, ours, site, { ...options, clients: count }),
    b: reference === null ? null : (count) => httpLeg(generator, reference, site, { ...options, clients: count }),
    c: program === null ? null : (count) => pgbenchLeg(program, site, { ...options, clients: count }),
    d: program === null ? null : (count) => pgbenchLeg(program, site, { ...options, clients: count }, false),
    hot: (count) => httpLeg(generator, ours, site, { ...options, clients: count, hot: true }),
  };
  const cells = await runRounds({ ...bench, options: { ...options, clients } }, runners, hotClients);
  say(
    `Whole trades: medians of ${options.rounds} rounds of ${options.measureMs / 1_000} s after ${options.warmupMs / 1_000} s`,
  );
  printTrades(cells, clients);
  printCosts(cells, clients);
  printSteps(cells, clients);
  printHot(cells, hotClients);
  say("Each round, trades per second");
  printRounds(cells);
  const peakOf = async (contestant: Contestant | null) =>
    contestant === null ? "" : whole((await contestant.usage()).peakMiB);
  say(
    `Peak memory of the node: (a) ${await peakOf(ours)} MiB${reference === null ? "" : `, (b) ${await peakOf(reference)} MiB`}`,
  );
};

// ── with finished orders in the database ─────────────────────────────────────────────────────────────────────────

const old = async (bench: Bench) => {
  const { options, stage, generator } = bench;
  const sites = { empty: await stage.site("bench_empty"), full: await stage.site("bench_full") };
  const started = performance.now();
  await loadOrders(sites.full, sizesOf(options.oldOrders, sites.full.market.makers[0]?.adId ?? 0));
  say(`${whole(options.oldOrders)} finished orders loaded in ${whole((performance.now() - started) / 1_000)} s`);
  const servers = { empty: await startOurs(bench, sites.empty), full: await startOurs(bench, sites.full) };
  const rates = { empty: [] as number[], full: [] as number[] };
  const clients = Math.max(...options.clients);
  for (const name of ["empty", "full"] as const) {
    await httpLeg(generator, servers[name], sites[name], { ...FIRST_LEG, clients });
  }
  await vacuumAnalyze(sites.empty.superuserUrl);
  for (let round = 1; round <= options.rounds; round += 1) {
    for (const name of ["empty", "full"] as const) {
      rates[name].push((await httpLeg(generator, servers[name], sites[name], { ...options, clients })).rate);
    }
  }
  const [empty, full] = [median(rates.empty), median(rates.full)];
  say(
    `(a), ${clients} clients, medians of ${options.rounds} rounds of ${options.measureMs / 1_000} s, trades per second`,
  );
  say(`  empty ${whole(empty)} (${rates.empty.map(whole).join(" ")})`);
  say(`  full  ${whole(full)} (${rates.full.map(whole).join(" ")}): ${ratio(full, empty)}`);
};

// ── putting it together ──────────────────────────────────────────────────────────────────────────────────────────

const perform = async (bench: Bench) => {
  const { options, stage } = bench;
  if (options.only === "old") return old(bench);
  const site = await stage.site("bench");
  const ours = await startOurs(bench, site);
  // The first load on an empty database; it warms the server up as well.
  if (options.only === null || options.only === "flat") await flat(bench, ours, site);
  else await httpLeg(bench.generator, ours, site, { ...FIRST_LEG, clients: MOST_CLIENTS });
  if (options.only !== "flat") return compare(bench, ours, site);
  say(`Peak memory of the node: ${whole((await ours.usage()).peakMiB)} MiB`);
};

export const run = async (args: readonly string[]): Promise<void> => {
  const options = readOptions(args);
  const began = performance.now();
  const stage = await openStage();
  const started: (() => Promise<void>)[] = [];
  try {
    const generator = await startGenerator();
    started.push(generator.stop);
    say(
      `PostgreSQL ${stage.version} with fsync on, Node ${process.versions.node}, ${cpus().length} cores shared by everything`,
    );
    say(
      "(a) our server over HTTP   (b) a usual handler over HTTP, a transaction per request   (c) pgbench, without HTTP   " +
        "(d) pgbench, its events numbered by a sequence instead of the feed's counter row\n",
    );
    await perform({ options, stage, generator, started });
  } finally {
    await Promise.allSettled(started.map((stop) => stop()));
    await stage.close();
  }
  say(`Took ${whole((performance.now() - began) / 1_000)} s.`);
};
