/**
 * What grows with what is finished: every read's median beside the empty database's, trades per second, the bytes that
 * stay of a trade for ever, and its write-ahead log.
 */
import { parseArgs } from "node:util";
import { audit, DEFAULT_SETTINGS } from "../src/exchange/index.ts";
import { permanentBytes, updatesOf, walPosition } from "./growth/bytes.ts";
import { loadOrders, sizesOf } from "./growth/orders.ts";
import { readersOf } from "./growth/readers.ts";
import { readsOf, type Timed, timeReads } from "./growth/reads.ts";
import { fine, median, ratio, table, whole } from "./trade/figures.ts";
import { type Generator, httpLeg, startGenerator } from "./trade/legs.ts";
import { makerId, vacuumAnalyze } from "./trade/market.ts";
import { type Contestant, openStage, type Site, type Stage, startContestant } from "./trade/stage.ts";

const SERVER = new URL("./server.ts", import.meta.url);
/** A server that keeps no page of the market. */
const READING = { MARKET_FRESH_MS: "0" };
const CLIENTS = 128;
const LEG = { clients: CLIENTS, warmupMs: 1_000, measureMs: 4_000 };
const ROUNDS = 3;

const say = (line = "") => console.log(line);

/** A database with so many finished orders, and our server on it. */
type Grown = { readonly orders: number; readonly site: Site; readonly server: Contestant };

const grow = async (stage: Stage, generator: Generator, orders: number): Promise<Grown> => {
  const site = await stage.site(`growth_${orders}`);
  const began = performance.now();
  if (orders > 0) {
    await loadOrders(site, sizesOf(orders, site.market.makers[0]?.adId ?? 0));
    say(`${whole(orders)} finished orders in ${whole((performance.now() - began) / 1_000)} s`);
  }
  const server = await startContestant(SERVER, { ...site, env: { ...site.env, ...READING } });
  if (orders === 0) {
    // Something to read, and statistics of it.
    await httpLeg(generator, server, site, { ...LEG, warmupMs: 0, measureMs: 1_000 });
    await vacuumAnalyze(site.superuserUrl);
  }
  return { orders, site, server };
};

const headings = (sizes: readonly Grown[]): readonly string[] =>
  sizes.map(({ orders }) => (orders === 0 ? "empty" : whole(orders)));

// ── reads ────────────────────────────────────────────────────────────────────────────────────────────────────────

const measureReads = async (sizes: readonly Grown[]) => {
  const columns: (readonly Timed[])[] = [];
  for (const { orders, site, server } of sizes) {
    columns.push(await timeReads(server, readsOf(await readersOf(site, orders), makerId(0))));
  }
  const rows = (columns[0] ?? []).map(({ name }, index) => {
    const medians = columns.map((timed) => timed[index]?.median ?? Number.NaN);
    const [largest, before] = [medians.at(-1) ?? Number.NaN, medians.at(-2) ?? Number.NaN];
    return [name, ...medians.map((ms) => ms.toFixed(2)), ratio(largest, before)];
  });
  say("\nReads, median milliseconds at one client\n");
  say(table([["read", ...headings(sizes), "last ÷ one before"], ...rows]));
};

// ── bytes ────────────────────────────────────────────────────────────────────────────────────────────────────────

const measureBytes = async ({ orders, site }: Grown) => {
  const tables = await permanentBytes(site.superuserUrl, orders);
  const rows = tables
    .filter(({ heap, indexes }) => heap + indexes >= 1)
    .map(({ table: name, heap, indexes }) => [name, whole(heap), whole(indexes), whole(heap + indexes)]);
  const sum = tables.reduce((total, { heap, indexes }) => total + heap + indexes, 0);
  say(`\nBytes that stay per order, of ${whole(orders)}\n`);
  say(table([["table", "rows", "indexes", "both"], ...rows, ["all", "", "", whole(sum)]]));
};

// ── trades ───────────────────────────────────────────────────────────────────────────────────────────────────────

const measureTrades = async (generator: Generator, sizes: readonly Grown[]) => {
  const rates = sizes.map(() => [] as number[]);
  const logs = sizes.map(() => [] as number[]);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [index, { site, server }] of sizes.entries()) {
      const before = await walPosition(site.superuserUrl);
      const { rate, allTrades } = await httpLeg(generator, server, site, LEG);
      rates[index]?.push(rate);
      logs[index]?.push(((await walPosition(site.superuserUrl)) - before) / allTrades);
    }
  }
  const medians = rates.map(median);
  say(`\nTrades at ${CLIENTS} clients, medians of ${ROUNDS} rounds\n`);
  say(
    table([
      ["", ...headings(sizes)],
      ["trades per second", ...medians.map(whole)],
      ["beside the first", ...medians.map((rate) => ratio(rate, medians[0] ?? Number.NaN))],
      ["WAL bytes per trade", ...logs.map((values) => whole(median(values)))],
    ]),
  );
  const [first] = sizes;
  if (first === undefined) return;
  const updates = await updatesOf(first.site.superuserUrl);
  const rows = updates.map(({ table: name, all, hot }) => [name, whole(all), fine((100 * hot) / all)]);
  say("\nUpdates that touched no index, of the first\n");
  say(table([["table", "updates", "%"], ...rows]));
};

const proveBooks = async ({ site, orders }: Grown) => {
  const began = performance.now();
  const { checks, findings } = await audit(site.superuserUrl, DEFAULT_SETTINGS);
  for (const { check, count, faults } of findings) say(`BROKEN  ${check} (${count}): ${faults.slice(0, 3).join("; ")}`);
  say(
    `${whole(orders)} orders: ${checks} checks, ${findings.length} broken, ${fine((performance.now() - began) / 1_000)} s`,
  );
};

export const run = async (args: readonly string[]): Promise<void> => {
  const { values } = parseArgs({
    args: [...args],
    options: { size: { type: "string", default: "1000000" }, audit: { type: "boolean", default: false } },
  });
  const stage = await openStage();
  const stops: (() => Promise<void>)[] = [];
  try {
    const generator = await startGenerator();
    stops.push(generator.stop);
    const sizes: Grown[] = [];
    for (const orders of [0, ...values.size.split(",").map(Number)]) {
      const grown = await grow(stage, generator, orders);
      stops.push(grown.server.stop);
      sizes.push(grown);
    }
    await measureReads(sizes);
    const largest = sizes.at(-1);
    if (largest !== undefined) await measureBytes(largest);
    await measureTrades(generator, sizes);
    if (values.audit) for (const grown of sizes) await proveBooks(grown);
  } finally {
    await Promise.allSettled(stops.map((stop) => stop()));
    await stage.close();
  }
};
