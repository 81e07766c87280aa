/** HTTP for files: streamed in and out, for the parties and the operator of the case alone. */
import { randomUUID } from "node:crypto";
import type { Readable } from "node:stream";
import multipart from "@fastify/multipart";
import type { FastifyReply, FastifyRequest } from "fastify";
import { Type } from "typebox";
import { Unavailable } from "../../engine/index.ts";
import { type FileStore, type Received, TooLarge, typeOf } from "../../files/index.ts";
import { Closed, callerOf, ENGINE_CODES, Id, Ref, sendRefusal } from "../../http/index.ts";
import { isRefusal, type OrderId, type Refusal, refuse } from "../../kernel/index.ts";
import type { ExchangeDeps } from "../deps.ts";
import { errorResponses } from "../errors.ts";
import { invalid } from "../issues.ts";
import { LIMITS } from "../settings.ts";
import { addAttachment } from "./add-attachment.ts";
import { FILE_REFUSALS, type FileViewer, findFile, mayUpload } from "./queries.ts";
import { readAttachment } from "./read-attachment.ts";
import { FileSchema } from "./schemas.ts";

/** The form around a file. */
const FORM_BYTES = 65_536;
/** One more than is taken, so that a second part is refused and not left out. */
const FORM_LIMITS = { files: 2, fields: 1 };
/** The name of the one part. */
const FILE_PART = "file";
/** What a client says when it does not know. */
const UNKNOWN_TYPE = "application/octet-stream";

export const registerAttachmentRoutes = (deps: ExchangeDeps) => {
  const { server, pool, files, executor } = deps;

  server.register(async (scope) => {
    // One byte more than allowed, so that a file that is too long is noticed as such.
    await scope.register(multipart, { limits: { ...FORM_LIMITS, fileSize: LIMITS.attachmentBytes + 1 } });
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
          response: { 201: Ref(FileSchema), ...errorResponses(addAttachment.refuses) },
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
          200: Type.Unsafe<Readable>({ type: "string", format: "binary" }),
          ...errorResponses([...FILE_REFUSALS, ...readAttachment.refuses, ...ENGINE_CODES]),
        },
      },
    },
    async (request, reply) => {
      const { id, attachment_id } = request.params;
      const viewer = viewerOf(request);
      const file = await findFile(pool, viewer, id, attachment_id.toLowerCase());
      if (isRefusal(file)) return sendRefusal(reply, file);
      if (file.asOperator) {
        const look = { orderId: id as OrderId, operatorId: viewer.id, id: file.id };
        const { outcome } = await executor.submit(readAttachment, look, { caller: viewer.id });
        if (isRefusal(outcome)) return sendRefusal(reply, outcome);
      }
      const bytes = await files.read(file.id);
      if (bytes === null) return sendRefusal(reply, refuse("NOT_FOUND"));
      // Never shown in our origin, whatever it holds.
      return reply
        .header("content-type", file.type)
        .header("content-length", file.size)
        .header("content-disposition", `attachment; filename="${file.id}"`)
        .header("content-security-policy", "sandbox; default-src 'none'")
        .header("cache-control", "private, no-store")
        .send(bytes);
    },
  );
};

const viewerOf = (request: FastifyRequest): FileViewer => {
  const { traderId, roles } = callerOf(request);
  return { id: traderId, isOperator: roles.has("operator") };
};

const upload = async (
  { write, pool, files }: ExchangeDeps,
  request: FastifyRequest<{ Params: { id: number } }>,
  reply: FastifyReply,
): Promise<void> => {
  const { traderId } = callerOf(request);
  const orderId = request.params.id as OrderId;
  // Before a byte is read: who may not, sends for nothing.
  const viewer = viewerOf(request);
  if (!(await mayUpload(pool, viewer, orderId))) return void sendRefusal(reply, refuse("ORDER_NOT_FOUND"));
  if (!request.isMultipart()) {
    return void sendRefusal(reply, refuse("UNSUPPORTED_MEDIA_TYPE", { allowed: "multipart/form-data" }));
  }
  const arrived = await receiveOne(files, request);
  if (isRefusal(arrived)) return void sendRefusal(reply, arrived);
  const { received, said } = arrived;
  const type = typeOf(received.head);
  const lie = refuseType(type, said, received.size);
  if (type === null || lie !== undefined) {
    await received.discard();
    return void sendRefusal(reply, lie ?? refuse("UNSUPPORTED_MEDIA_TYPE"));
  }
  const id = randomUUID();
  const { sha256, size } = received;
  await received.keep(id);
  const input = { orderId, uploaderId: traderId, isOperator: viewer.isOperator, id, sha256, type, size };
  try {
    await write(request, reply, addAttachment, input, { status: 201, content: () => JSON.stringify({ sha256 }) });
  } catch (error) {
    // With the commit's fate unknown it may be somebody's; else it is nobody's.
    if (!(error instanceof Unavailable && error.code === "OUTCOME_UNKNOWN")) await files.remove(id);
    throw error;
  }
  // Refused, or a repeat of an upload that has its file already.
  const fresh = reply.statusCode === 201 && reply.getHeader("idempotent-replay") === undefined;
  if (!fresh) await files.remove(id);
};

type Arrived = { readonly received: Received /** The type, as the client says. */; readonly said: string };

/** The one part of the form, which is the file. Whatever else is there, or missing, refuses it. */
const receiveOne = async (
  files: FileStore,
  request: FastifyRequest<{ Params: { id: number } }>,
): Promise<Arrived | Refusal> => {
  let received: Received | undefined;
  try {
    const parts = request.parts();
    const { value: part } = await parts.next();
    if (part?.type !== "file" || part.fieldname !== FILE_PART) {
      if (part?.type === "file") part.file.resume();
      return invalid({ pointer: "/file", message: "is missing: it must be the one part of the form" });
    }
    received = await files.receive(part.file, LIMITS.attachmentBytes);
    const { value: second } = await parts.next();
    if (second === undefined) return { received, said: part.mimetype };
    if (second.type === "file") second.file.resume();
    await received.discard();
    return invalid({ pointer: "/file", message: "must be the one part of the form" });
  } catch (error) {
    await received?.discard();
    if (error instanceof TooLarge) return refuse("PAYLOAD_TOO_LARGE", { limit: LIMITS.attachmentBytes });
    if (!isBrokenForm(error) && !isCut(request)) throw error;
    return invalid({ pointer: "/file", message: "could not be read: the form is broken" });
  }
};

/** The parser's own errors have no code; those of the disk, of connections and of the framework do. */
const isBrokenForm = (error: unknown): boolean => error instanceof Error && !("code" in error);

/** The connection ended before the form did: nobody hears the answer, and nothing of ours is broken. */
const isCut = ({ raw }: FastifyRequest): boolean => !raw.complete && (raw.destroyed || raw.socket.destroyed);

/** What a file says of itself must be what it is; saying nothing is no lie. */
const refuseType = (type: string | null, said: string, size: number): Refusal | undefined => {
  if (size === 0) return invalid({ pointer: "/file", message: "is empty" });
  if (type === null)
    return refuse("UNSUPPORTED_MEDIA_TYPE", { allowed: "images (PNG, JPEG, GIF, WebP, HEIF) and PDF" });
  const honest =
    said === type || said === "" || said === UNKNOWN_TYPE || (type === "image/heif" && said.startsWith("image/"));
  return honest ? undefined : invalid({ pointer: "/file", message: `says ${said} and is ${type}` });
};
