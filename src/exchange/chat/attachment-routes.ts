/** HTTP for files: streamed in and out, for the parties and the operator of the case alone. */
import { randomUUID } from "node:crypto";
import multipart from "@fastify/multipart";
import type { FastifyReply, FastifyRequest } from "fastify";
import { Type } from "typebox";
import { type Received, TooLarge, typeOf } from "../../files/index.ts";
import { Closed, callerOf, errorResponsesOf, Id, sendRefusal } from "../../http/index.ts";
import { type OrderId, type Refusal, refuse } from "../../kernel/index.ts";
import type { ExchangeDeps } from "../deps.ts";
import { ERRORS } from "../errors.ts";
import { invalid } from "../issues.ts";
import { File, Shown } from "../schemas.ts";
import { LIMITS } from "../settings.ts";
import { addAttachment } from "./add-attachment.ts";
import { findFile, uploadState } from "./queries.ts";

const errors = errorResponsesOf(ERRORS);
/** The form around a file. */
const FORM_BYTES = 65_536;
/** What a client says when it does not know. */
const UNKNOWN_TYPE = "application/octet-stream";

export const registerAttachmentRoutes = (deps: ExchangeDeps) => {
  const { server, pool, files } = deps;

  server.register(async (scope) => {
    // One byte more than allowed, so that a file that is too long is noticed as such.
    await scope.register(multipart, { limits: { files: 1, fields: 0, fileSize: LIMITS.attachmentBytes + 1 } });
    scope.post<{ Params: { id: number } }>(
      "/api/v1/p2p/orders/:id/attachments",
      {
        bodyLimit: LIMITS.attachmentBytes + FORM_BYTES,
        config: { access: "trader" },
        schema: {
          summary: "Upload a file (multipart, `file`) to name in a message",
          description: "Images and PDF, by their content, up to 10 MiB.",
          tags: ["Chat"],
          params: Closed({ id: Id() }),
          consumes: ["multipart/form-data"],
          response: { 201: Shown(File), ...errors(["ORDER_NOT_FOUND", "CHAT_CLOSED"]) },
        },
      },
      (request, reply) => upload(deps, request, reply),
    );
  });

  server.get(
    "/api/v1/p2p/orders/:id/attachments/:attachment_id",
    {
      config: { access: "trader" },
      schema: {
        summary: "A file of an order's chat",
        tags: ["Chat"],
        params: Closed({ id: Id(), attachment_id: Type.String({ format: "uuid" }) }),
        produces: ["application/octet-stream"],
        response: {
          200: Type.Unsafe<object>({ type: "string", format: "binary" }),
          ...errors(["ORDER_NOT_FOUND", "NOT_FOUND"]),
        },
      },
    },
    async (request, reply) => {
      const { id, attachment_id } = request.params;
      const file = await findFile(pool, callerOf(request).traderId, id, attachment_id);
      if (file === null) return sendRefusal(reply, refuse("ORDER_NOT_FOUND"));
      const bytes = await files.read(file.id);
      if (bytes === null) return sendRefusal(reply, refuse("NOT_FOUND"));
      // Never shown in our origin, whatever it holds.
      return reply
        .header("content-type", file.type)
        .header("content-length", file.size)
        .header("content-disposition", `attachment; filename="${file.id}"`)
        .header("content-security-policy", "sandbox; default-src 'none'")
        .header("cache-control", "private, no-store")
        .send(bytes as never);
    },
  );
};

const upload = async (
  { write, pool, files }: ExchangeDeps,
  request: FastifyRequest<{ Params: { id: number } }>,
  reply: FastifyReply,
): Promise<void> => {
  const { traderId } = callerOf(request);
  const orderId = request.params.id as OrderId;
  // Before a byte is read: who may not, sends for nothing.
  const order = await uploadState(pool, traderId, orderId);
  const refusal = order === null ? refuse("ORDER_NOT_FOUND") : refuseUpload(request, order.files);
  if (refusal !== undefined) return void sendRefusal(reply, refusal);
  const part = await request.file();
  if (part === undefined) return void sendRefusal(reply, invalid({ pointer: "/file", message: "is missing" }));
  let received: Received;
  try {
    received = await files.receive(part.file, LIMITS.attachmentBytes);
  } catch (error) {
    if (error instanceof TooLarge)
      return void sendRefusal(reply, refuse("PAYLOAD_TOO_LARGE", { limit: LIMITS.attachmentBytes }));
    throw error;
  }
  const type = typeOf(received.head);
  const lie = refuseType(type, part.mimetype, received.size);
  if (type === null || lie !== undefined) {
    await received.discard();
    return void sendRefusal(reply, lie ?? refuse("UNSUPPORTED_MEDIA_TYPE"));
  }
  const id = randomUUID();
  const { sha256, size } = received;
  await received.keep(id);
  await write(
    request,
    reply,
    addAttachment,
    { orderId, uploaderId: traderId, id, sha256, type, size },
    {
      status: 201,
      content: { sha256 },
    },
  );
  // Refused, or a repeat of an upload that has its file already.
  const fresh = reply.statusCode === 201 && reply.getHeader("idempotent-replay") === undefined;
  if (!fresh) await files.remove(id);
};

const refuseUpload = (request: FastifyRequest, count: number): Refusal | undefined => {
  if (!request.isMultipart()) return refuse("UNSUPPORTED_MEDIA_TYPE", { allowed: "multipart/form-data" });
  if (count < LIMITS.attachmentsPerOrder) return undefined;
  return invalid({ pointer: "/file", message: `an order holds at most ${LIMITS.attachmentsPerOrder} files` });
};

/** What a file says of itself must be what it is; saying nothing is no lie. */
const refuseType = (type: string | null, said: string, size: number): Refusal | undefined => {
  if (size === 0) return invalid({ pointer: "/file", message: "is empty" });
  if (type === null)
    return refuse("UNSUPPORTED_MEDIA_TYPE", { allowed: "images (PNG, JPEG, GIF, WebP, HEIF) and PDF" });
  const honest =
    said === type || said === "" || said === UNKNOWN_TYPE || (type === "image/heif" && said.startsWith("image/"));
  return honest ? undefined : invalid({ pointer: "/file", message: `says ${said} and is ${type}` });
};
