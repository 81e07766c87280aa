/** Ratings, and the latest of each pair on each day, which the means are of. */
import { column, defineJournal, defineTable, type RowOf } from "../../engine/index.ts";
import type { OrderId, TraderId } from "../../kernel/index.ts";
import { traders } from "./traders.ts";

export const ratings = defineJournal({
  name: "exchange.ratings",
  columns: {
    orderId: column.id<OrderId>(),
    raterId: column.text<TraderId>(),
    rateeId: column.text<TraderId>(),
    /** In stars. */
    rating: column.integer(),
    comment: column.text().nullable,
    at: column.instant(),
  },
});
export type Rating = RowOf<typeof ratings>;

/** The latest rating of a pair on a day. Days are counted from 1970-01-01, UTC. */
export const ratingDays = defineTable({
  name: "exchange.rating_days",
  key: ["rateeId", "raterId", "day"],
  fixed: {
    rateeId: column.text<TraderId>(),
    raterId: column.text<TraderId>(),
    day: column.integer(),
  },
  changing: { rating: column.integer() },
  guardedBy: (day) => [traders.at(day.rateeId)],
});
export type RatingDay = RowOf<typeof ratingDays>;
