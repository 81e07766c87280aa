/**
 * `npm run demo:trade`: plays a deposit and a withdrawal over HTTP against a running server with the demo market, and
 * prints each step. PARLEY_URL says where it runs; tokens are signed with the key in DATA_DIR.
 */
import { randomUUID } from "node:crypto";
import { readConfig } from "../src/config.ts";
import { type Issuer, openIssuer } from "../src/keys/index.ts";

const TOKEN_SECONDS = 600;
const AMOUNT = 100_000;

type Json = Readonly<Record<string, unknown>>;
type Wallet = { readonly available: number; readonly in_escrow: number };
type Order = {
  readonly id: number;
  readonly status: string;
  readonly fiat_amount: number;
  readonly payment_details: Json;
};
type Ad = {
  readonly id: number;
  readonly exchange_rate: number;
  readonly maker: { readonly id: string; readonly name: string };
};

const config = readConfig(process.env);
const base = process.env.PARLEY_URL ?? config.publicUrl ?? `http://${config.host}:${config.port}`;

const roubles = (kopecks: number): string => `${(kopecks / 100).toFixed(2)} RUB`;
const say = (line = ""): void => console.log(line);

type Actor = { readonly name: string; readonly token: string | null };

const actor = async (issuer: Issuer, name: string): Promise<Actor> => ({
  name,
  token: await issuer.signToken({ sub: name, ttlSeconds: TOKEN_SECONDS }),
});

/** One call, printed with what it answers; a refusal ends the demo with its reason. */
const call = async <Result>({ name, token }: Actor, method: string, path: string, body?: Json): Promise<Result> => {
  const response = await fetch(`${base}/api/v1${path}`, {
    method,
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(method === "GET" ? {} : { "idempotency-key": randomUUID() }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = (await response.json()) as Json;
  say(`  ${name.padEnd(12)} ${method} ${path}${body === undefined ? "" : ` ${JSON.stringify(body)}`}`);
  const order = path.startsWith("/p2p/orders") ? ` order ${answer.id} is ${answer.status}` : "";
  say(`  ${"".padEnd(12)} ${response.status}${response.ok ? order : ` ${answer.code}: ${answer.message}`}`);
  if (!response.ok) throw new Error(`the demo stops: ${name} was refused with ${answer.code}`);
  return answer as Result;
};

const balances = async (people: readonly Actor[], when: string): Promise<void> => {
  say(`\nBalances ${when}`);
  for (const person of people) {
    const wallet = await call<Wallet>(person, "GET", "/wallet");
    say(`  ${"".padEnd(12)} ${roubles(wallet.available)} available, ${roubles(wallet.in_escrow)} in escrow`);
  }
};

/** The best offer that takes the amount. */
const browse = async (reader: Actor, type: "sell" | "buy"): Promise<Ad> => {
  const path = `/p2p/ads?type=${type}&fiat_currency=RUB&amount=${AMOUNT}&payment_method=card&sort_by=best_price&limit=1`;
  const { items } = await call<{ readonly items: readonly Ad[] }>(reader, "GET", path);
  const [ad] = items;
  if (ad === undefined)
    throw new Error(`nobody offers ${roubles(AMOUNT)} now: start the server with DEMO=1 on a new DATA_DIR`);
  say(`  ${"".padEnd(12)} the best price: ad ${ad.id} of ${ad.maker.name}, rate ${ad.exchange_rate / 100}`);
  return ad;
};

const pay = async (buyer: Actor, seller: Actor, order: Order): Promise<void> => {
  say("\nThe buyer pays outside the platform and says so");
  say(`  ${"".padEnd(12)} ${roubles(order.fiat_amount)} to ${JSON.stringify(order.payment_details)}`);
  await call(buyer, "POST", `/p2p/orders/${order.id}/confirm-paid`, { expected_status: "pending" });
  say("\nThe seller sees the money and releases the escrow");
  await call(seller, "POST", `/p2p/orders/${order.id}/confirm-received`, { expected_status: "paid_by_buyer" });
};

const deposit = async (issuer: Issuer, taker: Actor): Promise<void> => {
  say(`\n━━ Deposit: ${taker.name} buys ${roubles(AMOUNT)} ━━\n\nBrowse sell ads`);
  const ad = await browse({ name: "anybody", token: null }, "sell");
  const maker = await actor(issuer, ad.maker.id);
  await balances([taker, maker], "before");
  say("\nAnswer the ad: the seller's amount is frozen");
  const order = await call<Order>(taker, "POST", "/p2p/orders", {
    ad_id: ad.id,
    usdt_amount: AMOUNT,
    payment_method: "card",
  });
  await balances([taker, maker], "with the escrow held");
  await pay(taker, maker, order);
  await balances([taker, maker], "after");
};

const withdraw = async (issuer: Issuer, taker: Actor): Promise<void> => {
  say(`\n━━ Withdrawal: ${taker.name} sells ${roubles(AMOUNT)} ━━\n\nBrowse buy ads`);
  const ad = await browse({ name: "anybody", token: null }, "buy");
  const maker = await actor(issuer, ad.maker.id);
  await balances([taker, maker], "before");
  say("\nAnswer the ad and say where to pay: the taker's amount is frozen");
  const order = await call<Order>(taker, "POST", "/p2p/orders", {
    ad_id: ad.id,
    usdt_amount: AMOUNT,
    payment_method: "card",
    payment_details: { card_number: "2200 0000 0000 9999" },
  });
  await pay(maker, taker, order);
  await balances([taker, maker], "after");
};

try {
  const issuer = await openIssuer(config.dataDir);
  const visitor = await actor(issuer, `visitor-${randomUUID().slice(0, 4)}`);
  await deposit(issuer, visitor);
  await withdraw(issuer, visitor);
  say("\nBoth trades are done: what was bought has been sold again.");
} catch (error) {
  const unreachable = error instanceof TypeError;
  console.error(unreachable ? `No server answers at ${base}: run npm start first.` : (error as Error).message);
  process.exitCode = 1;
}
