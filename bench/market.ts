/**
 * Pages of the market per second: each sort, with and without an amount, in markets of three sizes, beside a static
 * route that returns the same bytes. The largest market should cost no more than the smallest.
 */
import { parseArgs } from "node:util";
import autocannon from "autocannon";
import { growMarket, LEFT_BY_FEW, NOBODY, RARE, RARE_METHOD, USUAL } from "./market/load.ts";
import { openSite, SERVER, type Served, type Site } from "./market/site.ts";
import { fine, table, whole } from "./market/table.ts";

const CLIENTS = 32;
const STATIC = new URL("./market/static.ts", import.meta.url);

type Case = { readonly name: string; readonly query: string };
const page = (name: string, query: string): Case => ({ name, query: `type=sell&sort_by=${query}` });

const CASES: readonly Case[] = [
  page("rating", "rating"),
  page("orders_count", "orders_count"),
  page("best_price", "best_price"),
  page("rating, usual amount", `rating&amount=${USUAL}`),
  page("orders_count, usual amount", `orders_count&amount=${USUAL}`),
  page("best_price, usual amount", `best_price&amount=${USUAL}`),
  page("rating, nobody takes so little", `rating&amount=${NOBODY.tooLow}`),
  page("best_price, nobody takes so much", `best_price&amount=${NOBODY.tooHigh}`),
  page("best_price, nobody in a gap", `best_price&amount=${NOBODY.gap}`),
  page("rating, 1 of 2,000 takes it", `rating&amount=${RARE}`),
  page("orders_count, nobody has it left", `orders_count&amount=${LEFT_BY_FEW}`),
  page("rating, nobody's method", `rating&payment_method=${RARE_METHOD}`),
  page("best_price, offset 1000", "best_price&offset=1000"),
];

type Figure = { readonly rate: number; readonly p99: number; readonly items: number };

const shoot = async ({ address }: Served, query: string, seconds: number): Promise<Figure> => {
  const url = `${address}/api/v1/p2p/ads?${query}`;
  const first = await fetch(url);
  const text = await first.text();
  if (first.status !== 200) throw new Error(`${query} answered ${first.status}: ${text}`);
  const { requests, latency, non2xx, errors } = await autocannon({ url, connections: CLIENTS, duration: seconds });
  if (non2xx > 0 || errors > 0) console.log(`! ${query}: ${non2xx} answers were not 200, ${errors} failed`);
  return { rate: requests.average, p99: latency.p99, items: (JSON.parse(text).items ?? []).length };
};

const measureSize = async (site: Site, server: Served, seconds: number): Promise<ReadonlyMap<string, Figure>> => {
  const figures = new Map<string, Figure>();
  for (const { name, query } of CASES) {
    // A first second that does not count: plans, pages of the new size, the compiler.
    await shoot(server, query, 1);
    figures.set(name, await shoot(server, query, seconds));
  }
  const body = await (await fetch(`${server.address}/api/v1/p2p/ads?type=sell`)).text();
  const still = await site.serve(STATIC, { STATIC_BODY: body });
  await shoot(still, "type=sell", 1);
  figures.set("static route, same bytes", await shoot(still, "type=sell", seconds));
  await still.stop();
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
    const server = await site.serve(SERVER);
    const bySize: ReadonlyMap<string, Figure>[] = [];
    let loaded = 0;
    for (const size of sizes) {
      const started = Date.now();
      await growMarket(site.superuserUrl, loaded, size);
      console.log(`${whole(size)} ads after ${fine((Date.now() - started) / 1_000)} s`);
      loaded = size;
      bySize.push(await measureSize(site, server, Number(values.seconds)));
    }
    await server.stop();
    report(sizes, bySize);
  } finally {
    await site.close();
  }
};

const report = (sizes: readonly number[], bySize: readonly ReadonlyMap<string, Figure>[]) => {
  const names = [...CASES.map(({ name }) => name), "static route, same bytes"];
  const rows = names.map((name) => {
    const figures = bySize.map((figureOf) => figureOf.get(name) as Figure);
    const [first, last] = [figures[0] as Figure, figures.at(-1) as Figure];
    const still = bySize.at(-1)?.get("static route, same bytes")?.rate ?? Number.NaN;
    return [
      name,
      ...figures.map(({ rate, p99 }) => `${whole(rate)} / ${whole(p99)} ms`),
      (first.rate / last.rate).toFixed(2),
      (last.rate / still).toFixed(2),
      String(last.items),
    ];
  });
  console.log(`\nPages of 20 per second and p99, ${CLIENTS} clients, HTTP keep-alive:\n`);
  const heads = sizes.map((size) => `${whole(size)} ads`);
  console.log(table([["page", ...heads, "smallest ÷ largest", "largest ÷ static", "items"], ...rows]));
};

if (import.meta.main) await run(process.argv.slice(2));
