/**
 * The life of a payment claim, as one table. It goes beside that of its order, whose status stays: what was cancelled is
 * cancelled, and what is claimed is settled out of the seller's available balance.
 */
import { after, DAY, type Instant, type RefusalOf, refuse, toRfc3339, toRfc3339OrNull } from "../../kernel/index.ts";
import type { OrderState, Outcome, PaymentClaim, Role } from "../tables/index.ts";

export const PARTY_CLAIM_ACTIONS = ["claim", "honour"] as const;
export type PartyClaimAction = (typeof PARTY_CLAIM_ACTIONS)[number];
/** What the assigned operator decides. */
export const CLAIM_DECISIONS = ["compensate", "dismiss"] as const;
export type ClaimDecision = (typeof CLAIM_DECISIONS)[number];
/** `payment-returned`: the banks report that all of the money has gone back. */
export type ClaimAction = PartyClaimAction | ClaimDecision | "payment-returned";

/** From the seller's available balance to the buyer's: all of it, or what is there while the rest is owed. */
export type ClaimMoney = "none" | "settle" | "settle_or_owe";

export type ClaimMove = {
  readonly from: PaymentClaim | null;
  readonly action: ClaimAction;
  readonly who: Role | "operator" | "rail";
  readonly to: PaymentClaim;
  readonly money: ClaimMoney;
  /** Who gets a strike for it. */
  readonly strikes: Role | null;
};

export const CLAIM_MOVES: { readonly [Action in ClaimAction]: ClaimMove } = {
  claim: { from: null, action: "claim", who: "buyer", to: "open", money: "none", strikes: null },
  honour: { from: "open", action: "honour", who: "seller", to: "honoured", money: "settle", strikes: null },
  compensate: {
    from: "open",
    action: "compensate",
    who: "operator",
    to: "compensated",
    money: "settle_or_owe",
    strikes: null,
  },
  dismiss: { from: "open", action: "dismiss", who: "operator", to: "dismissed", money: "none", strikes: "buyer" },
  "payment-returned": {
    from: "open",
    action: "payment-returned",
    who: "rail",
    to: "dismissed",
    money: "none",
    strikes: null,
  },
};

/** What ends an order behind the back of a buyer who is paying it. Who cancelled it, or gave it up, has not paid. */
export const CLAIMABLE: ReadonlySet<Outcome> = new Set(["payment_expired", "cancelled_by_seller"]);

/** Long enough for a slow bank; a day later a receipt shows no more than it does by then. */
export const CLAIM_WINDOW_MS = DAY;

/** What of an order its claim is judged by. */
export type ClaimSource = Pick<
  OrderState,
  "status" | "outcome" | "cancelledAt" | "paymentClaim" | "paymentClaimEndedAt"
>;

/** Until when its buyer may claim to have paid it; null for an order that nobody can claim to have paid. */
const claimableUntil = ({ outcome, cancelledAt }: ClaimSource): Instant | null =>
  outcome !== null && CLAIMABLE.has(outcome) && cancelledAt !== null ? after(cancelledAt, CLAIM_WINDOW_MS) : null;

/** What `refuseClaimMove` says no with. */
export const CLAIM_REFUSALS = ["INVALID_ORDER_STATUS", "CLAIM_CLOSED"] as const;

/** A repeat of what took effect is refused as that of any action is; who comes second is told that it is over. */
export const refuseClaimMove = (
  state: ClaimSource,
  { action, from, to }: ClaimMove,
  now: Instant,
): RefusalOf<typeof CLAIM_REFUSALS> | undefined => {
  const { status, paymentClaim: claim, paymentClaimEndedAt } = state;
  if (claim !== from) {
    if (claim === null || claim === to || action === "claim") return refuse("INVALID_ORDER_STATUS", { status, claim });
    return refuse("CLAIM_CLOSED", { claim, closed_at: toRfc3339OrNull(paymentClaimEndedAt) });
  }
  if (action !== "claim") return undefined;
  const until = claimableUntil(state);
  if (until === null) return refuse("INVALID_ORDER_STATUS", { status, claim });
  return now < until ? undefined : refuse("CLAIM_CLOSED", { claim, closed_at: toRfc3339(until) });
};

/** What this party may do now. */
export const allowedClaimActions = (state: ClaimSource, who: Role, now: Instant): readonly PartyClaimAction[] =>
  PARTY_CLAIM_ACTIONS.filter((action) => {
    const move = CLAIM_MOVES[action];
    return move.who === who && refuseClaimMove(state, move, now) === undefined;
  });
