/** The Idempotency-Key header: its form, the fingerprint of a request, and the mark on a repeated answer. */
import { hash } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import { canonicalJson } from "./body.ts";
import { invalid } from "./errors.ts";

/** A caller's name for one write, and what the write was: the same key for another request is refused. */
export type Idempotency = { readonly key: string; readonly fingerprint: string };

const IDEMPOTENCY_HEADER = "idempotency-key";
/** Visible ASCII. Long enough for any uuid or prefix; it becomes a part of a database key. */
export const IDEMPOTENCY_KEY_PATTERN = "^[!-~]{1,128}$";
const KEY = new RegExp(IDEMPOTENCY_KEY_PATTERN);

/** The key as it was sent, well formed or not. */
const givenKey = ({ headers }: FastifyRequest): unknown => headers[IDEMPOTENCY_HEADER];

const isKey = (given: unknown): given is string => typeof given === "string" && KEY.test(given);

/** The path that was asked for, without its query. */
export const pathOf = ({ url }: FastifyRequest): string => {
  const query = url.indexOf("?");
  return query < 0 ? url : url.slice(0, query);
};

/** Whether the request has a key that cannot be one. */
export const hasMalformedKey = (request: FastifyRequest): boolean => {
  const given = givenKey(request);
  return given !== undefined && !isKey(given);
};

/** @throws RefusedError VALIDATION_ERROR */
export const checkIdempotencyKey = (request: FastifyRequest): void => {
  if (!hasMalformedKey(request)) return;
  throw invalid([{ in: "header", pointer: "/Idempotency-Key", message: "must be 1 to 128 visible ASCII characters" }]);
};

/**
 * The key of a write, or null when it has none. The fingerprint covers method, path and content, so that blanks and the
 * order of members do not matter.
 * @param content what is asked, spelled in one way; without it, the parsed body
 */
export const idempotencyOf = (
  request: FastifyRequest,
  content = () => canonicalJson(request.body ?? {}),
): Idempotency | null => {
  const key = givenKey(request);
  if (!isKey(key)) return null;
  return { key, fingerprint: hash("sha256", `${request.method} ${pathOf(request)}\n${content()}`, "base64url") };
};

/** Says that this answer is an earlier one's. */
export const markReplayed = (reply: FastifyReply): FastifyReply => reply.header("idempotent-replay", "true");
