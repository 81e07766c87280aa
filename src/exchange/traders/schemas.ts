/** Schemas of a trader as others see one. */
import { Type } from "typebox";
import { Closed, Nullable } from "../../http/index.ts";
import type { TraderId } from "../../kernel/index.ts";
import { Figure, Time } from "../schemas.ts";

const profileMembers = {
  id: Type.Unsafe<TraderId>({ type: "string" }),
  name: Nullable(Type.String()),
  rating: Nullable(Type.Number({ minimum: 1, maximum: 5 })),
  ratings_count: Figure("ratings that the mean is of: the latest per person and day"),
  orders_count: Figure("completed orders on either side"),
  completion_rate_30d: Nullable(Type.Number({ minimum: 0, maximum: 1 })),
  median_release_seconds: Nullable(Figure("from paid to released, as the seller; of the last 100 orders")),
  median_pay_seconds: Nullable(Figure("from created to paid, as the buyer; of the last 100 orders")),
  partners_count: Figure("different people traded with"),
  joined_at: Time(),
  last_seen_at: Time("in steps of five minutes"),
};

export const ProfileSchema = Closed(profileMembers, { $id: "Profile", description: "A trader as others see one." });

/** Of a caller with a longer history the older orders are not counted: a look at a page costs no more with it. */
export const TRADES_COUNTED = 1_000;

export const MetProfileSchema = Closed(
  {
    ...profileMembers,
    traded_with_you: Type.Optional(
      Figure(
        `with a token: completed orders between the caller and this trader, among the caller's last ${TRADES_COUNTED} on each side`,
      ),
    ),
  },
  { $id: "MetProfile", description: "A trader as others see one, and whether one has met." },
);
