/** What was said of a trader, for everybody: stars and words, but neither whose nor of which order. */

import type { Pool } from "pg";
import { instantOf, type ListQuery, listPage, NEWEST, placeOf } from "../../database/index.ts";
import type { AnswerOf } from "../../http/index.ts";
import { type Instant, toRfc3339 } from "../../kernel/index.ts";
import type { ReviewSchema } from "./schemas.ts";

type ReviewRow = {
  readonly order_id: number;
  readonly rating: number;
  readonly comment: string | null;
  readonly at: Instant;
};

/** Newest first. */
export const listReviews = async (pool: Pool, ratee: string, query: ListQuery) => {
  const start = placeOf(query, NEWEST);
  const { rows } = await pool.query<ReviewRow>({
    name: "reviews",
    text: `select order_id, rating, comment, at from exchange.ratings
      where ratee_id = $1 and (at, order_id) < (${instantOf("$4")}, $5::int8)
      order by at desc, order_id desc limit $2 offset $3`,
    values: [ratee, query.limit + 1, query.offset, start.rank, start.id],
  });
  const found = listPage(rows, query, ({ at, order_id: id }) => ({ rank: at, id }));
  return {
    ...found,
    items: found.items.map(
      ({ rating, comment, at }): AnswerOf<typeof ReviewSchema> => ({ rating, comment, created_at: toRfc3339(at) }),
    ),
  };
};
