/** Steps about claims on cancelled orders, the debts that they come to, and who is stopped. */
import fc from "fast-check";
import { amount, as, asking, chooseOrder, person, recency, usually } from "./draws.ts";
import type { Status } from "./requests.ts";
import type { Order } from "./world.ts";

export const isClaimable = ({ outcome, claim }: Order): boolean =>
  claim === null && (outcome === "payment_expired" || outcome === "cancelled_by_seller");
export const isOpenClaim = ({ claim }: Order): boolean => claim === "open";

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
