/** HTTP for the market, which needs no token. */
import { Type } from "typebox";
import { Choice, Closed, cursorPaging, Id, Ref, sendJsonText, sendRefusal } from "../../http/index.ts";
import { refuse } from "../../kernel/index.ts";
import { AdPage, AdSchema, AdType } from "../ads/index.ts";
import type { ExchangeDeps } from "../deps.ts";
import { errorResponses } from "../errors.ts";
import { Currency, Method, Units } from "../schemas.ts";
import { BALANCE_CURRENCY } from "../settings.ts";
import { registerPeopleRoutes } from "./people.ts";
import { createAdLister, findAd, SORTS } from "./queries.ts";

export const registerMarketRoutes = (deps: ExchangeDeps) => {
  const { server, marketPool, marketPages } = deps;
  const listAds = createAdLister(marketPool);
  server.get(
    "/api/v1/p2p/ads",
    {
      config: { access: "public" },
      schema: {
        summary: "Browse ads",
        tags: ["Market"],
        querystring: Closed({
          type: AdType,
          fiat_currency: Type.Optional(Currency),
          amount: Type.Optional(Units("only ads that take this amount, in kopecks")),
          payment_method: Type.Optional(Method),
          sort_by: Choice(SORTS, {
            default: "rating",
            description: "rating and orders_count descending; best_price as the taker sees it",
          }),
          ...cursorPaging(),
        }),
        response: { 200: AdPage },
      },
    },
    (request, reply) => {
      const { type, fiat_currency, amount, payment_method, sort_by, ...paged } = request.query;
      // Nothing of the caller: whoever asks for the same is given the same.
      const query = {
        type,
        fiatCurrency: fiat_currency ?? BALANCE_CURRENCY,
        sortBy: sort_by,
        amount,
        paymentMethod: payment_method,
        ...paged,
      };
      const text = marketPages.page(query, () => listAds(query));
      const send = (page: string) => void sendJsonText(reply, 200, page);
      return typeof text === "string" ? send(text) : text.then(send);
    },
  );

  server.get(
    "/api/v1/p2p/ads/:id",
    {
      config: { access: "public" },
      schema: {
        summary: "One ad, active or paused",
        tags: ["Market"],
        params: Closed({ id: Id() }),
        response: { 200: Ref(AdSchema), ...errorResponses(["AD_NOT_FOUND"]) },
      },
    },
    async (request, reply) => {
      const found = await findAd(marketPool, request.params.id);
      return found === null ? sendRefusal(reply, refuse("AD_NOT_FOUND")) : reply.send(found);
    },
  );

  registerPeopleRoutes(deps);
};
