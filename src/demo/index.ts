/** A sample market for the first run: made-up people and money, through the same commands as everything else. */
import type { Claim } from "../engine/index.ts";
import { commandsOf, type Exchange } from "../exchange/index.ts";
import { amount, isRefusal, refuse, traderId } from "../kernel/index.ts";
import { type Offer, PEOPLE, type Person } from "./people.ts";

const CALLER = "demo";

/** Done already, it does nothing: each step is claimed for ever. */
export const fillDemoMarket = async (exchange: Exchange, say: (line: string) => void): Promise<void> => {
  const before = performance.now();
  for (const person of PEOPLE) {
    await exchange.register(person.id, person.name);
    await deposit(exchange, person);
    for (const offer of person.ads) await post(exchange, person, offer);
  }
  const took = Math.round(performance.now() - before);
  say(`The demo market has ${PEOPLE.map(({ name }) => name).join(", ")} (${took} ms).`);
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
  const input = { traderId: traderId(person.id), amount: amount(person.deposit), kind: "deposit" as const, externalId };
  const { credit } = commandsOf(exchange);
  const { outcome } = await exchange.executor.submit(credit, input, { caller: CALLER, claims: [claimed(externalId)] });
  if (isRefusal(outcome)) throw new Error(`the demo deposit of ${person.id} was refused: ${outcome.refusal}`);
};

const post = async (exchange: Exchange, person: Person, offer: Offer) => {
  const input = {
    makerId: traderId(person.id),
    type: offer.type,
    fiatCurrency: "RUB",
    exchangeRate: offer.rate,
    minAmount: amount(offer.min),
    maxAmount: amount(offer.max),
    totalAmount: null,
    paymentMethods: offer.methods,
    paymentDetails: exchange.details.seal(offer.details, person.id),
    instructions: offer.instructions,
    paymentWindowMinutes: null,
  };
  const { createAd } = commandsOf(exchange);
  await exchange.executor.submit(createAd, input, {
    caller: CALLER,
    claims: [claimed(`ad ${person.id} ${offer.type}`)],
  });
};
