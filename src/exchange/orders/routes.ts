/** HTTP for orders. */
import { type Static, Type } from "typebox";
import { Closed, callerOf, cursorPaging, Id, Ref, sendRefusal } from "../../http/index.ts";
import { type AdId, amount, type OrderId, refuse } from "../../kernel/index.ts";
import type { ExchangeDeps } from "../deps.ts";
import { errorResponses } from "../errors.ts";
import { actOnClaim } from "./act-on-claim.ts";
import { actOnOrder } from "./act-on-order.ts";
import type { PartyClaimAction } from "./claim-machine.ts";
import { createOrder } from "./create-order.ts";
import type { PartyAction } from "./machine.ts";
import { presentOrder } from "./present.ts";
import { findOrder, listOrders } from "./queries.ts";
import {
  CallOperatorBody,
  ClaimBody,
  CreateOrderBody,
  OrderActionBody,
  OrderPage,
  OrderSchema,
  OrderStatus,
  Role,
} from "./schemas.ts";

const OrderParams = Closed({ id: Id() });
const OrderQuery = Closed({ status: Type.Optional(OrderStatus), role: Type.Optional(Role), ...cursorPaging() });

const ACTIONS: readonly {
  readonly action: PartyAction;
  readonly summary: string;
  readonly body: typeof OrderActionBody;
}[] = [
  { action: "confirm-paid", summary: "The buyer has paid", body: OrderActionBody },
  {
    action: "confirm-received",
    summary: "The seller has received the money: release the escrow",
    body: OrderActionBody,
  },
  { action: "cancel", summary: "Cancel the order: the escrow returns to the seller", body: OrderActionBody },
  { action: "call-operator", summary: "Call an operator: the order becomes a dispute", body: CallOperatorBody },
];

const CLAIM_ACTIONS: readonly {
  readonly action: PartyClaimAction;
  readonly summary: string;
  readonly body: typeof OrderActionBody;
}[] = [
  {
    action: "claim",
    summary: "The buyer has paid what was cancelled by the seller or the clock: an operator's case begins",
    body: ClaimBody,
  },
  {
    action: "honour",
    summary: "The seller honours the claim: the amount goes from the available balance to the buyer",
    body: OrderActionBody,
  },
];

export const registerOrderRoutes = ({ server, write, details, pool, settings }: ExchangeDeps) => {
  const create = createOrder(settings);
  const present = presentOrder(details);

  server.post(
    "/api/v1/p2p/orders",
    {
      config: { access: "trader" },
      schema: {
        summary: "Answer an ad: the seller's amount is frozen in escrow",
        tags: ["Orders"],
        body: CreateOrderBody,
        response: {
          201: Ref(OrderSchema),
          ...errorResponses(create.refuses),
        },
      },
    },
    (request, reply) => {
      const { body } = request;
      const { traderId } = callerOf(request);
      const input = {
        takerId: traderId,
        adId: body.ad_id as AdId,
        amount: amount(body.usdt_amount),
        paymentMethod: body.payment_method,
        adVersion: body.ad_version,
        paymentDetails: details.seal(body.payment_details, traderId),
      };
      return write(request, reply, create, input, { status: 201, present });
    },
  );

  for (const { action, summary, body } of ACTIONS) {
    const command = actOnOrder(settings, action);
    server.post(
      `/api/v1/p2p/orders/:id/${action}`,
      {
        config: { access: "trader" },
        schema: {
          summary,
          tags: ["Orders"],
          params: OrderParams,
          body,
          response: { 200: Ref(OrderSchema), ...errorResponses(command.refuses) },
        },
      },
      (request, reply) => {
        const { expected_status: expectedStatus, ...said } = request.body as Static<typeof CallOperatorBody>;
        const input = {
          orderId: request.params.id as OrderId,
          callerId: callerOf(request).traderId,
          expectedStatus,
          details: Object.keys(said).length === 0 ? null : said,
        };
        return write(request, reply, command, input, { present });
      },
    );
  }

  for (const { action, summary, body } of CLAIM_ACTIONS) {
    const command = actOnClaim(settings, action);
    server.post(
      `/api/v1/p2p/orders/:id/${action}`,
      {
        config: { access: "trader" },
        schema: {
          summary,
          tags: ["Orders"],
          params: OrderParams,
          body,
          response: { 200: Ref(OrderSchema), ...errorResponses(command.refuses) },
        },
      },
      (request, reply) => {
        const { expected_status: expectedStatus, comment } = request.body as Static<typeof ClaimBody>;
        const orderId = request.params.id as OrderId;
        const input = { orderId, callerId: callerOf(request).traderId, expectedStatus, comment };
        return write(request, reply, command, input, { present });
      },
    );
  }

  server.get(
    "/api/v1/p2p/orders",
    {
      config: { access: "trader" },
      schema: {
        summary: "One's own orders, newest first",
        tags: ["Orders"],
        querystring: OrderQuery,
        response: { 200: OrderPage },
      },
    },
    async (request) => {
      const found = await listOrders(pool, callerOf(request).traderId, request.query);
      return { ...found, items: found.items.map(present) };
    },
  );

  server.get(
    "/api/v1/p2p/orders/:id",
    {
      config: { access: "trader" },
      schema: {
        summary: "One order",
        tags: ["Orders"],
        params: OrderParams,
        response: { 200: Ref(OrderSchema), ...errorResponses(["ORDER_NOT_FOUND"]) },
      },
    },
    async (request, reply) => {
      const found = await findOrder(pool, callerOf(request).traderId, request.params.id);
      return found === null ? sendRefusal(reply, refuse("ORDER_NOT_FOUND")) : reply.send(present(found));
    },
  );
};
