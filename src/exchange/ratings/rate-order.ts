/** Either side of a completed order rates the other, once. The mean is of the latest rating per pair and day. */
import type { AnswerOf } from "../../http/index.ts";
import { after, type Instant, type OrderId, refuse, type TraderId, toRfc3339 } from "../../kernel/index.ts";
import { defineCommand } from "../command.ts";
import { event } from "../events.ts";
import { isParty } from "../parties.ts";
import { LIMITS } from "../settings.ts";
import {
  orderStates,
  orders,
  type RatingDay,
  ratingDays,
  ratings,
  roleOf,
  sideOf,
  type Trader,
  traders,
  withSide,
} from "../tables/index.ts";
import { dayOf } from "../track-records/index.ts";
import type { RatingSchema } from "./schemas.ts";

export type RateOrder = {
  readonly orderId: OrderId;
  readonly raterId: TraderId;
  readonly rating: number;
  readonly comment: string | null;
  /** This node's clock: the day's row must be named before the database says what time it is. */
  readonly nearly: Instant;
};

export type RatingDocument = AnswerOf<typeof RatingSchema>;

const DAYS_AROUND = [-1, 0, 1];

export const rateOrder = defineCommand<RateOrder, RatingDocument>()({
  name: "rate-order",
  refuses: ["ORDER_NOT_FOUND", "INVALID_ORDER_STATUS", "ALREADY_RATED", "RATING_CLOSED"],
  changes: [traders],
  route: ({ orderId }) => [orders.at(orderId)],
  needs({ orderId, raterId, nearly }, routes) {
    const order = routes.get(orders.at(orderId));
    if (order === undefined || !isParty(order, raterId)) return [traders.at(raterId)];
    const rateeId = order.buyerId === raterId ? order.sellerId : order.buyerId;
    return [
      traders.at(raterId),
      traders.at(rateeId),
      orderStates.at(orderId),
      ...DAYS_AROUND.map((days) => ratingDays.at(rateeId, raterId, dayOf(nearly) + days)),
    ];
  },
  decide(state, { orderId, raterId, rating, comment }, { now }) {
    const order = state.get(orders.at(orderId));
    const role = order === undefined ? null : roleOf(order, raterId);
    if (order === undefined || role === null) return refuse("ORDER_NOT_FOUND");
    const current = state.need(orderStates.at(orderId));
    const { status, completedAt } = current;
    if (status !== "completed" || completedAt === null) return refuse("INVALID_ORDER_STATUS", { status });
    const side = sideOf(current, role);
    if (side.rating !== null) return refuse("ALREADY_RATED", { rating: side.rating });
    const closed = after(completedAt, LIMITS.ratingWindowMs);
    if (now >= closed) return refuse("RATING_CLOSED", { closed_at: toRfc3339(closed) });

    const rateeId = order.buyerId === raterId ? order.sellerId : order.buyerId;
    const day: RatingDay = { rateeId, raterId, day: dayOf(now), rating };
    const sameDay = state.get(ratingDays.at(rateeId, raterId, day.day));
    const trader = withRating(state.need(traders.at(rateeId)), rating, sameDay?.rating);
    return {
      result: { order_id: orderId, rating, comment, created_at: toRfc3339(now) },
      writes: [
        orderStates.update(withSide(current, { ...side, rating })),
        ratings.append({ orderId, raterId, rateeId, rating, comment, at: now }),
        sameDay === undefined ? ratingDays.insert(day) : ratingDays.update(day),
        traders.update(trader),
      ],
      events: [
        event("order.updated", [rateeId], {
          order_id: orderId,
          status,
          rated: rating,
          comment,
          by: role,
          at: toRfc3339(now),
        }),
      ],
    };
  },
});

/** In hundredths of a star. */
const withRating = (trader: Trader, rating: number, replaced: number | undefined): Trader => {
  const ratingSum = trader.ratingSum + rating - (replaced ?? 0);
  const ratingsCount = trader.ratingsCount + (replaced === undefined ? 1 : 0);
  return { ...trader, ratingSum, ratingsCount, rating: Math.round((ratingSum * 100) / ratingsCount) };
};
