/** The rows of a new order: its terms and its state. */
import { after, type Instant, MINUTE, ZERO } from "../../kernel/index.ts";
import type { Settings } from "../settings.ts";
import type { Order, OrderState } from "../tables/index.ts";
import { type CheckedOrder, type CreateOrder, partiesOf } from "./check-order.ts";

/** The ad's terms as they are now: later changes of the ad do not touch the order. */
export const termsOf = (
  id: Order["id"],
  input: CreateOrder,
  { ad, maker, taker, usdtAmount, fiatAmount, details }: CheckedOrder,
  settings: Settings,
  now: Instant,
): Order => ({
  id,
  adId: ad.id,
  adVersion: ad.version,
  adType: ad.type,
  makerId: maker.id,
  takerId: taker.id,
  ...partiesOf(ad, taker.id),
  usdtAmount,
  fiatAmount,
  fiatCurrency: ad.fiatCurrency,
  exchangeRate: ad.exchangeRate,
  paymentMethod: input.paymentMethod,
  paymentDetails: details,
  instructions: ad.instructions,
  createdAt: now,
  payBy: after(now, ad.paymentWindowMinutes === null ? settings.payWindowMs : ad.paymentWindowMinutes * MINUTE),
});

export const newState = (order: Order): OrderState => ({
  orderId: order.id,
  buyerId: order.buyerId,
  sellerId: order.sellerId,
  status: "pending",
  outcome: null,
  completed: null,
  changes: 1,
  lastSeq: 0,
  files: 0,
  fileBytes: 0,
  activityAt: order.createdAt,
  endedActivityAt: null,
  releaseBy: null,
  paidAt: null,
  disputedAt: null,
  completedAt: null,
  cancelledAt: null,
  paymentClaim: null,
  paymentClaimEndedAt: null,
  escrow: ZERO,
  releasedAmount: ZERO,
  buyerReadSeq: 0,
  sellerReadSeq: 0,
  buyerLines: 0,
  sellerLines: 0,
  buyerLinesRead: 0,
  sellerLinesRead: 0,
  buyerRating: null,
  sellerRating: null,
});
