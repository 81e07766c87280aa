/** A taker answers an ad; in the same transaction the seller's amount moves into the order's own escrow account. */
import type { State } from "../../engine/index.ts";
import {
  type AdId,
  type Amount,
  after,
  MAX_AMOUNT,
  MINUTE,
  plus,
  type Refusal,
  refuse,
  type TraderId,
  ZERO,
} from "../../kernel/index.ts";
import { availableAccount } from "../../ledger/index.ts";
import { ANSWER_REFUSALS, refuseAnswer } from "../ads/index.ts";
import { lineAdded, withNextLine } from "../chat/index.ts";
import { defineCommand } from "../command.ts";
import { event } from "../events.ts";
import { invalid } from "../issues.ts";
import type { Settings } from "../settings.ts";
import {
  type Ad,
  type AdType,
  accounts,
  activeAds,
  ads,
  type Order,
  type OrderState,
  openBook,
  orderDeadlines,
  orderHistory,
  orderStates,
  orders,
  SEQUENCES,
  traders,
} from "../tables/index.ts";
import {
  refuseSecondOrder,
  refuseStriker,
  refuseToSell,
  SECOND_ORDER_REFUSALS,
  SELLING_REFUSALS,
  withOpenOrder,
} from "../traders/index.ts";
import { holdEscrow } from "./escrow.ts";
import { orderUpdated } from "./events.ts";
import { historyOf } from "./history.ts";
import { type OrderDocument, orderDocument } from "./views.ts";

/** @property paymentDetails the taker's, sealed; wanted on a buy ad alone */
export type CreateOrder = {
  readonly takerId: TraderId;
  readonly adId: AdId;
  readonly amount: Amount;
  readonly paymentMethod: string;
  readonly adVersion?: number | undefined;
  readonly paymentDetails: string | null;
};

/** Sell ad: the maker sells. Buy ad: the taker does. */
const partiesOf = (ad: { readonly type: AdType; readonly makerId: TraderId }, takerId: TraderId) =>
  ad.type === "sell" ? { sellerId: ad.makerId, buyerId: takerId } : { sellerId: takerId, buyerId: ad.makerId };

