/** HTTP for operators: the queue, a case, and what they do about it. */
import { Type } from "typebox";
import { Choice, Closed, callerOf, cursorPaging, ENGINE_CODES, Id, Ref, sendRefusal } from "../../http/index.ts";
import { amount, isRefusal, type OrderId } from "../../kernel/index.ts";
import { clientClaim, MessageBody, MessageSchema, saidIn, sendOperatorMessage } from "../chat/index.ts";
import type { ExchangeDeps } from "../deps.ts";
import { errorResponses } from "../errors.ts";
import { invalid } from "../issues.ts";
import { CLAIM_DECISIONS, DECISIONS } from "../orders/index.ts";
import { Reason, Units } from "../schemas.ts";
import { DISPUTE_STATUSES } from "../tables/index.ts";
import { assignDispute } from "./assign.ts";
import { hideClaim, hideMessage, readCase, readQueue } from "./audit-trail.ts";
import { decideClaim } from "./decide-claim.ts";
import { casesOf, isAssigned, isWritten, listDisputes } from "./queries.ts";
import { resolveDispute } from "./resolve.ts";
import { DisputePage, DisputeSchema, QueuedDisputeSchema, ResolvedSchema } from "./schemas.ts";

const OrderParams = Closed({ id: Id() });
const config = { access: "operator" } as const;
const tags = ["Operators"];

/** The amounts that a decision may have, each with the one that it belongs to. */
const AMOUNTS = [
  { name: "buyer_amount", of: "split", what: "split" },
  { name: "amount", of: "compensate", what: "compensation" },
] as const;

export const registerDisputeRoutes = ({ server, submit, pool, executor, settings }: ExchangeDeps) => {
  const resolve = resolveDispute(settings);
  const decide = decideClaim(settings);

  server.get(
    "/api/v1/operator/disputes",
    {
      config,
      schema: {
        summary: "The queue of disputes, oldest first; each look is in the audit trail",
        tags,
        querystring: Closed({
          status: Choice(DISPUTE_STATUSES, { default: "open" }),
          mine: Type.Optional(Type.Boolean({ description: "only cases that the caller has taken" })),
          ...cursorPaging(),
        }),
        response: { 200: DisputePage, ...errorResponses([...readQueue.refuses, ...ENGINE_CODES]) },
      },
    },
    async (request) => {
      const { status } = request.query;
      const { traderId: operatorId } = callerOf(request);
      const found = await listDisputes(pool, operatorId, request.query);
      const orders = found.items.map(({ order_id }) => order_id);
      await executor.submit(readQueue, { operatorId, status, orders }, { caller: operatorId });
      return found;
    },
  );

  server.get(
    "/api/v1/operator/disputes/:id",
    {
      config,
      schema: {
        summary: "One case by its order; each look is in the audit trail",
        tags,
        params: OrderParams,
        response: { 200: Ref(QueuedDisputeSchema), ...errorResponses([...readCase.refuses, ...ENGINE_CODES]) },
      },
    },
    async (request, reply) => {
      const { traderId: operatorId } = callerOf(request);
      const orderId = request.params.id as OrderId;
      const { outcome } = await executor.submit(readCase, { orderId, operatorId }, { caller: operatorId });
      if (isRefusal(outcome)) return sendRefusal(reply, outcome);
      const [found] = await casesOf(pool, operatorId, [orderId]);
      if (found === undefined) throw new Error("a case that was read is not there");
      return reply.send(found);
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
      await submit(request, reply, assignDispute, input);
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
      return submit(
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
      await submit(request, reply, hideMessage, input, { claims });
    },
  );

  server.post(
    "/api/v1/operator/orders/:id/resolve",
    {
      config: { ...config, stepUp: "always" },
      schema: {
        summary: "End a case: a dispute by release, refund or split, a claim by compensate or dismiss",
        tags,
        params: OrderParams,
        body: Closed({
          outcome: Choice([...DECISIONS, ...CLAIM_DECISIONS]),
          buyer_amount: Type.Optional(Units("of a split: what the buyer gets")),
          amount: Type.Optional(Units("of a compensation: what the buyer gets, at most the order's amount")),
          reason: Reason,
        }),
        response: { 200: Ref(ResolvedSchema), ...errorResponses([...resolve.refuses, ...decide.refuses]) },
      },
    },
    async (request, reply) => {
      const { outcome, buyer_amount, amount: awarded, reason } = request.body;
      const misplaced = AMOUNTS.find(({ name, of }) => (outcome === of) !== (request.body[name] !== undefined));
      if (misplaced !== undefined) {
        const { name, what } = misplaced;
        sendRefusal(reply, invalid({ pointer: `/${name}`, message: `belongs to a ${what}, and only there` }));
        return;
      }
      const on = { orderId: request.params.id as OrderId, operatorId: callerOf(request).traderId, reason };
      if (outcome === "compensate" || outcome === "dismiss") {
        await submit(request, reply, decide, {
          ...on,
          outcome,
          amount: awarded === undefined ? null : amount(awarded),
        });
        return;
      }
      const buyerAmount = buyer_amount === undefined ? null : amount(buyer_amount);
      await submit(request, reply, resolve, { ...on, outcome, buyerAmount });
    },
  );
};
