/** HTTP for both banks of a payment: what was paid, and what came of it. */
import { CursorPage, Ref } from "../../http/index.ts";
import { isRefusal, type RefusalOf, refuse } from "../../kernel/index.ts";
import type { RailDeps } from "../deps.ts";
import { errorResponses, invalid } from "../errors.ts";
import { PAGING_QUERY, parameterOf, parseExternalId, parseGuid, parseInstant, readPage } from "../parsers/index.ts";
import { described } from "../schemas.ts";
import { defineQuery } from "../signed-calls.ts";
import { findPaymentOf, listPayments, type PaymentFilter } from "./payment-queries.ts";
import { paymentDocument } from "./payment-views.ts";
import { PAYMENTS } from "./routes.ts";
import { PaymentComponent } from "./schemas.ts";

const tags = ["Payments"];
const config = { access: "signed" } as const;

const FILTER_REFUSALS = ["INVALID_REQUEST", "INVALID_EXTERNAL_ID", "INVALID_ORDER_GUID"] as const;

const readFilter = (query: object): PaymentFilter | RefusalOf<typeof FILTER_REFUSALS> => {
  const [from, until] = ["from", "to"].map((name) => {
    const text = parameterOf(query, name);
    return text === undefined ? null : (parseInstant(text) ?? invalid(name));
  });
  if (isRefusal(from)) return from;
  if (isRefusal(until)) return until;
  const [order, external] = ["order_guid", "payment_message_external_id"].map((name) => parameterOf(query, name));
  const externalId = external === undefined ? null : parseExternalId(external);
  if (external !== undefined && externalId === null)
    return refuse("INVALID_EXTERNAL_ID", { field: "payment_message_external_id" });
  const orderGuid = order === undefined ? null : parseGuid(order);
  if (order !== undefined && orderGuid === null) return refuse("INVALID_ORDER_GUID", { field: "order_guid" });
  return { orderGuid, externalId, from: from ?? null, until: until ?? null };
};

export const registerPaymentRoutes = ({ server, calls, pool }: RailDeps): void => {
  server.addSchema(PaymentComponent);

  const readPayment = defineQuery(["INVALID_ORDER_GUID", "NOT_FOUND"], async ({ participant }, request) => {
    const guid = parseGuid(parameterOf(request.params, "guid"));
    if (guid === null) return refuse("INVALID_ORDER_GUID");
    const found = await findPaymentOf(pool, participant.guid, guid);
    return found === null ? refuse("NOT_FOUND") : paymentDocument(found, participant.guid);
  });

  server.get(
    `${PAYMENTS}/:guid`,
    {
      config,
      schema: {
        summary: "A payment that you announced, or that was announced to you",
        tags,
        response: {
          200: described("the payment as it is now", Ref(PaymentComponent)),
          ...errorResponses(readPayment.refuses),
        },
      },
    },
    calls.read(readPayment),
  );

  const readPayments = defineQuery(FILTER_REFUSALS, async ({ participant: { guid } }, request) => {
    const asked = readPage(request.query as object);
    if (isRefusal(asked)) return asked;
    const filter = readFilter(request.query as object);
    if (isRefusal(filter)) return filter;
    const found = await listPayments(pool, guid, filter, asked);
    return { ...found, items: found.items.map((payment) => paymentDocument(payment, guid)) };
  });

  server.get(
    PAYMENTS,
    {
      config,
      schema: {
        summary: "Payments that you announced or that were announced to you, oldest first",
        description:
          "`from` and `to` are of when they were announced, `to` is not among them. All filters may be combined.",
        tags,
        querystring: {
          type: "object",
          properties: {
            order_guid: { type: "string", format: "uuid" },
            payment_message_external_id: { type: "string", pattern: "^[!-~]{1,64}$" },
            from: { type: "string", format: "date-time" },
            to: { type: "string", format: "date-time" },
            ...PAGING_QUERY,
          },
        },
        response: {
          200: described("a page of them", CursorPage(Ref(PaymentComponent))),
          ...errorResponses(readPayments.refuses),
        },
      },
    },
    calls.read(readPayments),
  );
};
