/** A trader as others see one. */
import { toRfc3339 } from "../../kernel/index.ts";
import type { Trader } from "../tables.ts";

export type ProfileSource = Pick<
  Trader,
  "id" | "name" | "rating" | "ratingsCount" | "ordersCount" | "joinedAt" | "lastSeenAt"
>;

/** Stars with two decimals, from hundredths. */
export const stars = (hundredths: number | null): number | null => (hundredths === null ? null : hundredths / 100);

export const profileView = (trader: ProfileSource) => ({
  id: trader.id,
  name: trader.name,
  rating: stars(trader.rating),
  ratings_count: trader.ratingsCount,
  orders_count: trader.ordersCount,
  joined_at: toRfc3339(trader.joinedAt),
  last_seen_at: toRfc3339(trader.lastSeenAt),
});

export type ProfileView = ReturnType<typeof profileView>;
