/** A trader as others see one. */
import { type Instant, toRfc3339 } from "../../kernel/index.ts";
import { completionRate } from "../records/index.ts";
import type { Trader } from "../tables/index.ts";

export type ProfileSource = Pick<
  Trader,
  | "id"
  | "name"
  | "rating"
  | "ratingsCount"
  | "ordersCount"
  | "days"
  | "medianReleaseSeconds"
  | "medianPaySeconds"
  | "partnersCount"
  | "joinedAt"
  | "lastSeenAt"
>;

/** Stars with two decimals, from hundredths. */
export const stars = (hundredths: number | null): number | null => (hundredths === null ? null : hundredths / 100);

/** @param now the completion rate looks back from it */
export const profileView = (trader: ProfileSource, now: Instant) => ({
  id: trader.id,
  name: trader.name,
  rating: stars(trader.rating),
  ratings_count: trader.ratingsCount,
  orders_count: trader.ordersCount,
  completion_rate_30d: completionRate(trader.days, now),
  median_release_seconds: trader.medianReleaseSeconds,
  median_pay_seconds: trader.medianPaySeconds,
  partners_count: trader.partnersCount,
  joined_at: toRfc3339(trader.joinedAt),
  last_seen_at: toRfc3339(trader.lastSeenAt),
});

export type ProfileView = ReturnType<typeof profileView>;
