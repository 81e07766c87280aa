/** A file on its way in: out of its form, told by its content, and a picture made fit for others' eyes. */
import type { FastifyRequest } from "fastify";
import {
  type Draft,
  FILE_TYPES,
  type FileStore,
  isPicture,
  type Pictures,
  TooLarge,
  typeOf,
} from "../../files/index.ts";
import { isRefusal, type Refusal, refuse } from "../../kernel/index.ts";
import { invalid } from "../issues.ts";
import { LIMITS } from "../settings.ts";
import { fileNameOf } from "./file-names.ts";
import type { FileSource } from "./views.ts";

/** The name of the one part. */
const FILE_PART = "file";

/** Both drafts of a file, what is known of it, and how to be rid of them. */
export type Arrived = {
  readonly file: Omit<FileSource, "id"> & { readonly originalType: string; readonly originalSize: number };
  readonly shown: Draft;
  /** Null where it is the same. */
  readonly original: Draft | null;
  discard(): Promise<void>;
};

type Stores = { readonly files: FileStore; readonly pictures: Pictures };

/** Leaves nothing behind where it refuses or rejects. @param owner whose turn it takes */
export const receiveFile = async (
  { files, pictures }: Stores,
  request: FastifyRequest,
  owner: string,
): Promise<Arrived | Refusal> => {
  const part = await receiveOne(files, request);
  if (isRefusal(part)) return part;
  const { draft, name } = part;
  const refused = async (refusal: Refusal) => {
    await draft.discard();
    return refusal;
  };
  try {
    if (draft.size === 0) return await refused(invalid({ pointer: "/file", message: "is empty" }));
    const type = typeOf(draft.head);
    if (type === null) return await refused(notTaken("unknown_type"));
    if (!isPicture(type)) return arrived(name, type, draft, { type, draft });
    const clean = await pictures.clean({ draft, type }, owner, LIMITS.attachmentBytes);
    if (clean === "busy") return await refused(refuse("OVERLOADED"));
    if (typeof clean === "string") return await refused(notTaken(clean));
    if (clean.draft.sha256 !== draft.sha256) return arrived(name, type, draft, clean);
    // It was clean already: what is the same is kept once.
    await clean.draft.discard();
    return arrived(name, type, draft, { type, draft });
  } catch (error) {
    await draft.discard();
    throw error;
  }
};

/** `allowed` is the list that the sentence of the answer shows. */
const notTaken = (reason: string): Refusal => refuse("UNSUPPORTED_MEDIA_TYPE", { allowed: FILE_TYPES, reason });

const arrived = (
  name: string,
  originalType: string,
  sent: Draft,
  { type, draft }: { readonly type: string; readonly draft: Draft },
): Arrived => {
  const original = draft === sent ? null : sent;
  return {
    file: {
      name,
      sha256: draft.sha256,
      type,
      size: draft.size,
      originalSha256: sent.sha256,
      originalType,
      originalSize: sent.size,
    },
    shown: draft,
    original,
    async discard() {
      await draft.discard();
      await original?.discard();
    },
  };
};

type Part = { readonly draft: Draft; readonly name: string };

/** The one part of the form, which is the file. Whatever else is there, or missing, refuses it. */
const receiveOne = async (files: FileStore, request: FastifyRequest): Promise<Part | Refusal> => {
  let draft: Draft | undefined;
  try {
    const parts = request.parts();
    const { value: part } = await parts.next();
    if (part?.type !== "file" || part.fieldname !== FILE_PART) {
      if (part?.type === "file") part.file.resume();
      return invalid({ pointer: "/file", message: "is missing: it must be the one part of the form" });
    }
    draft = await files.receive(part.file, LIMITS.attachmentBytes);
    const { value: second } = await parts.next();
    if (second === undefined) return { draft, name: fileNameOf(part.filename ?? "") };
    if (second.type === "file") second.file.resume();
    await draft.discard();
    return invalid({ pointer: "/file", message: "must be the one part of the form" });
  } catch (error) {
    await draft?.discard();
    if (error instanceof TooLarge) return refuse("PAYLOAD_TOO_LARGE", { limit: LIMITS.attachmentBytes });
    if (!isBrokenForm(error) && !isCut(request)) throw error;
    return invalid({ pointer: "/file", message: "could not be read: the form is broken" });
  }
};

/** The parser's own errors have no code; those of the disk, of connections and of the framework do. */
const isBrokenForm = (error: unknown): boolean => error instanceof Error && !("code" in error);

/** The connection ended before the form did: nobody hears the answer, and nothing of ours is broken. */
const isCut = ({ raw }: FastifyRequest): boolean => !raw.complete && (raw.destroyed || raw.socket.destroyed);
