/** HTTP for operators. */
import { Type } from "typebox";
import { Choice, Closed, callerOf, cursorPaging, ENGINE_CODES, Id, Ref, sendRefusal } from "../../http/index.ts";
import { amount, isRefusal, type OrderId } from "../../kernel/index.ts";
import { clientClaim, MessageBody, MessageSchema, saidIn, sendOperatorMessage } from "../chat/index.ts";
import type { ExchangeDeps } from "../deps.ts";
import { errorResponses } from "../errors.ts";
import { invalid } from "../issues.ts";
import { Reason, Units } from "../schemas.ts";
import { DISPUTE_STATUSES } from "../tables/index.ts";
import { assignDispute } from "./assign.ts";
import { hideClaim, hideMessage, readQueue } from "./audit-trail.ts";
import { isAssigned, isWritten, listDisputes } from "./queries.ts";
import { resolveDispute } from "./resolve.ts";
import { DisputePage, DisputeSchema, ResolvedSchema } from "./schemas.ts";

const OrderParams = Closed({ id: Id() });
const config = { access: "operator" } as const;
const tags = ["Operators"];

export const registerDisputeRoutes = ({ server, write, pool, executor, settings }: ExchangeDeps) => {
  const resolve = resolveDispute(settings);

  server.get(
    "/api/v1/operator/disputes",
    {
      config,
      schema: {
        summary: "The queue of disputes, oldest first; each look is in the audit trail",
        tags,
        querystring: Closed({ status: Choice(DISPUTE_STATUSES, { default: "open" }), ...cursorPaging() }),
        response: { 200: DisputePage, ...errorResponses([...readQueue.refuses, ...ENGINE_CODES]) },
      },
    },
    async (request) => {
      const { status } = request.query;
      const { traderId: operatorId } = callerOf(request);
      const found = await listDisputes(pool, operatorId, status, request.query);
      const orders = found.items.map(({ order_id }) => order_id);
      await executor.submit(readQueue, { operatorId, status, orders }, { caller: operatorId });
      return found;
    },
  );

  server.post(
    "/api/v1/operator/orders/:id/assign",
    {
      config,
      schema: {
        summary: "Take a case",
        tags,
        params: OrderParams,
        body: Closed({ take_over: Type.Optional(Type.Boolean()), reason: Type.Optional(Reason) }),
        response: {
          200: Ref(DisputeSchema),
          ...errorResponses(assignDispute.refuses),
        },
      },
    },
    async (request, reply) => {
      const { take_over: takeOver = false, reason = null } = request.body;
      if (takeOver && reason === null) {
        sendRefusal(reply, invalid({ pointer: "/reason", message: "is required to take a case over" }));
        return;
      }
      const input = { orderId: request.params.id as OrderId, operatorId: callerOf(request).traderId, takeOver, reason };
      await write(request, reply, assignDispute, input);
    },
  );

  server.post(
    "/api/v1/operator/orders/:id/messages",
    {
      config,
      schema: {
        summary: "Write to both parties, as the operator of the case",
        tags,
        params: OrderParams,
        body: MessageBody,
        response: { 201: Ref(MessageSchema), ...errorResponses(sendOperatorMessage.refuses) },
      },
    },
    (request, reply) => {
      const said = saidIn(request.body);
      if (isRefusal(said)) return void sendRefusal(reply, said);
      const { traderId } = callerOf(request);
      const orderId = request.params.id as OrderId;
      return write(
        request,
        reply,
        sendOperatorMessage,
        { orderId, senderId: traderId, ...said },
        {
          status: 201,
          claims: clientClaim(traderId, orderId, request.body),
        },
      );
    },
  );

  server.post(
    "/api/v1/operator/orders/:id/messages/:seq/hide",
    {
      config,
      schema: {
        summary: "Hide a line: a placeholder stays, the original is in the dossier",
        tags,
        params: Closed({ id: Id(), seq: Type.Integer({ minimum: 1, maximum: 2_147_483_647 }) }),
        body: Closed({ reason: Reason }),
        response: { 204: Type.Null({ description: "hidden" }), ...errorResponses(hideMessage.refuses) },
      },
    },
    async (request, reply) => {
      const { id, seq } = request.params;
      const orderId = id as OrderId;
      const { traderId: operatorId } = callerOf(request);
      // A claim answers before the rules do: who may not hide is told so, also of a line that is hidden already.
      const claims = (await isAssigned(pool, operatorId, orderId)) ? [hideClaim(orderId, seq)] : [];
      const written = await isWritten(pool, orderId, seq);
      const input = { orderId, operatorId, seq, reason: request.body.reason, written };
      await write(request, reply, hideMessage, input, { claims });
    },
  );

  server.post(
    "/api/v1/operator/orders/:id/resolve",
    {
      config,
      schema: {
        summary: "End a dispute: release, refund or split",
        tags,
        params: OrderParams,
        body: Closed({
          outcome: Choice(["release", "refund", "split"]),
          buyer_amount: Type.Optional(Units("of a split: what the buyer gets")),
          reason: Reason,
        }),
        response: { 200: Ref(ResolvedSchema), ...errorResponses(resolve.refuses) },
      },
    },
    async (request, reply) => {
      const { outcome, buyer_amount, reason } = request.body;
      if ((outcome === "split") !== (buyer_amount !== undefined)) {
        sendRefusal(reply, invalid({ pointer: "/buyer_amount", message: "belongs to a split, and only there" }));
        return;
      }
      const buyerAmount = buyer_amount === undefined ? null : amount(buyer_amount);
      const input = {
        orderId: request.params.id as OrderId,
        operatorId: callerOf(request).traderId,
        outcome,
        buyerAmount,
        reason,
      };
      await write(request, reply, resolve, input);
    },
  );
};
