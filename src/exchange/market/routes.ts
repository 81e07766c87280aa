/** HTTP for the market, which needs no token. */
import { Type } from "typebox";
import { Choice, Closed, cursorPaging, Id, JSON_ANSWER, Ref, sendJsonText, sendRefusal } from "../../http/index.ts";
import { refuse, type TraderId } from "../../kernel/index.ts";
import { AdPage, AdSchema, AdType } from "../ads/index.ts";
import type { ExchangeDeps } from "../deps.ts";
import { errorResponses } from "../errors.ts";
import { Currency, Method, Units, UserId } from "../schemas.ts";
import { BALANCE_CURRENCY } from "../settings.ts";
import { registerPeopleRoutes } from "./people.ts";
import { createAdLister, findAd, SORTS } from "./queries.ts";
import { createTakingViews } from "./taking.ts";

export const registerMarketRoutes = (deps: ExchangeDeps) => {
  const { server, marketPool, marketPages, settings } = deps;
  const [usualCurrency = BALANCE_CURRENCY] = settings.fiatCurrencies;
  const listAds = createAdLister(marketPool, settings);
  const taking = createTakingViews({ pool: marketPool, pages: marketPages, settings });
  const withCaller = async (page: string | Promise<string>, caller: TraderId) => taking.withReasons(await page, caller);

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
          fiat_amount: Type.Optional(Units("only ads that take this sum, in minor units of the fiat currency")),
          payment_method: Type.Optional(
            Type.Array(Method, { minItems: 1, description: "may stand several times: ads that take any of them" }),
          ),
          min_rating: Type.Optional(
            Type.Number({ minimum: 1, maximum: 5, description: "only ads whose maker's rating is at least this" }),
          ),
          maker: Type.Optional(UserId),
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
      const { type, fiat_currency, fiat_amount, payment_method, min_rating, sort_by, ...given } = request.query;
      // Nothing of the caller: whoever asks for the same is given the same.
      const query = {
        type,
        fiatCurrency: fiat_currency ?? usualCurrency,
        sortBy: sort_by,
        fiatAmount: fiat_amount,
        paymentMethods: payment_method === undefined ? undefined : [...new Set(payment_method)].sort(),
        minRating: min_rating === undefined ? undefined : Math.round(min_rating * 100),
        ...given,
      };
      const text = marketPages.page(query, () => listAds(query));
      const { caller } = request;
      const page = caller === null ? text : withCaller(text, caller.traderId);
      if (typeof page === "string") return void sendJsonText(reply, 200, page);
      // Returned and not sent: while it is compressed, nothing else may answer.
      reply.header("content-type", JSON_ANSWER);
      return page;
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
      const found = await findAd(marketPool, settings, request.params.id);
      if (found === null) return sendRefusal(reply, refuse("AD_NOT_FOUND"));
      const { caller } = request;
      const told = caller === null ? {} : await taking.reasonsFor(found.taken, caller.traderId);
      return reply.send({ ...found.shown, ...told });
    },
  );

  registerPeopleRoutes(deps, taking);
};
