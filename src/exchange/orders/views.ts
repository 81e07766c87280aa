/** Makes the answer that shows an order to one of its parties. */
import type { AnswerOf } from "../../http/index.ts";
import { type Amount, after, type Instant, toRfc3339, toRfc3339OrNull, ZERO } from "../../kernel/index.ts";
import { chatOpen } from "../chat/index.ts";
import { LIMITS } from "../settings.ts";
import {
  type Dispute,
  type Order,
  type OrderSide,
  type OrderState,
  type Role,
  sideOf,
  type Trader,
} from "../tables/index.ts";
import { cancelsLeft, type ProfileSource, profileView } from "../traders/index.ts";
import { allowedClaimActions } from "./claim-machine.ts";
import { allowedActions } from "./machine.ts";
import type { OrderSchema } from "./schemas.ts";
import { type SettlementSource, settlementFacts } from "./settlement.ts";
import { holdsCancel } from "./settlement-machine.ts";

/** What a party sees of where the order stands, its own side included. */
export const STATE_COLUMNS = [
  "status",
  "outcome",
  "paymentClaim",
  "paymentClaimEndedAt",
  "releasedAmount",
  "releaseBy",
  "paidAt",
  "completedAt",
  "cancelledAt",
  "disputedAt",
  "buyerReadSeq",
  "buyerLines",
  "buyerLinesRead",
  "buyerRating",
  "sellerReadSeq",
  "sellerLines",
  "sellerLinesRead",
  "sellerRating",
] as const satisfies readonly (keyof OrderState)[];

type StateSource = Pick<OrderState, (typeof STATE_COLUMNS)[number]>;

export type OrderSource = {
  readonly order: Order;
  readonly state: StateSource;
  /** Of the party that looks. */
  readonly role: Role;
  readonly buyer: PartySource;
  readonly seller: PartySource;
  /** Of an order that is or was disputed. */
  readonly dispute?: DisputeSource | null;
  /** Of an order that is paid over the rail. */
  readonly settlement?: SettlementSource | null;
  /** What is left of the debt that its claim came to; left out where there can be none. */
  readonly owed?: Amount | undefined;
};

/** A party, with what only the party itself sees. */
export type PartySource = ProfileSource & Pick<Trader, "strikes">;

/** What both parties see of a case. */
export const DISPUTE_COLUMNS = [
  "status",
  "openedBy",
  "reason",
  "openedAt",
  "assignedName",
  "resolution",
] as const satisfies readonly (keyof Dispute)[];

export type DisputeSource = Pick<Dispute, (typeof DISPUTE_COLUMNS)[number]>;

const disputeFacts = (dispute: DisputeSource): NonNullable<PresentedOrder["dispute"]> => ({
  status: dispute.status,
  opened_by: dispute.openedBy,
  reason: dispute.reason,
  opened_at: toRfc3339(dispute.openedAt),
  assigned_to: dispute.assignedName,
  resolution: dispute.resolution,
});

/** The order as a route sends it, to one of its two parties. */
export type PresentedOrder = AnswerOf<typeof OrderSchema>;

/**
 * Plain JSON, kept as a stored answer: `payment_details` is still ciphertext here, for the seller. Only the route
 * opens it, for the two parties.
 */
export type OrderDocument = Omit<PresentedOrder, "payment_details"> & { readonly payment_details: string };

export const orderDocument = (
  { order, state, role, buyer, seller, dispute = null, settlement = null, owed = ZERO }: OrderSource,
  now: Instant,
): OrderDocument => {
  const side = sideOf(state, role);
  const isTaker = order[`${role}Id`] === order.takerId;
  const asTaker = order.adType === "sell" ? "deposit" : "withdraw";
  return {
    id: order.id,
    ad_id: order.adId,
    ad_version: order.adVersion,
    status: state.status,
    outcome: state.outcome,
    claim: state.paymentClaim,
    owed: Number(owed),
    role,
    side: isTaker ? asTaker : null,
    buyer: profileView(buyer, now),
    seller: profileView(seller, now),
    usdt_amount: Number(order.usdtAmount),
    fiat_amount: Number(order.fiatAmount),
    released_amount: Number(state.releasedAmount),
    fiat_currency: order.fiatCurrency,
    exchange_rate: order.exchangeRate,
    payment_method: order.paymentMethod,
    payment_details: order.paymentDetails,
    instructions: order.instructions,
    pay_by: toRfc3339(order.payBy),
    release_by: toRfc3339OrNull(state.releaseBy),
    server_time: toRfc3339(now),
    created_at: toRfc3339(order.createdAt),
    paid_at: toRfc3339OrNull(state.paidAt),
    completed_at: toRfc3339OrNull(state.completedAt),
    cancelled_at: toRfc3339OrNull(state.cancelledAt),
    disputed_at: toRfc3339OrNull(state.disputedAt),
    allowed_actions: [
      ...allowedActions(state.status, role).filter((action) => !holdsCancel(settlement?.state, action, role)),
      ...allowedClaimActions(state, role, now),
      ...(mayRate(state, side, now) ? (["rate"] as const) : []),
      ...(chatOpen(state, now) ? (["message"] as const) : []),
    ],
    unread: side.lines - side.linesRead,
    my_rating: side.rating,
    their_rating: sideOf(state, role === "buyer" ? "seller" : "buyer").rating,
    dispute: dispute === null ? null : disputeFacts(dispute),
    settlement: settlement === null ? null : settlementFacts(settlement, role),
    cancels_left: isTaker ? cancelsLeft(role === "buyer" ? buyer : seller, now) : null,
  };
};

/** Once, by either side of a completed order, for a while. */
const mayRate = ({ status, completedAt }: StateSource, { rating }: OrderSide, now: Instant): boolean =>
  status === "completed" && rating === null && completedAt !== null && now < after(completedAt, LIMITS.ratingWindowMs);

/** Masked once the order is cancelled, and a while after it completed. */
export const detailsMasked = (document: Pick<OrderDocument, "status" | "completed_at" | "server_time">): boolean => {
  if (document.status === "cancelled") return true;
  if (document.completed_at === null) return false;
  const until = after(Date.parse(document.completed_at) as Instant, LIMITS.detailsShownMs);
  return Date.parse(document.server_time) >= until;
};

const SHOWN_CHARACTERS = 4;

/** The last characters let the parties tell which card it was; short values show nothing. */
export const mask = (details: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(details).map(([name, value]) => {
      const characters = [...value];
      const shown = characters.length > 2 * SHOWN_CHARACTERS ? characters.slice(-SHOWN_CHARACTERS).join("") : "";
      return [name, `••••${shown}`];
    }),
  );
