/** HTTP for orders. */
import { type Static, Type } from "typebox";
import {
  Closed,
  callerOf,
  cursorPaging,
  Id,
  MAX_REPEATS,
  type Need,
  Ref,
  type StepUp,
  sendRefusal,
} from "../../http/index.ts";
import { type AdId, amount, isRefusal, type OrderId, refuse } from "../../kernel/index.ts";
import type { ExchangeDeps } from "../deps.ts";
import { errorResponses } from "../errors.ts";
import { invalid } from "../issues.ts";
import { periodMembers, readPeriod } from "../periods.ts";
import { refuseRailDetails } from "../rail-details.ts";
import { commentOf, saysWhereToPay } from "../schemas.ts";
import { actOnClaim } from "./act-on-claim.ts";
import { actOnOrder } from "./act-on-order.ts";
import { PARTY_CLAIM_ACTIONS, type PartyClaimAction } from "./claim-machine.ts";
import { createOrder } from "./create-order.ts";
import { PARTY_ACTIONS, type PartyAction } from "./machine.ts";
import { presentAnswer, presentOrder } from "./present.ts";
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
const OrderQuery = Closed({
  status: Type.Optional(
    Type.Array(OrderStatus, { maxItems: MAX_REPEATS, description: "may stand several times, and means any of them" }),
  ),
  role: Type.Optional(Role),
  needs_me: Type.Optional(
    Type.Boolean({ description: "only what waits for the caller: open orders, and claims that the caller may honour" }),
  ),
  ad_id: Type.Optional(Id("only orders on this ad")),
  ...periodMembers("was made"),
  ...cursorPaging(),
});

/**
 * A route for each: one that is missing does not compile.
 * @property operationId what generated clients call it
 * @property token which personal token opens it: what releases escrow is for those that were made for it
 */
type ActionRoute = {
  readonly operationId: string;
  readonly summary: string;
  readonly token: Need;
  readonly body: typeof OrderActionBody | typeof CallOperatorBody;
  readonly stepUp?: StepUp;
};
const ACTIONS: Readonly<Record<PartyAction, ActionRoute>> = {
  "confirm-paid": { operationId: "confirmPaid", summary: "The buyer has paid", token: "trade", body: OrderActionBody },
  "confirm-received": {
    operationId: "confirmReceived",
    summary: "The seller has received the money: release the escrow",
    token: "release",
    body: OrderActionBody,
    // Of a seller without a second factor the page's own boxes are asked, and no password for each trade.
    stepUp: "where-on",
  },
  cancel: {
    operationId: "cancelOrder",
    summary: "Cancel the order: the escrow returns to the seller",
    token: "trade",
    body: OrderActionBody,
  },
  "call-operator": {
    operationId: "callOperator",
    summary: "Call an operator: the order becomes a dispute",
    token: "trade",
    body: CallOperatorBody,
  },
};

const CLAIM_ACTIONS: Readonly<
  Record<
    PartyClaimAction,
    Pick<ActionRoute, "summary" | "token" | "stepUp"> & { readonly body: typeof OrderActionBody | typeof ClaimBody }
  >
> = {
  claim: {
    summary: "The buyer has paid what the seller or the clock cancelled: an operator's case begins",
    token: "trade",
    body: ClaimBody,
  },
  honour: {
    summary: "The seller honours the claim: the amount goes from the available balance to the buyer",
    token: "release",
    body: OrderActionBody,
    stepUp: "always",
  },
};

/** One of the two, and not both. */
const orderedAmount = ({ usdt_amount: usdt, fiat_amount: fiat }: Static<typeof CreateOrderBody>) => {
  if (usdt !== undefined && fiat !== undefined) {
    return invalid({ pointer: "/fiat_amount", message: "stands in place of usdt_amount: send one of them" });
  }
  if (usdt !== undefined) return { usdt: amount(usdt) };
  if (fiat !== undefined) return { fiat: amount(fiat) };
  return invalid({ pointer: "/usdt_amount", message: "is required, unless fiat_amount is given" });
};

export const registerOrderRoutes = ({ server, submit, details, pool, settings }: ExchangeDeps) => {
  const create = createOrder(settings);
  const present = presentOrder(details);
  const answerTo = presentAnswer(details, pool);

  server.post(
    "/api/v1/p2p/orders",
    {
      config: { access: "trader", token: "trade", stepUp: saysWhereToPay },
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
    async (request, reply) => {
      const { body } = request;
      const { traderId } = callerOf(request);
      const ordered = orderedAmount(body);
      if (isRefusal(ordered)) {
        sendRefusal(reply, ordered);
        return;
      }
      const unpayable = refuseRailDetails([body.payment_method], body.payment_details, settings);
      if (unpayable !== undefined) {
        sendRefusal(reply, unpayable);
        return;
      }
      const input = {
        takerId: traderId,
        adId: body.ad_id as AdId,
        amount: ordered,
        paymentMethod: body.payment_method,
        adVersion: body.ad_version,
        paymentDetails: details.seal(body.payment_details, traderId),
      };
      await submit(request, reply, create, input, { status: 201, present: answerTo(traderId) });
    },
  );

  for (const action of PARTY_ACTIONS) {
    const { operationId, summary, token, body, stepUp } = ACTIONS[action];
    const command = actOnOrder(settings, action);
    server.post(
      `/api/v1/p2p/orders/:id/${action}`,
      {
        config: { access: "trader", token, ...(stepUp !== undefined && { stepUp }) },
        schema: {
          operationId,
          summary,
          tags: ["Orders"],
          params: OrderParams,
          body,
          response: { 200: Ref(OrderSchema), ...errorResponses(command.refuses) },
        },
      },
      (request, reply) => {
        const { expected_status: expectedStatus, reason, ...body } = request.body as Static<typeof CallOperatorBody>;
        const comment = commentOf(body);
        const said = { ...(reason === undefined ? {} : { reason }), ...(comment === null ? {} : { comment }) };
        const { traderId } = callerOf(request);
        const input = {
          orderId: request.params.id as OrderId,
          callerId: traderId,
          expectedStatus,
          details: Object.keys(said).length === 0 ? null : said,
        };
        return submit(request, reply, command, input, { present: answerTo(traderId) });
      },
    );
  }

  for (const action of PARTY_CLAIM_ACTIONS) {
    const { summary, token, body, stepUp } = CLAIM_ACTIONS[action];
    const command = actOnClaim(settings, action);
    server.post(
      `/api/v1/p2p/orders/:id/${action}`,
      {
        config: { access: "trader", token, ...(stepUp !== undefined && { stepUp }) },
        schema: {
          summary,
          tags: ["Orders"],
          params: OrderParams,
          body,
          response: { 200: Ref(OrderSchema), ...errorResponses(command.refuses) },
        },
      },
      (request, reply) => {
        const { expected_status: expectedStatus, ...body } = request.body as Static<typeof ClaimBody>;
        const { traderId } = callerOf(request);
        const orderId = request.params.id as OrderId;
        const input = { orderId, callerId: traderId, expectedStatus, comment: commentOf(body) };
        return submit(request, reply, command, input, { present: answerTo(traderId) });
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
    async (request, reply) => {
      const { from, to, ...query } = request.query;
      const period = readPeriod({ from, to });
      if (isRefusal(period)) return sendRefusal(reply, period);
      const found = await listOrders(pool, callerOf(request).traderId, { ...query, period });
      return reply.send({ ...found, items: found.items.map(present) });
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