export const createOrder = (settings: Settings) =>
  defineCommand<CreateOrder, OrderDocument>()({
    name: "create-order",
    refuses: [
      "RATE_LIMITED",
      ...ANSWER_REFUSALS,
      "VALIDATION_ERROR",
      "PAYMENT_DETAILS_REQUIRED",
      ...SECOND_ORDER_REFUSALS,
      ...SELLING_REFUSALS,
      "SELLER_INSUFFICIENT_BALANCE",
    ],
    draws: [SEQUENCES.orders],
    changes: [ads, accounts],
    route: ({ adId }) => [ads.at(adId)],
    needs({ adId, takerId }, routes) {
      const ad = routes.get(ads.at(adId));
      if (ad === undefined) return [traders.at(takerId)];
      const { sellerId } = partiesOf(ad, takerId);
      return [
        traders.at(takerId),
        traders.at(ad.makerId),
        ads.at(adId),
        accounts.at(availableAccount(sellerId)),
        ...(sellerId === takerId ? [activeAds.of(traders.at(takerId))] : []),
      ];
    },
    decide(state, input, { now, id }) {
      const ad = state.get(ads.at(input.adId));
      const taker = state.need(traders.at(input.takerId));
      const struckOut = refuseStriker(taker, now);
      if (struckOut !== undefined) return struckOut;
      const refusal = refuseAnswer(ad, input);
      if (ad === undefined || refusal !== undefined) return refusal ?? refuse("AD_NOT_FOUND");
      const fiatAmount = fiatOf(input.amount, ad.exchangeRate);
      if (fiatAmount < 1n || fiatAmount > MAX_AMOUNT) {
        return invalid({ pointer: "/usdt_amount", message: "comes to a fiat amount out of bounds at this rate" });
      }
      const details = ad.type === "sell" ? ad.paymentDetails : (input.paymentDetails ?? ownDetails(state, input));
      if (details === null) return refuse("PAYMENT_DETAILS_REQUIRED");
      const maker = state.need(traders.at(ad.makerId));
      const { sellerId, buyerId } = partiesOf(ad, taker.id);
      const forbidden =
        refuseSecondOrder(taker, ad.type) ??
        (sellerId === taker.id ? refuseToSell(taker, settings) : undefined) ??
        refuseBalance(state, sellerId, input.amount) ??
        refuseMaker(ad, sellerId === maker.id ? refuseToSell(maker, settings) : undefined);
      if (forbidden !== undefined) return forbidden;

      const order: Order = {
        id: id(SEQUENCES.orders) as Order["id"],
        adId: ad.id,
        adVersion: ad.version,
        adType: ad.type,
        makerId: maker.id,
        takerId: taker.id,
        buyerId,
        sellerId,
        usdtAmount: input.amount,
        fiatAmount,
        fiatCurrency: ad.fiatCurrency,
        exchangeRate: ad.exchangeRate,
        paymentMethod: input.paymentMethod,
        paymentDetails: details,
        instructions: ad.instructions,
        createdAt: now,
        payBy: after(now, ad.paymentWindowMinutes === null ? settings.payWindowMs : ad.paymentWindowMinutes * MINUTE),
      };
      const book = openBook(state);
      const opened = withNextLine({ ...newState(order), ...holdEscrow(book, order) }, now);
      const filled: Ad = { ...ad, openAmount: plus(ad.openAmount, order.usdtAmount) };
      const occupied = withOpenOrder(taker, ad.type, order.id);
      const sellerTakes = sellerId === taker.id;
      const buyer = sellerTakes ? maker : occupied;
      const seller = sellerTakes ? occupied : maker;
      return {
        result: orderDocument({ order, state: opened, role: sellerTakes ? "seller" : "buyer", buyer, seller }, now),
        writes: [
          orders.insert(order),
          orderStates.insert(opened),
          orderHistory.append(historyOf(opened, "create", taker.id, now)),
          orderDeadlines.append({ orderId: order.id, dueAt: order.payBy }),
          ads.update(filled),
          traders.update(occupied),
          ...book.writes(now),
        ],
        events: [
          orderUpdated(opened),
          lineAdded(opened, "system"),
          event("wallet.updated", [sellerId], { order_id: order.id }),
        ],
      };
    },
  });

/** Minor units of fiat, rounded half-up; the rate is for 100 balance units. */
export const fiatOf = (amount: Amount, rate: number): Amount => ((amount * BigInt(rate) + 50n) / 100n) as Amount;

const newState = (order: Order): OrderState => ({
  orderId: order.id,
  buyerId: order.buyerId,
  sellerId: order.sellerId,
  status: "pending",
  outcome: null,
  completed: null,
  changes: 1,
  lastSeq: 0,
  files: 0,
  activityAt: order.createdAt,
  endedActivityAt: null,
  releaseBy: null,
  paidAt: null,
  disputedAt: null,
  completedAt: null,
  cancelledAt: null,
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

/** Where to pay a taker who sells: what the taker's own sell ad says for that method. */
const ownDetails = (state: State, { takerId, paymentMethod }: CreateOrder): string | null =>
  state
    .all(activeAds.of(traders.at(takerId)))
    .find((ad) => ad.type === "sell" && ad.paymentMethods.includes(paymentMethod))?.paymentDetails ?? null;

const refuseBalance = (
  state: State,
  sellerId: TraderId,
  wanted: Amount,
): Refusal<"SELLER_INSUFFICIENT_BALANCE"> | undefined =>
  state.need(accounts.at(availableAccount(sellerId))).balance < wanted ? refuse("SELLER_INSUFFICIENT_BALANCE") : undefined;

/** Judged last, and without saying which rule: the maker's deposits are nobody else's business. */
const refuseMaker = (ad: Ad, rule: Refusal | undefined): Refusal<"AD_NOT_ACTIVE"> | undefined =>
  rule === undefined ? undefined : refuse("AD_NOT_ACTIVE", { status: ad.status });
