/**
 * `npm run demo:trade`: a visitor of the demo market deposits and withdraws, as a program with `@parley/client` does it, and
 * each step is printed. The other side is one of the demo's traders, who answer by themselves. PARLEY_URL says where the
 * server runs; the visitor's token is signed with the key in DATA_DIR.
 */
import { randomUUID } from "node:crypto";
import { type Client, createClient, followOrder, ParleyError, type Schemas, unwrap } from "@parley/client";
import { readConfig } from "../src/config.ts";
import { openIssuer } from "../src/keys/index.ts";

type Ad = Schemas["Ad"];
type Order = Schemas["Order"];

const TOKEN_SECONDS = 600;
const AMOUNT = 100_000;
const METHOD = "card";
/** Whoever answers does so within seconds. */
const PATIENCE_MS = 60_000;

const config = readConfig(process.env);
const baseUrl = process.env.PARLEY_URL ?? config.publicUrl ?? `http://${config.host}:${config.port}`;

const say = (line = ""): void => console.log(line);
const roubles = (kopecks: number): string => `${(kopecks / 100).toFixed(2)} RUB`;

/** The best offer for the amount of those who answer by themselves. */
const browse = async (parley: Client, type: Ad["type"]): Promise<Ad> => {
  const { demo_traders } = unwrap(await parley.get("/identity/session"));
  const query = { type, amount: AMOUNT, payment_method: [METHOD], sort_by: "best_price" as const };
  const { items } = unwrap(await parley.get("/p2p/ads", { query }));
  const ad = items.find(({ maker }) => demo_traders.includes(maker.id));
  if (ad === undefined) throw new Error("nobody here answers by themselves: start the server on a new DATA_DIR");
  say(`The best price: ad ${ad.id} of ${ad.maker.name}, who pays or gets ${ad.exchange_rate / 100} for 1.00`);
  return ad;
};

const balance = async (parley: Client, when: string): Promise<void> => {
  const { available, in_escrow } = unwrap(await parley.get("/wallet"));
  say(`Balance ${when}: ${roubles(available)} available, ${roubles(in_escrow)} in escrow`);
};

/** Goes along with an order until it has that status. */
const until = async (parley: Client, { id }: Order, wanted: Order["status"]): Promise<void> => {
  for await (const { status } of followOrder(parley, id, { signal: AbortSignal.timeout(PATIENCE_MS) })) {
    say(`Order ${id} is ${status}`);
    if (status === wanted) return;
  }
  throw new Error(`order ${id} was not ${wanted} within ${PATIENCE_MS / 1_000} s`);
};

const deposit = async (parley: Client): Promise<void> => {
  say(`\n━━ Deposit: buy ${roubles(AMOUNT)} ━━`);
  await balance(parley, "before");
  const ad = await browse(parley, "sell");
  const body = { ad_id: ad.id, usdt_amount: AMOUNT, payment_method: METHOD };
  const order = unwrap(await parley.post("/p2p/orders", { body }));
  say(`Order ${order.id}: ${order.seller.name}'s ${roubles(AMOUNT)} are in escrow`);
  say(
    `Pay ${roubles(order.fiat_amount)} to ${JSON.stringify(order.payment_details)}, outside the platform, and say so`,
  );
  unwrap(await parley.post("/p2p/orders/{id}/confirm-paid", { path: { id: order.id } }));
  await until(parley, order, "completed");
  await balance(parley, "after");
};

const withdraw = async (parley: Client): Promise<void> => {
  say(`\n━━ Withdrawal: sell ${roubles(AMOUNT)} ━━`);
  const ad = await browse(parley, "buy");
  const payment_details = { card_number: "2200 0000 0000 9999" };
  const body = { ad_id: ad.id, usdt_amount: AMOUNT, payment_method: METHOD, payment_details };
  const order = unwrap(await parley.post("/p2p/orders", { body }));
  await balance(parley, `while ${order.buyer.name} pays ${roubles(order.fiat_amount)}`);
  await until(parley, order, "paid_by_buyer");
  say("Look into the bank, and release");
  unwrap(await parley.post("/p2p/orders/{id}/confirm-received", { path: { id: order.id } }));
  await until(parley, order, "completed");
  await balance(parley, "after");
};

try {
  const issuer = await openIssuer(config.dataDir);
  const sub = `visitor-${randomUUID().slice(0, 4)}`;
  const parley = createClient({ baseUrl, token: () => issuer.signToken({ sub, ttlSeconds: TOKEN_SECONDS }) });
  await deposit(parley);
  await withdraw(parley);
  say("\nBoth trades are done: what was bought has been sold again.");
} catch (error) {
  const unreachable = error instanceof ParleyError && error.code === "NO_ANSWER";
  console.error(unreachable ? `No server answers at ${baseUrl}: run npm start first.` : (error as Error).message);
  process.exitCode = 1;
}
