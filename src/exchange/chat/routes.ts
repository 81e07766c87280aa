/** HTTP for the chat of an order. */
import { Type } from "typebox";
import { Closed, callerOf, cursorPaging, Id, Ref, sendRefusal } from "../../http/index.ts";
import { isRefusal, type OrderId, refuse } from "../../kernel/index.ts";
import type { ExchangeDeps } from "../deps.ts";
import { errorResponses } from "../errors.ts";
import { registerAttachmentRoutes } from "./attachment-routes.ts";
import { clientClaim, MessageBody, saidIn } from "./client-messages.ts";
import { markRead } from "./mark-read.ts";
import { countLines, listMessages, MAX_SEQ } from "./queries.ts";
import { MessagePage, MessageSchema } from "./schemas.ts";
import { sendMessage } from "./send-message.ts";

const OrderParams = Closed({ id: Id() });
const MESSAGES_LIMIT = 50;

export const registerChatRoutes = (deps: ExchangeDeps) => {
  const { server, submit, pool } = deps;
  const path = "/api/v1/p2p/orders/:id/messages";

  server.post(
    path,
    {
      config: { access: "trader", token: "trade" },
      schema: {
        summary: "Write to the other side",
        tags: ["Chat"],
        params: OrderParams,
        body: MessageBody,
        response: { 201: Ref(MessageSchema), ...errorResponses(sendMessage.refuses) },
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
        sendMessage,
        { orderId, senderId: traderId, ...said },
        {
          status: 201,
          claims: clientClaim(traderId, orderId, request.body),
        },
      );
    },
  );

  server.get(
    path,
    {
      config: { access: "trader" },
      schema: {
        summary: "The lines of an order's chat, oldest first",
        tags: ["Chat"],
        params: OrderParams,
        querystring: Closed({
          after_seq: Type.Optional(Type.Integer({ minimum: 0, maximum: MAX_SEQ, description: "only later lines" })),
          before_seq: Type.Optional(
            Type.Integer({
              minimum: 1,
              maximum: MAX_SEQ,
              description: "only earlier lines, and of those the last ones first; `next` leads back to the ones before",
            }),
          ),
          ...cursorPaging(MESSAGES_LIMIT),
        }),
        response: { 200: MessagePage, ...errorResponses(["ORDER_NOT_FOUND"]) },
      },
    },
    async (request, reply) => {
      const { after_seq: afterSeq, before_seq: beforeSeq, ...paged } = request.query;
      const query = { ...paged, afterSeq, beforeSeq };
      const found = await listMessages(pool, callerOf(request).traderId, request.params.id, query);
      return found === null ? sendRefusal(reply, refuse("ORDER_NOT_FOUND")) : reply.send(found);
    },
  );

  server.post(
    `${path}/read`,
    {
      config: { access: "trader", token: "trade" },
      schema: {
        summary: "Mark lines as read; reading alone marks nothing",
        tags: ["Chat"],
        params: OrderParams,
        body: Closed({ up_to_seq: Type.Integer({ minimum: 1, maximum: MAX_SEQ }) }),
        response: {
          200: Closed({ up_to_seq: Type.Integer(), unread: Type.Integer() }),
          ...errorResponses(markRead.refuses),
        },
      },
    },
    async (request, reply) => {
      const { traderId } = callerOf(request);
      const orderId = request.params.id as OrderId;
      const upToSeq = request.body.up_to_seq;
      const lines = await countLines(pool, traderId, orderId, upToSeq);
      await submit(request, reply, markRead, { orderId, callerId: traderId, upToSeq, lines });
    },
  );

  registerAttachmentRoutes(deps);
};
