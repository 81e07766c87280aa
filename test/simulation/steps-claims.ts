/** Steps about claims on cancelled orders, the debts that they come to, and who is stopped. */
import fc from "fast-check";
import { HOUR } from "../../src/kernel/index.ts";
import { amount, as, asking, chooseOrder, type Group, named, PEOPLE, person, recency, usually } from "./draws.ts";
import { NOTHING, type Status } from "./requests.ts";
import type { Order } from "./world.ts";

const isClaimable = ({ outcome, claim }: Order): boolean =>
  claim === null && (outcome === "payment_expired" || outcome === "cancelled_by_seller");
const isOpenClaim = ({ claim }: Order): boolean => claim === "open";

const byParty = (kind: "claim" | "honour", apt: (order: Order) => boolean, usual: string, rare: string) =>
  asking(
    kind,
    fc.record({
      recency,
      fits: usually(4),
      role: fc.oneof(
        { weight: 12, arbitrary: fc.constant(usual) },
        { weight: 2, arbitrary: fc.constant(rare) },
        { weight: 1, arbitrary: fc.constant("neither") },
      ),
      expected: fc.option(fc.constantFrom<Status>("cancelled", "pending"), { nil: undefined, freq: 9 }),
    }),
    ({ recency: back, fits, role, expected }, sight) => {
      const order = chooseOrder(sight, back, fits ? apt : () => true);
      return { kind, order, who: as(sight.world.orders[order], role), expected };
    },
  );

/** Somebody who is no party, as a rule. */
const onCase = fc.record({
  recency,
  role: fc.oneof(
    { weight: 9, arbitrary: fc.constant("neither") },
    { weight: 1, arbitrary: fc.constantFrom("buyer", "seller") },
  ),
});

const assigning = asking(
  "assign",
  fc.record({ on: onCase, who: fc.option(person, { freq: 3 }), takeOver: fc.boolean() }),
  ({ on, who, takeOver }, sight) => {
    const order = chooseOrder(sight, on.recency, (one) => isOpenClaim(one) || one.status === "disputed");
    return { kind: "assign", order, who: who ?? as(sight.world.orders[order], on.role), takeOver };
  },
);

const deciding = asking(
  "decide",
  fc.record({
    on: onCase,
    own: usually(6),
    kind: fc.constantFrom("compensate" as const, "compensate" as const, "dismiss" as const),
    whole: fc.boolean(),
    amount,
  }),
  ({ on, own, kind, whole, amount: wanted }, sight) => {
    const handle = chooseOrder(sight, on.recency, (one) => isOpenClaim(one) && one.operator !== null);
    const order = sight.world.orders[handle];
    const who = (own ? order?.operator : null) ?? as(order, on.role);
    const award = whole && order !== undefined ? order.amount : wanted;
    return { kind, order: handle, who, amount: kind === "compensate" ? award : null };
  },
);

const collecting = asking("collect", fc.record({ recency, apt: usually(5) }), ({ recency: back, apt }, sight) => ({
  kind: "collect",
  order: chooseOrder(sight, back, ({ owed }) => !apt || owed > 0),
}));

const standing = asking(
  "suspend or resume",
  fc.record({
    who: person,
    user: person,
    kind: fc.constantFrom("suspend" as const, "resume" as const, "resume" as const),
    despiteDebt: fc.boolean(),
  }),
  (given) => given,
);

export const CLAIM_STEPS = [
  { weight: 4, arbitrary: byParty("claim", isClaimable, "buyer", "seller") },
  { weight: 2, arbitrary: byParty("honour", isOpenClaim, "seller", "buyer") },
  { weight: 3, arbitrary: assigning },
  { weight: 3, arbitrary: deciding },
  { weight: 2, arbitrary: collecting },
  { weight: 1, arbitrary: standing },
];

/** An order that its seller cancels, and that is claimed, compensated by somebody who does not have it, and paid in parts. */
export const owing: fc.Arbitrary<readonly Group[]> = fc
  .record({
    back: fc.nat(1),
    rest: fc.constantFrom(0, 30, 60),
    income: fc.constantFrom(20, 50, 500),
    late: fc.boolean(),
  })
  .map(({ back, rest, income, late }) => {
    const size = 100;
    const of = (status: Status) => (order: Order) => order.status === status && order.amount === size;
    const cancelled = (order: Order) => isClaimable(order) && order.amount === size;
    const steps = [
      named("somebody orders", false, ({ world }) => {
        const ad = world.ads.find(({ type, status }) => type === "sell" && status === "active");
        const who = PEOPLE.find((name) => name !== ad?.maker) ?? PEOPLE[0];
        const given = { amount: size, inFiat: false, method: "card", details: null };
        return { kind: "create-order", who, ad: ad?.handle ?? NOTHING, ...given };
      }),
      named("its seller cancels", false, (sight) => {
        const order = chooseOrder(sight, 0, of("pending"));
        return { kind: "act", action: "cancel", order, who: as(sight.world.orders[order], "seller") };
      }),
      named("its buyer claims", false, (sight) => {
        const order = chooseOrder(sight, 0, cancelled);
        return { kind: "claim", order, who: as(sight.world.orders[order], "buyer") };
      }),
      named("its seller takes the money out", false, (sight) => {
        const order = sight.world.orders[chooseOrder(sight, 0, isOpenClaim)];
        const user = as(order, "seller");
        const available = sight.world.people.get(user)?.available ?? 0;
        const taken = Math.max(1, available - rest);
        return {
          kind: "debit",
          user,
          amount: taken,
          entry: "withdrawal",
          external: `taken ${sight.world.now} ${back}`,
        };
      }),
      named("somebody takes the case", false, (sight) => {
        const order = chooseOrder(sight, 0, isOpenClaim);
        return { kind: "assign", order, who: as(sight.world.orders[order], "neither"), takeOver: true };
      }),
      named("the buyer is compensated", false, (sight) => {
        const order = chooseOrder(sight, 0, isOpenClaim);
        const who = sight.world.orders[order]?.operator ?? PEOPLE[0];
        return { kind: "compensate", order, who, amount: size };
      }),
      named("the seller gets something", false, (sight) => {
        const order = sight.world.orders[chooseOrder(sight, 0, ({ owed }) => owed > 0)];
        const user = as(order, "seller");
        return {
          kind: "credit",
          user,
          amount: income,
          entry: "adjustment",
          external: `income ${sight.world.now} ${back}`,
        };
      }),
      named("the debt is collected", false, (sight) => ({
        kind: "collect",
        order: chooseOrder(sight, 0, ({ owed }) => owed > 0),
      })),
    ];
    return steps.map((step, index) => ({ steps: [step], settle: true, passes: late && index === 1 ? 24 * HOUR : 0 }));
  });
