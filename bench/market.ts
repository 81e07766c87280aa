/**
 * Pages of the market per second: each sort, with and without an amount, in markets of three sizes, beside a static
 * route that returns the same bytes. Read from the database each time (the memory for pages is off), from memory, and
 * from memory while makers are credited. The largest market should cost no more than the smallest.
 */
import { parseArgs } from "node:util";
import autocannon from "autocannon";
import { growMarket, LEFT_BY_FEW, NOBODY, RARE, RARE_METHOD, USUAL } from "./market/load.ts";
import { tokenOf } from "./market/people.ts";
import { openSite, SERVER, type Served, type Site } from "./market/site.ts";
import { fine, table, whole } from "./market/table.ts";

const CLIENTS = 32;
const STATIC = new URL("./market/static.ts", import.meta.url);
/** A server that gives no page out twice. */
const READING = { MARKET_FRESH_MS: "0" };
/** Of a maker, in the leg where the market changes. */
const CHANGES_PER_SECOND = 20;
const CHANGED = 10;

type Case = { readonly name: string; readonly query: string };
const page = (name: string, query: string): Case => ({ name, query: `type=sell&sort_by=${query}` });

/** What most people ask for. */
const USUAL_CASES: readonly Case[] = [
  page("rating", "rating"),
  page("orders_count", "orders_count"),
  page("best_price", "best_price"),
  page("rating, usual amount", `rating&amount=${USUAL}`),
  page("orders_count, usual amount", `orders_count&amount=${USUAL}`),
  page("best_price, usual amount", `best_price&amount=${USUAL}`),
];

const RARE_CASE = page("rating, 1 of 2,000 takes it", `rating&amount=${RARE}`);

const CASES: readonly Case[] = [
  ...USUAL_CASES,
  page("rating, nobody takes so little", `rating&amount=${NOBODY.tooLow}`),
  page("best_price, nobody takes so much", `best_price&amount=${NOBODY.tooHigh}`),
  page("best_price, nobody in a gap", `best_price&amount=${NOBODY.gap}`),
  RARE_CASE,
  page("orders_count, nobody has it left", `orders_count&amount=${LEFT_BY_FEW}`),
  page("rating, nobody's method", `rating&payment_method=${RARE_METHOD}`),
  page("best_price, offset 1000", "best_price&offset=1000"),
];

/** `cpuUs`: of the server's process, per page. */
type Figure = { readonly rate: number; readonly p99: number; readonly cpuUs: number; readonly items: number };
type Leg = { readonly name: string; readonly query: string; readonly measure: () => Promise<Figure> };

const shoot = async (server: Served, query: string, seconds: number): Promise<Figure> => {
  const url = `${server.address}/api/v1/p2p/ads?${query}`;
  const first = await fetch(url);
  const text = await first.text();
  if (first.status !== 200) throw new Error(`${query} answered ${first.status}: ${text}`);
  const before = await server.cpuSeconds();
  const { requests, latency, non2xx, errors } = await autocannon({ url, connections: CLIENTS, duration: seconds });
  const used = (await server.cpuSeconds()) - before;
  if (non2xx > 0 || errors > 0) console.log(`! ${query}: ${non2xx} answers were not 200, ${errors} failed`);
  return {
    rate: requests.average,
    p99: latency.p99,
    cpuUs: (used / requests.total) * 1e6,
    items: (JSON.parse(text).items ?? []).length,
  };
};

/** A first second that does not count: plans, pages of the new size, the compiler. */
const warmAndShoot = async (server: Served, query: string, seconds: number): Promise<Figure> => {
  await shoot(server, query, 1);
  return shoot(server, query, seconds);
};

/** Credits a maker through the API, so many times a second, until it is told to stop. */
const keepChanging = async (site: Site, { address }: Served) => {
  const token = await tokenOf(site, "host", ["platform"]);
  const started = Date.now();
  let count = 0;
  const change = async () => {
    count++;
    const reply = await fetch(`${address}/api/v1/platform/credits`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({
        user_id: `maker-${CHANGED}`,
        amount: 1,
        kind: "bonus",
        external_id: `change-${started}-${count}`,
      }),
    });
    if (reply.status !== 201) console.log(`! a change answered ${reply.status}: ${await reply.text()}`);
    else await reply.arrayBuffer();
  };
  const timer = setInterval(() => void change(), 1_000 / CHANGES_PER_SECOND);
  return () => clearInterval(timer);
};

