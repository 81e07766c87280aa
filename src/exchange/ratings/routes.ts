/** HTTP for ratings. */
import { Closed, callerOf, Id, Ref } from "../../http/index.ts";
import { instant, type OrderId } from "../../kernel/index.ts";
import type { ExchangeDeps } from "../deps.ts";
import { errorResponses } from "../errors.ts";
import { commentOf } from "../schemas.ts";
import { rateOrder } from "./rate-order.ts";
import { RateBody, RatingSchema } from "./schemas.ts";

export const registerRatingRoutes = ({ server, submit }: ExchangeDeps) => {
  server.post(
    "/api/v1/p2p/orders/:id/rate",
    {
      config: { access: "trader", token: "trade" },
      schema: {
        summary: "Rate the other side of a completed order, once",
        tags: ["Ratings"],
        params: Closed({ id: Id() }),
        body: RateBody,
        response: {
          201: Ref(RatingSchema),
          ...errorResponses(rateOrder.refuses),
        },
      },
    },
    (request, reply) => {
      const { rating } = request.body;
      const comment = commentOf(request.body);
      const orderId = request.params.id as OrderId;
      const input = { orderId, raterId: callerOf(request).traderId, rating, comment, nearly: instant(Date.now()) };
      return submit(request, reply, rateOrder, input, { status: 201 });
    },
  );
};
