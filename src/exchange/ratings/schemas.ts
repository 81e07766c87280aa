/** Schemas of ratings and reviews. */
import { Type } from "typebox";
import { Closed, Id, Nullable } from "../../http/index.ts";
import type { OrderId } from "../../kernel/index.ts";
import { Comment, Time } from "../schemas.ts";
import { LIMITS } from "../settings.ts";

export const RateBody = Closed(
  {
    rating: Type.Integer({ minimum: 1, maximum: 5 }),
    comment: Type.Optional(Comment(LIMITS.ratingCommentCharacters)),
  },
  { $id: "Rate" },
);

export const RatingSchema = Closed(
  {
    order_id: Id<OrderId>(),
    rating: Type.Integer({ minimum: 1, maximum: 5 }),
    comment: Nullable(Type.String()),
    created_at: Time(),
  },
  { $id: "Rating" },
);

export const ReviewSchema = Closed(
  {
    rating: Type.Integer({ minimum: 1, maximum: 5 }),
    comment: Nullable(Type.String()),
    created_at: Time(),
  },
  { $id: "Review", description: "What one said of another: not who, and of which order." },
);