type Servers = { readonly reading: Served; readonly keeping: Served };

const legsOf = (site: Site, { reading, keeping }: Servers, seconds: number): readonly Leg[] => [
  ...CASES.map(({ name, query }) => ({
    name: `read: ${name}`,
    query,
    measure: () => warmAndShoot(reading, query, seconds),
  })),
  ...[...USUAL_CASES, RARE_CASE].map(({ name, query }) => ({
    name: `memory: ${name}`,
    query,
    measure: () => warmAndShoot(keeping, query, seconds),
  })),
  ...USUAL_CASES.slice(0, 1).map(({ name, query }) => ({
    name: `memory, ${CHANGES_PER_SECOND} changes/s: ${name}`,
    query,
    async measure() {
      const stop = await keepChanging(site, keeping);
      return warmAndShoot(keeping, query, seconds).finally(stop);
    },
  })),
];

type Measured = ReadonlyMap<string, Figure>;
const STILL = "static route, same bytes";

const measureSize = async (site: Site, servers: Servers, seconds: number): Promise<Measured> => {
  const figures = new Map<string, Figure>();
  const body = await (await fetch(`${servers.keeping.address}/api/v1/p2p/ads?type=sell`)).text();
  const still = await site.serve(STATIC, { STATIC_BODY: body });
  figures.set(STILL, await warmAndShoot(still, "type=sell", seconds));
  await still.stop();
  for (const { name, measure } of legsOf(site, servers, seconds)) figures.set(name, await measure());
  return figures;
};

export const run = async (args: readonly string[]): Promise<void> => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      sizes: { type: "string", default: "1000,100000,1000000" },
      seconds: { type: "string", default: "3" },
    },
  });
  const sizes = values.sizes.split(",").map(Number);
  const site = await openSite();
  try {
    const servers = { reading: await site.serve(SERVER, READING), keeping: await site.serve(SERVER) };
    const bySize: Measured[] = [];
    let loaded = 0;
    for (const size of sizes) {
      const started = Date.now();
      await growMarket(site.superuserUrl, loaded, size);
      console.log(`${whole(size)} ads after ${fine((Date.now() - started) / 1_000)} s`);
      loaded = size;
      bySize.push(await measureSize(site, servers, Number(values.seconds)));
    }
    await Promise.all([servers.reading.stop(), servers.keeping.stop()]);
    report(sizes, bySize);
  } finally {
    await site.close();
  }
};

const report = (sizes: readonly number[], bySize: readonly Measured[]) => {
  const figuresOf = (name: string) => bySize.map((figures) => figures.get(name) as Figure);
  const stills = figuresOf(STILL);
  const rows = [...(bySize[0]?.keys() ?? [])].map((name) => {
    const figures = figuresOf(name);
    const [first, last] = [figures[0] as Figure, figures.at(-1) as Figure];
    const still = stills.at(-1) as Figure;
    const ratios = figures.map(({ rate }, index) => rate / (stills[index] as Figure).rate);
    return [
      name,
      ...figures.map(({ rate, p99 }) => `${whole(rate)} / ${whole(p99)} ms`),
      (first.rate / last.rate).toFixed(2),
      ratios.map((ratio) => ratio.toFixed(2)).join(" "),
      `${whole(last.cpuUs)} (${(still.cpuUs / last.cpuUs).toFixed(2)})`,
      String(last.items),
    ];
  });
  console.log(`\nPages of 20 per second and p99, ${CLIENTS} clients, HTTP keep-alive:\n`);
  const heads = sizes.map((size) => `${whole(size)} ads`);
  console.log(
    table([["page", ...heads, "smallest ÷ largest", "÷ static", "server's CPU µs (static ÷ it)", "items"], ...rows]),
  );
};

if (import.meta.main) await run(process.argv.slice(2));
