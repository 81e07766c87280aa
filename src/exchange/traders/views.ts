/** Makes the answer that shows a trader to others. */
import type { AnswerOf } from "../../http/index.ts";
import { type Instant, toRfc3339 } from "../../kernel/index.ts";
import type { Trader } from "../tables/index.ts";
import { completionRate } from "../track-records/index.ts";
import type { ProfileSchema } from "./schemas.ts";
import { shownName } from "./staff-names.ts";

/** What others see of a trader's row. */
export const PROFILE_COLUMNS = [
  "id",
  "name",
  "rating",
  "ratingsCount",
  "ordersCount",
  "days",
  "medianReleaseSeconds",
  "medianPaySeconds",
  "partnersCount",
  "joinedAt",
  "lastSeenAt",
] as const satisfies readonly (keyof Trader)[];

export type ProfileSource = Pick<Trader, (typeof PROFILE_COLUMNS)[number]>;

/** Stars with two decimals, from hundredths. */
export const stars = (hundredths: number | null): number | null => (hundredths === null ? null : hundredths / 100);

export type ProfileView = AnswerOf<typeof ProfileSchema>;

/** @param now the completion rate looks back from it */
export const profileView = (trader: ProfileSource, now: Instant): ProfileView => ({
  id: trader.id,
  name: shownName(trader.name),
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

/** The same for an operator, who sees what a person is called, whatever it looks like. */
export const fullProfileView = (trader: ProfileSource, now: Instant): ProfileView => ({
  ...profileView(trader, now),
  name: trader.name,
});

/** What an operator is called by a token without a name. */
const NAMELESS_OPERATOR = "Operator";

/** Operators are shown by their names, never by their subjects. */
export const displayName = ({ name }: Pick<Trader, "name">): string => name ?? NAMELESS_OPERATOR;
