/** HTTP for files: streamed in and out, for the parties and the operator of the case alone. */
import { randomUUID } from "node:crypto";
import type { Readable } from "node:stream";
import multipart from "@fastify/multipart";
import type { FastifyReply, FastifyRequest } from "fastify";
import { Type } from "typebox";
import { Unavailable } from "../../engine/index.ts";
import { createPictures } from "../../files/index.ts";
import { Closed, callerOf, createRoom, ENGINE_CODES, Id, Ref, sendRefusal } from "../../http/index.ts";
import { isRefusal, type OrderId, refuse } from "../../kernel/index.ts";
import type { ExchangeDeps } from "../deps.ts";
import { errorResponses } from "../errors.ts";
import { LIMITS } from "../settings.ts";
import { addAttachment } from "./add-attachment.ts";
import { disposition, shownName } from "./file-names.ts";
import { FILE_REFUSALS, type FileViewer, findFile, refuseUpload } from "./file-queries.ts";
import { readAttachment } from "./read-attachment.ts";
import { type Arrived, receiveFile } from "./receive-file.ts";
import { FileSchema } from "./schemas.ts";
import { UPLOADS } from "./upload-rules.ts";

/** The form around a file. */
const FORM_BYTES = 65_536;
/** One more than is taken, so that a second part is refused and not left out. */
const FORM_LIMITS = { files: 2, fields: 1, parts: 3, fieldSize: 1_024, fieldNameSize: 100, headerPairs: 20 };
const FORM_TYPE = "multipart/form-data";

type UploadRequest = FastifyRequest<{ Params: { id: number } }>;

export const registerAttachmentRoutes = (deps: ExchangeDeps) => {
  const { server, pool, files, executor } = deps;
  const take = createUpload(deps);

  server.register(async (scope) => {
    // What is no form is refused by the handler, in words about files, and none of it is read.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", (_request, _payload, done) => done(null, undefined));
    // One byte more than allowed, so that a file that is too long is noticed as such.
    await scope.register(multipart, { limits: { ...FORM_LIMITS, fileSize: LIMITS.attachmentBytes + 1 } });
    scope.post<{ Params: { id: number } }>(
      "/api/v1/p2p/orders/:id/attachments",
      {
        bodyLimit: LIMITS.attachmentBytes + FORM_BYTES,
        config: { access: "trader", token: "trade" },
        schema: {
          summary: "Upload a file (multipart, `file`) to name in a message",
          description:
            "JPEG, PNG, WebP and PDF, by their content, up to 10 MiB, while the order is open. A picture is turned upright, " +
            "and others get it without its metadata; the original is for the operator of the case.",
          tags: ["Chat"],
          params: Closed({ id: Id() }),
          consumes: [FORM_TYPE],
          response: { 201: Ref(FileSchema), ...errorResponses(addAttachment.refuses) },
        },
      },
      take,
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
        querystring: Closed({
          original: Type.Boolean({ default: false, description: "as it was sent; for the operator of the case" }),
        }),
        response: {
          200: FILE,
          ...errorResponses([...FILE_REFUSALS, "FORBIDDEN", ...readAttachment.refuses, ...ENGINE_CODES]),
        },
      },
    },
    async (request, reply) => {
      const { id, attachment_id } = request.params;
      const { original } = request.query;
      const viewer = viewerOf(request);
      const file = await findFile(pool, viewer, id, attachment_id.toLowerCase());
      if (isRefusal(file)) return sendRefusal(reply, file);
      if (original && !file.asOperator) return sendRefusal(reply, refuse("FORBIDDEN"));
      if (file.asOperator) {
        const look = { orderId: id as OrderId, operatorId: viewer.id, id: file.id, original };
        const { outcome } = await executor.submit(readAttachment, look, { caller: viewer.id });
        if (isRefusal(outcome)) return sendRefusal(reply, outcome);
      }
      // What is the same is kept once.
      const apart = original && file.originalSha256 !== file.sha256;
      const bytes = await files.read(file.id, apart ? "original" : "shown");
      if (bytes === null) return sendRefusal(reply, refuse("NOT_FOUND"));
      const type = apart ? file.originalType : file.type;
      // Never shown in our origin, nor inside another's, whatever it holds.
      return reply
        .header("content-type", type)
        .header("content-length", apart ? file.originalSize : file.size)
        .header("content-disposition", disposition(shownName(file.name, type)))
        .header("content-security-policy", "sandbox; default-src 'none'")
        .header("cross-origin-resource-policy", "same-origin")
        .header("cache-control", "private, no-store")
        .send(bytes);
    },
  );
};

const FILE = {
  description: "the file, of its own type",
  content: { "application/octet-stream": { schema: Type.Unsafe<Readable>({ type: "string", format: "binary" }) } },
};

const viewerOf = (request: FastifyRequest): FileViewer => {
  const { traderId, roles } = callerOf(request);
  return { id: traderId, isOperator: roles.has("operator") };
};

const createUpload = (deps: ExchangeDeps) => {
  const { pool, files } = deps;
  const room = createRoom(UPLOADS);
  const stores = { files, pictures: createPictures(files) };

  return async (request: UploadRequest, reply: FastifyReply): Promise<void> => {
    const viewer = viewerOf(request);
    // Before a byte is read: who may not, sends for nothing. A key may name an upload of before.
    const mayRepeat = request.headers["idempotency-key"] !== undefined;
    const refusal = await refuseUpload(pool, viewer, request.params.id, mayRepeat);
    if (refusal !== undefined) return void sendRefusal(reply, refusal);
    if (!request.isMultipart()) {
      return void sendRefusal(reply, refuse("UNSUPPORTED_MEDIA_TYPE", { allowed: [FORM_TYPE] }));
    }
    const leave = room.enter(viewer.id);
    if (leave === "own") return void sendRefusal(reply, refuse("RATE_LIMITED", { uploads_at_once: UPLOADS.each }));
    if (leave === "full") return void sendRefusal(reply, refuse("OVERLOADED"));
    try {
      const arrived = await receiveFile(stores, request, viewer.id);
      if (isRefusal(arrived)) return void sendRefusal(reply, arrived);
      await record(deps, viewer, arrived, request, reply);
    } finally {
      leave();
    }
  };
};

/** Keeps both copies, writes the row that names them, and takes them away again when it was not written. */
const record = async (
  { submit, files }: ExchangeDeps,
  viewer: FileViewer,
  { file, shown, original, discard }: Arrived,
  request: UploadRequest,
  reply: FastifyReply,
): Promise<void> => {
  const id = randomUUID();
  const orderId = request.params.id as OrderId;
  const input = { ...file, id, orderId, uploaderId: viewer.id, isOperator: viewer.isOperator };
  const content = () => JSON.stringify({ name: file.name, sha256: file.originalSha256 });
  try {
    await files.keep(id, shown, original);
    await submit(request, reply, addAttachment, input, { status: 201, content });
  } catch (error) {
    // With the commit's fate unknown it may be somebody's; else it is nobody's.
    if (!(error instanceof Unavailable && error.code === "OUTCOME_UNKNOWN")) {
      await discard();
      await files.remove(id);
    }
    throw error;
  }
  // Refused, or a repeat of an upload that has its file already.
  const fresh = reply.statusCode === 201 && reply.getHeader("idempotent-replay") === undefined;
  if (!fresh) await files.remove(id);
};
