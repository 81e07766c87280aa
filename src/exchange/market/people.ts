/** HTTP for people: their public profiles, their ads, and what others said of them. */
import { Closed, CursorPage, cursorPaging, Ref, sendJsonText, sendRefusal } from "../../http/index.ts";
import { refuse } from "../../kernel/index.ts";
import { AdPage } from "../ads/index.ts";
import type { ExchangeDeps } from "../deps.ts";
import { errorResponses } from "../errors.ts";
import { listReviews, ReviewSchema } from "../ratings/index.ts";
import { UserId } from "../schemas.ts";
import { countTrades, findProfile, MetProfileSchema } from "../traders/index.ts";
import { listAdsOf } from "./queries.ts";
import type { TakingViews } from "./taking.ts";

const params = Closed({ id: UserId });
const config = { access: "public" } as const;
const tags = ["Market"];

export const registerPeopleRoutes = ({ server, pool, marketPool }: ExchangeDeps, taking: TakingViews) => {
  server.get(
    "/api/v1/p2p/users/:id",
    {
      config,
      schema: {
        summary: "A trader's public profile",
        tags,
        params,
        response: { 200: Ref(MetProfileSchema), ...errorResponses(["USER_NOT_FOUND"]) },
      },
    },
    async (request, reply) => {
      const { params, caller } = request;
      const found = await findProfile(pool, params.id);
      if (found === null) return sendRefusal(reply, refuse("USER_NOT_FOUND"));
      if (caller === null || caller.traderId === params.id) return reply.send(found);
      return reply.send({ ...found, traded_with_you: await countTrades(pool, caller.traderId, params.id) });
    },
  );

  server.get(
    "/api/v1/p2p/users/:id/ads",
    {
      config,
      schema: {
        summary: "A trader's ads that the market shows, newest first",
        tags,
        params,
        querystring: Closed(cursorPaging()),
        response: { 200: AdPage, ...errorResponses(["USER_NOT_FOUND"]) },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const found = await listAdsOf(marketPool, id, request.query);
      const known = found.items.length > 0 || (await findProfile(marketPool, id)) !== null;
      if (!known) return sendRefusal(reply, refuse("USER_NOT_FOUND"));
      const { caller } = request;
      if (caller === null) return reply.send(found);
      return sendJsonText(reply, 200, await taking.withReasons(JSON.stringify(found), caller.traderId));
    },
  );

  server.get(
    "/api/v1/p2p/users/:id/reviews",
    {
      config,
      schema: {
        summary: "What others said of a trader, newest first",
        tags,
        params,
        querystring: Closed(cursorPaging()),
        response: { 200: CursorPage(Ref(ReviewSchema)), ...errorResponses(["USER_NOT_FOUND"]) },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const found = await listReviews(marketPool, id, request.query);
      const known = found.items.length > 0 || (await findProfile(marketPool, id)) !== null;
      return known ? reply.send(found) : sendRefusal(reply, refuse("USER_NOT_FOUND"));
    },
  );
};
