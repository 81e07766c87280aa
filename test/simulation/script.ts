/**
 * Scripts: what everybody has to begin with, now and then a prelude that leads somewhere on purpose, and groups of steps.
 */
import fc from "fast-check";
import { DAY, HOUR, MINUTE } from "../../src/kernel/index.ts";
import { as, chooseAd, chooseOrder, type Group, named, PEOPLE, type Step, usually } from "./draws.ts";
import type { Action, AdType, Status } from "./requests.ts";
import { GOOD, step } from "./steps.ts";
import { owing, relapsing } from "./stories-debts.ts";
import type { Order } from "./world.ts";

/** What a person has to begin with. */
export type Opening = { readonly funds: number; readonly ads: readonly AdType[] };

export type Script = {
  readonly opening: readonly Opening[];
  readonly multiplier: number;
  readonly bonusMultiplier: number;
  /** Commands in a batch: small ones, so that groups are cut at any place. */
  readonly batch: number;
  readonly groups: readonly Group[];
};

const group: fc.Arbitrary<Group> = fc.record({
  steps: fc.array(step, { minLength: 1, maxLength: 10 }),
  settle: usually(3),
  passes: fc.oneof(
    { weight: 6, arbitrary: fc.constant(0) },
    { weight: 3, arbitrary: fc.constantFrom(MINUTE, 6 * MINUTE, 16 * MINUTE, 61 * MINUTE) },
    { weight: 1, arbitrary: fc.constant(25 * HOUR) },
    { weight: 1, arbitrary: fc.constant(31 * DAY) },
  ),
});

/** A taker who takes one order after the other, each of which falls through, until no more is given. */
const FICKLE = "vera";
const isFickle = ({ taker, status }: Order): boolean => taker === FICKLE && status === "pending";
const order = named("the fickle one orders", false, (sight) => {
  const ad = chooseAd(sight, 0, ({ status, maker, type: adType }) => {
    return status === "active" && maker !== FICKLE && adType === "sell";
  });
  return { kind: "create-order", who: FICKLE, ad, amount: GOOD.min, inFiat: false, method: "card", details: null };
});

type Culprit = "buyer" | "seller" | "clock";
const fallThrough = (culprit: Culprit) =>
  named(`the ${culprit} ends the fickle one's order`, false, (sight) => {
    const handle = chooseOrder(sight, 0, isFickle);
    if (culprit === "clock") return { kind: "deadline", order: handle };
    return { kind: "act", who: as(sight.world.orders[handle], culprit), action: "cancel", order: handle };
  });

/** Mostly the taker's doing, or the maker's: both come to have too many. */
const dropsOf = (...culprits: readonly Culprit[]) =>
  fc.array(fc.record({ culprit: fc.constantFrom(...culprits), hours: fc.constantFrom(0, 0, 0, 0, 0, 0, 23) }), {
    minLength: 5,
    maxLength: 9,
  });

/** The clock lifts what is over, for each of them. */
const lifts: Group = {
  steps: PEOPLE.map((user) => named(`lift ${user}`, false, () => ({ kind: "lift", user }))),
  settle: true,
  passes: 0,
};

const dropping: fc.Arbitrary<readonly Group[]> = fc
  .tuple(fc.oneof(dropsOf("buyer", "buyer", "seller", "clock"), dropsOf("seller", "seller", "buyer")), fc.boolean())
  .map(([drops, over]) => [
    ...drops.flatMap(({ culprit, hours }): readonly Group[] => [
      { steps: [order], settle: true, passes: 16 * MINUTE },
      { steps: [fallThrough(culprit)], settle: true, passes: hours * HOUR },
    ]),
    ...(over ? [{ steps: [], settle: true, passes: 24 * HOUR }, lifts] : []),
  ]);

const FITTING: Readonly<Record<Action, Status>> = {
  "confirm-paid": "pending",
  "confirm-received": "paid_by_buyer",
  cancel: "pending",
  "call-operator": "paid_by_buyer",
};
const doing = (who: "buyer" | "seller", action: Action) =>
  named(`the ${who} of the fickle one's order: ${action}`, false, (sight) => {
    const handle = chooseOrder(sight, 0, (one) => one.taker === FICKLE && one.status === FITTING[action]);
    return { kind: "act", who: as(sight.world.orders[handle], who), action, order: handle };
  });
const settled = (one: Step, passes: number): Group => ({ steps: [one], settle: true, passes });

/** The same taker trades on some days, and then has disputes. */
const proving: fc.Arbitrary<readonly Group[]> = fc
  .record({ trades: fc.constantFrom(2, 3, 3), hours: fc.constantFrom(1, 25, 25), disputes: fc.constantFrom(1, 2, 3) })
  .map(({ trades, hours, disputes }) => {
    const begin = [settled(order, 0), settled(doing("buyer", "confirm-paid"), 0)];
    return [
      ...Array.from({ length: trades }, () => [
        ...begin,
        settled(doing("seller", "confirm-received"), hours * HOUR),
      ]).flat(),
      ...Array.from({ length: disputes }, () => [...begin, settled(doing("buyer", "call-operator"), 0)]).flat(),
    ];
  });

const opening: fc.Arbitrary<Opening> = fc.record({
  funds: fc.constantFrom(0, 150, 1_000, 3_000, 3_000),
  ads: fc.subarray<AdType>(["sell", "buy"]),
});

const prelude = fc.oneof(
  { weight: 6, arbitrary: fc.constant([]) },
  { weight: 2, arbitrary: dropping },
  { weight: 1, arbitrary: owing },
  { weight: 1, arbitrary: relapsing },
  { weight: 2, arbitrary: proving },
);
const groups = fc.array(group, { minLength: 1, maxLength: 16, size: "max" });

export const script: fc.Arbitrary<Script> = fc.record({
  opening: fc.array(opening, { minLength: PEOPLE.length, maxLength: PEOPLE.length }),
  multiplier: fc.constantFrom(0, 0, 1),
  bonusMultiplier: fc.constantFrom(0, 1, 1),
  batch: fc.constantFrom(1, 2, 3, 5, 256),
  groups: fc.tuple(prelude, groups).map(([before, then]) => [...before, ...then]),
});
