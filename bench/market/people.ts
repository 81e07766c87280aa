/** Pairs of people with an order between them, made through the API. */
import type { Served, Site } from "./site.ts";

export type Pair = { readonly buyer: string; readonly seller: string; readonly orderId: number };

const AT_ONCE = 64;

export const tokenOf = (site: Site, sub: string, roles: readonly string[] = []): Promise<string> =>
  site.issuer.signToken({ sub, roles: [...roles], ttlSeconds: 7_200 });

export const makePairs = async (site: Site, { address }: Served, count: number): Promise<readonly Pair[]> => {
  const host = await tokenOf(site, "host", ["platform"]);
  const post = async (token: string, path: string, body: object) => {
    const reply = await fetch(`${address}/api/v1${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const text = await reply.text();
    if (reply.status !== 201) throw new Error(`${path} answered ${reply.status}: ${text}`);
    return JSON.parse(text) as { readonly id: number };
  };
  const make = async (n: number): Promise<Pair> => {
    const [buyer, seller] = await Promise.all([tokenOf(site, `buyer-${n}`), tokenOf(site, `seller-${n}`)]);
    const money = { user_id: `seller-${n}`, amount: 1_000_000, kind: "deposit", external_id: `bench-${n}` };
    await post(host, "/platform/credits", money);
    const ad = await post(seller, "/p2p/ads", {
      type: "sell",
      fiat_currency: "RUB",
      exchange_rate: 100,
      min_amount: 1_000,
      max_amount: 1_000_000,
      payment_methods: ["card"],
      payment_details: { card_number: "2200 0000 0000 1234" },
    });
    const order = await post(buyer, "/p2p/orders", { ad_id: ad.id, usdt_amount: 1_000, payment_method: "card" });
    return { buyer, seller, orderId: order.id };
  };
  const pairs: Pair[] = [];
  for (let first = 0; first < count; first += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, count - first) }, (_, index) => make(first + index));
    pairs.push(...(await Promise.all(some)));
  }
  return pairs;
};
