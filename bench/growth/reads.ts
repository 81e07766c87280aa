/** Every read that a person or an operator makes, and how long it takes over one connection. */
import { Agent, request } from "node:http";
import { median } from "../trade/figures.ts";
import type { Contestant } from "../trade/stage.ts";

/** Whom a read is asked for: the `index`-th of those who ask in turn. */
type Asked = { readonly path: string; readonly token: string | null };
export type Read = { readonly name: string; readonly ask: (index: number) => Asked };

/** Milliseconds at the client. */
export type Timed = { readonly name: string; readonly median: number; readonly worst: number };

/** Whom a site's reads are asked by. */
export type Readers = {
  readonly merchant: string;
  /** Had all their orders long ago, or none. */
  readonly dormant: string;
  readonly users: readonly string[];
  readonly operator: string;
  /** An order each, with the buyer's token. */
  readonly orders: readonly { readonly id: number; readonly token: string }[];
};

const WARMUP = 8;
const TIMES = 40;

const ofMarket = (query: string): Read => ({
  name: `market ${query}`,
  ask: () => ({ path: `/p2p/ads?type=sell&${query}`, token: null }),
});

const MARKET: readonly Read[] = [
  "sort_by=rating",
  "sort_by=orders_count",
  "sort_by=best_price",
  "sort_by=rating&amount=5000",
  "sort_by=orders_count&amount=5000",
  "sort_by=best_price&amount=5000",
  "sort_by=rating&amount=9995000",
  "sort_by=best_price&payment_method=card",
  "sort_by=best_price&payment_method=sbp",
  "sort_by=best_price&payment_method=rare",
  "sort_by=best_price&payment_method=rare&amount=500000",
  "sort_by=best_price&offset=10000",
].map(ofMarket);

const ORDER_FILTERS = [
  "",
  "status=completed",
  "status=cancelled",
  "status=pending",
  "status=disputed",
  "role=buyer",
  "role=seller",
  "role=buyer&status=cancelled",
  "offset=10000",
];

const OWN = [
  ...ORDER_FILTERS.map((filter) => `/p2p/orders${filter === "" ? "" : `?${filter}`}`),
  "/p2p/sessions",
  "/p2p/sessions?offset=10000",
  "/wallet",
  "/wallet/transfers",
  "/wallet/transfers?offset=10000",
  "/p2p/ads/my",
];

const ownReads = (who: string, tokens: readonly string[]): readonly Read[] =>
  OWN.map((path) => ({
    name: `${who} ${path}`,
    ask: (index) => ({ path, token: tokens[index % tokens.length] ?? null }),
  }));

const orderReads = ({ orders }: Readers): readonly Read[] =>
  ["", "/messages", "/messages?after_seq=3", "/dossier"].map((rest) => ({
    name: `order ${rest}`,
    ask(index) {
      const order = orders[index % orders.length];
      if (order === undefined) throw new Error("there is no order to read");
      return { path: `/p2p/orders/${order.id}${rest}`, token: order.token };
    },
  }));

const byOperator = ({ operator }: Readers): readonly Read[] =>
  ["open", "resolved", "resolved&offset=10000"].map((status) => ({
    name: `operator disputes ${status}`,
    ask: () => ({ path: `/operator/disputes?status=${status}`, token: operator }),
  }));

/** @param merchantId whose profile is looked at */
export const readsOf = (readers: Readers, merchantId: string): readonly Read[] => [
  ...MARKET,
  { name: "profile", ask: () => ({ path: `/p2p/users/${merchantId}`, token: null }) },
  { name: "settings", ask: () => ({ path: "/p2p/settings", token: null }) },
  ...orderReads(readers),
  ...ownReads("merchant", [readers.merchant]),
  ...ownReads("user", readers.users),
  { name: "dormant /wallet/transfers", ask: () => ({ path: "/wallet/transfers", token: readers.dormant }) },
  { name: "dormant /p2p/orders", ask: () => ({ path: "/p2p/orders", token: readers.dormant }) },
  { name: "dormant /p2p/sessions", ask: () => ({ path: "/p2p/sessions", token: readers.dormant }) },
  ...byOperator(readers),
];

const get = (agent: Agent, address: URL, { path, token }: Asked): Promise<number> =>
  new Promise((resolve, reject) => {
    const started = performance.now();
    const headers = token === null ? {} : { authorization: `Bearer ${token}` };
    const sent = request(new URL(`/api/v1${path}`, address), { agent, headers }, (answer) => {
      answer.on("error", reject);
      answer.on("end", () => {
        if (answer.statusCode === 200) resolve(performance.now() - started);
        else reject(new Error(`${path} answered ${answer.statusCode}`));
      });
      answer.resume();
    });
    sent.on("error", reject);
    sent.end();
  });

export const timeReads = async ({ address }: Contestant, reads: readonly Read[]): Promise<readonly Timed[]> => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const timed: Timed[] = [];
  for (const { name, ask } of reads) {
    const took: number[] = [];
    for (let index = 0; index < WARMUP + TIMES; index += 1) {
      const ms = await get(agent, address, ask(index));
      if (index >= WARMUP) took.push(ms);
    }
    timed.push({ name, median: median(took), worst: Math.max(...took) });
  }
  agent.destroy();
  return timed;
};
