/** A sample market for the first run: made-up people and money, through the same commands as everything else. */
import type { Claim, Command } from "../../src/engine/index.ts";
import { BALANCE_CURRENCY, commandsOf, type Exchange } from "../../src/exchange/index.ts";
import { type AdId, adId, amount, instant, isRefusal, refuse, traderId } from "../../src/kernel/index.ts";
import { type Offer, PEOPLE, type Person, TRADES, type Trade } from "./people.ts";

export { type RunningDemo, readRunning, VISITOR_BANK } from "./bank-list.ts";
export { type DemoBanks, startDemoBanks } from "./banks.ts";
export { enrol, setUrls } from "./enrol.ts";
export { DEMO_LOGINS } from "./people.ts";
export { DEMO_TRADERS, startDemoTraders } from "./traders.ts";

const CALLER = "demo";

/** An installation may have other currencies than the demo. */
const isTraded = ({ settings }: Exchange, currency: string): boolean => settings.fiatCurrencies.includes(currency);

/** Done already, it does nothing: each step is claimed for ever. */
export const fillDemoMarket = async (exchange: Exchange, log: (line: string) => void): Promise<void> => {
  const before = performance.now();
  const sellAds = new Map<string, AdId>();
  for (const person of PEOPLE) {
    await exchange.register(person.id, person.name);
    if (person.deposit > 0) await deposit(exchange, person);
    for (const offer of person.ads.filter(({ currency = BALANCE_CURRENCY }) => isTraded(exchange, currency))) {
      const ad = await post(exchange, person, offer);
      if (offer.type === "sell") sellAds.set(person.id, ad);
    }
  }
  for (const [index, trade] of TRADES.entries()) {
    await play(exchange, trade, sellAds.get(trade.maker) as AdId, `trade ${index + 1}`);
  }
  const took = Math.round(performance.now() - before);
  log(`The demo market has ${PEOPLE.map(({ name }) => name).join(", ")} (${took} ms).`);
};

/** One trade of the past; `what` names it, so that it is played once. */
const play = async (exchange: Exchange, trade: Trade, ad: AdId, what: string) => {
  const commands = commandsOf(exchange);
  const taker = traderId(trade.taker);
  const maker = traderId(trade.maker);
  const step = async <Input, Result>(command: Command<Input, Result>, input: Input, name: string): Promise<Result> => {
    const claims = [claimed(`${what} ${name}`)];
    const { outcome } = await exchange.executor.submit(command, input, { caller: CALLER, claims });
    if (isRefusal(outcome)) throw new Error(`the demo's ${what} (${name}) was refused: ${outcome.refusal}`);
    return outcome;
  };
  const order = await step(
    commands.createOrder,
    {
      takerId: taker,
      adId: ad,
      amount: { usdt: amount(trade.amount) },
      paymentMethod: trade.method,
      paymentDetails: null,
    },
    "order",
  );
  const orderId = order.id;
  await step(commands.confirmPaid, { orderId, callerId: taker }, "paid");
  for (const [index, { from, text }] of trade.lines.entries()) {
    const senderId = from === "taker" ? taker : maker;
    await step(commands.sendMessage, { orderId, senderId, message: text, attachmentIds: [] }, `line ${index}`);
  }
  if (trade.stars === null) {
    const details = { reason: "paid_not_released", comment: "The seller does not confirm." };
    await step(commands.callOperator, { orderId, callerId: taker, details }, "dispute");
    return;
  }
  await step(commands.confirmReceived, { orderId, callerId: maker }, "received");
  const [forMaker, forTaker] = trade.stars;
  const nearly = instant(Date.now());
  await step(
    commands.rateOrder,
    { orderId, raterId: taker, rating: forMaker, comment: null, nearly },
    "rated by taker",
  );
  await step(
    commands.rateOrder,
    { orderId, raterId: maker, rating: forTaker, comment: null, nearly },
    "rated by maker",
  );
};

const claimed = (what: string): Claim => ({
  scope: "demo",
  key: what,
  fingerprint: "",
  mismatch: refuse("EXTERNAL_ID_REUSED"),
  keeps: "answers",
  lifetimeMs: null,
  guard: null,
});

const deposit = async (exchange: Exchange, person: Person) => {
  const externalId = `demo deposit ${person.id}`;
  const input = {
    by: traderId(CALLER),
    traderId: traderId(person.id),
    amount: amount(person.deposit),
    kind: "deposit" as const,
    externalId,
  };
  const { credit } = commandsOf(exchange);
  const { outcome } = await exchange.executor.submit(credit, input, { caller: CALLER, claims: [claimed(externalId)] });
  if (isRefusal(outcome)) throw new Error(`the demo deposit of ${person.id} was refused: ${outcome.refusal}`);
};

const post = async (exchange: Exchange, person: Person, offer: Offer): Promise<AdId> => {
  const input = {
    makerId: traderId(person.id),
    type: offer.type,
    fiatCurrency: offer.currency ?? BALANCE_CURRENCY,
    exchangeRate: offer.rate,
    minAmount: amount(offer.min),
    maxAmount: amount(offer.max),
    totalAmount: offer.total === undefined ? null : amount(offer.total),
    paymentMethods: offer.methods,
    paymentDetails: exchange.details.seal(offer.details, person.id),
    instructions: offer.instructions,
    paymentWindowMinutes: null,
  };
  const { createAd } = commandsOf(exchange);
  const claims = [claimed(`ad ${person.id} ${offer.type}`)];
  const { outcome } = await exchange.executor.submit(createAd, input, { caller: CALLER, claims });
  if (isRefusal(outcome)) throw new Error(`the demo ad of ${person.id} was refused: ${outcome.refusal}`);
  return adId(outcome.id);
};
