/** Whole stories of debts, which steps drawn one by one would hardly ever come to. */
import fc from "fast-check";
import { HOUR } from "../../src/kernel/index.ts";
import { as, chooseOrder, type Group, named, PEOPLE, type Sight, type Step } from "./draws.ts";
import { NOTHING, type Status } from "./requests.ts";
import { isClaimable, isOpenClaim } from "./steps-claims.ts";
import type { Order } from "./world.ts";

const SIZE = 100;

const of = (status: Status) => (order: Order) => order.status === status && order.amount === SIZE;
const owes = ({ owed }: Order): boolean => owed > 0;

const debtor = (sight: Sight): string => as(sight.world.orders[chooseOrder(sight, 0, owes)], "seller");

/** @param nth of those who may take the ad */
const ordering = (nth: number): Step =>
  named("somebody orders", false, ({ world }) => {
    const ad = world.ads.find(({ type, status }) => type === "sell" && status === "active");
    const who = PEOPLE.filter((name) => name !== ad?.maker)[nth] ?? PEOPLE[0];
    const given = { amount: SIZE, inFiat: false, method: "card", details: null };
    return { kind: "create-order", who, ad: ad?.handle ?? NOTHING, ...given };
  });

const cancelling = named("its seller cancels", false, (sight) => {
  const order = chooseOrder(sight, 0, of("pending"));
  return { kind: "act", action: "cancel", order, who: as(sight.world.orders[order], "seller") };
});

const claiming = named("its buyer claims", false, (sight) => {
  const order = chooseOrder(sight, 0, (one) => isClaimable(one) && one.amount === SIZE);
  return { kind: "claim", order, who: as(sight.world.orders[order], "buyer") };
});

/** @param rest what is left on the account */
const takingOut = (rest: number): Step =>
  named("its seller takes the money out", false, (sight) => {
    const user = as(sight.world.orders[chooseOrder(sight, 0, isOpenClaim)], "seller");
    const amount = Math.max(1, (sight.world.people.get(user)?.available ?? 0) - rest);
    return { kind: "debit", user, amount, entry: "withdrawal", external: `taken ${sight.world.now}` };
  });

const assigning = named("somebody takes the case", false, (sight) => {
  const order = chooseOrder(sight, 0, (one) => isOpenClaim(one) && one.operator === null);
  return { kind: "assign", order, who: as(sight.world.orders[order], "neither"), takeOver: true };
});

const compensating = named("the buyer is compensated", false, (sight) => {
  const order = chooseOrder(sight, 0, (one) => isOpenClaim(one) && one.operator !== null);
  const who = sight.world.orders[order]?.operator ?? PEOPLE[0];
  return { kind: "compensate", order, who, amount: SIZE };
});

const earning = (income: number): Step =>
  named("the seller gets something", false, (sight) => ({
    kind: "credit",
    user: debtor(sight),
    amount: income,
    entry: "adjustment",
    external: `income ${sight.world.now}`,
  }));

const hiding = (income: number): Step =>
  named("the seller would take it out again", false, (sight) => ({
    kind: "debit",
    user: debtor(sight),
    amount: income,
    entry: "withdrawal",
    external: `hidden ${sight.world.now}`,
  }));

const collecting = named("the debt is collected", false, (sight) => ({
  kind: "collect",
  order: chooseOrder(sight, 0, owes),
}));

const excusing = named("the debtor may go on", false, (sight) => ({
  kind: "resume",
  who: PEOPLE[0],
  user: debtor(sight),
  despiteDebt: true,
}));

const told = (steps: readonly Step[], passes: (index: number) => number = () => 0): readonly Group[] =>
  steps.map((step, index) => ({ steps: [step], settle: true, passes: passes(index) }));

/** An order that its seller cancels, and that is claimed, compensated by somebody who does not have it, and paid in parts. */
export const owing: fc.Arbitrary<readonly Group[]> = fc
  .record({
    rest: fc.constantFrom(0, 30, 60),
    income: fc.constantFrom(20, 50, 500),
    late: fc.boolean(),
  })
  .map(({ rest, income, late }) =>
    told(
      [
        ...[ordering(0), cancelling, claiming, takingOut(rest), assigning, compensating],
        ...[earning(income), hiding(income), collecting],
      ],
      (index) => (late && index === 1 ? 24 * HOUR : 0),
    ),
  );

/** Who owes for one order may go on all the same, and comes to owe for another. */
export const relapsing: fc.Arbitrary<readonly Group[]> = fc
  .record({ rest: fc.constantFrom(0, 30) })
  .map(({ rest }) =>
    told([
      ...[ordering(0), ordering(1), cancelling, cancelling, claiming, claiming, takingOut(rest)],
      ...[assigning, compensating, excusing, assigning, compensating],
    ]),
  );
