/** HTTP for a maker's ads. */
import { Type } from "typebox";
import { Closed, callerOf, cursorPaging, Id, Ref, sendRefusal } from "../../http/index.ts";
import { type AdId, type Amount, amount } from "../../kernel/index.ts";
import type { ExchangeDeps } from "../deps.ts";
import { errorResponses } from "../errors.ts";
import { refuseRailDetails } from "../rail-details.ts";
import { saysWhereToPay } from "../schemas.ts";
import { createAd } from "./create-ad.ts";
import { deleteAd } from "./delete-ad.ts";
import { editAd } from "./edit-ad.ts";
import { listOwnAds } from "./queries.ts";
import { CreateAdBody, EditAdBody, OwnAdPage, OwnAdSchema } from "./schemas.ts";
import type { OwnAdDocument } from "./views.ts";

const AdParams = Closed({ id: Id() });

const optional = (units: number | undefined): Amount | undefined => (units === undefined ? undefined : amount(units));

export const registerAdRoutes = ({ server, submit, details, pool, settings }: ExchangeDeps) => {
  const commands = {
    create: createAd(settings),
    edit: editAd({ settings, sameDetails: details.same }),
    delete: deleteAd,
  };
  const present = (ad: OwnAdDocument) => ({ ...ad, payment_details: details.open(ad.payment_details, ad.maker.id) });

  server.post(
    "/api/v1/p2p/ads",
    {
      config: { access: "trader", token: "trade", stepUp: saysWhereToPay },
      schema: {
        summary: "Post an ad",
        tags: ["Ads"],
        body: CreateAdBody,
        response: { 201: Ref(OwnAdSchema), ...errorResponses(commands.create.refuses) },
      },
    },
    async (request, reply) => {
      const { body } = request;
      const { traderId } = callerOf(request);
      const unpayable = refuseRailDetails(body.payment_methods, body.payment_details, settings);
      if (unpayable !== undefined) return sendRefusal(reply, unpayable);
      const input = {
        makerId: traderId,
        type: body.type,
        fiatCurrency: body.fiat_currency,
        exchangeRate: body.exchange_rate,
        minAmount: amount(body.min_amount),
        maxAmount: amount(body.max_amount),
        totalAmount: optional(body.total_amount) ?? null,
        paymentMethods: body.payment_methods,
        paymentDetails: details.seal(body.payment_details, traderId),
        instructions: body.instructions ?? "",
        paymentWindowMinutes: body.payment_window_minutes ?? null,
      };
      return submit(request, reply, commands.create, input, { status: 201, present });
    },
  );

  server.get(
    "/api/v1/p2p/ads/my",
    {
      config: { access: "trader" },
      schema: {
        operationId: "listOwnAds",
        summary: "One's own ads",
        tags: ["Ads"],
        querystring: Closed(cursorPaging()),
        response: { 200: OwnAdPage },
      },
    },
    async (request) => {
      const found = await listOwnAds(pool, settings, callerOf(request).traderId, request.query);
      return { ...found, items: found.items.map(present) };
    },
  );

  server.put(
    "/api/v1/p2p/ads/:id",
    {
      config: { access: "trader", token: "trade", stepUp: saysWhereToPay },
      schema: {
        summary: "Change an ad, pause it or resume it",
        tags: ["Ads"],
        params: AdParams,
        body: EditAdBody,
        response: { 200: Ref(OwnAdSchema), ...errorResponses(commands.edit.refuses) },
      },
    },
    async (request, reply) => {
      const { body } = request;
      const { traderId } = callerOf(request);
      const unpayable = refuseRailDetails(body.payment_methods, body.payment_details, settings);
      if (unpayable !== undefined) return sendRefusal(reply, unpayable);
      const input = {
        adId: request.params.id as AdId,
        callerId: traderId,
        type: body.type,
        fiatCurrency: body.fiat_currency,
        status: body.status,
        terms: {
          exchangeRate: body.exchange_rate,
          minAmount: optional(body.min_amount),
          maxAmount: optional(body.max_amount),
          totalAmount: optional(body.total_amount),
          paymentMethods: body.payment_methods,
          paymentDetails: body.payment_details === undefined ? undefined : details.seal(body.payment_details, traderId),
          instructions: body.instructions,
          paymentWindowMinutes: body.payment_window_minutes,
        },
      };
      return submit(request, reply, commands.edit, input, { present });
    },
  );

  server.delete(
    "/api/v1/p2p/ads/:id",
    {
      config: { access: "trader", token: "trade" },
      schema: {
        summary: "Delete an ad",
        tags: ["Ads"],
        params: AdParams,
        response: { 204: Type.Null({ description: "deleted" }), ...errorResponses(commands.delete.refuses) },
      },
    },
    (request, reply) =>
      submit(request, reply, commands.delete, {
        adId: request.params.id as AdId,
        callerId: callerOf(request).traderId,
      }),
  );
};
