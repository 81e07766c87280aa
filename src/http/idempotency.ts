/** The Idempotency-Key header: its form, the fingerprint of a request, and the mark on a repeated answer. */
import { hash } from "node:crypto";
import type { FastifyReply, FastifyRequest } from "fastify";
import { canonicalJson } from "./body.ts";
import { invalid } from "./errors.ts";

/** A caller's name for one write, and what the write was: the same key for another request is refused. */
export type Idempotency = { readonly key: string; readonly fingerprint: string };

export const IDEMPOTENCY_HEADER = "idempotency-key";
/** Visible ASCII. Long enough for any uuid or prefix; it becomes a part of a database key. */
export const IDEMPOTENCY_KEY_PATTERN = "^[!-~]{1,128}$";
const KEY = new RegExp(IDEMPOTENCY_KEY_PATTERN);

export const isIdempotencyKey = (given: unknown): given is string => typeof given === "string" && KEY.test(given);

/** @throws RefusedError VALIDATION_ERROR */
export const checkIdempotencyKey = (request: FastifyRequest): void => {
  const given = request.headers[IDEMPOTENCY_HEADER];
  if (given === undefined || isIdempotencyKey(given)) return;
  throw invalid([{ in: "header", pointer: "/Idempotency-Key", message: "must be 1 to 128 visible ASCII characters" }]);
};

/**
 * The key of a write, or null when it has none. The fingerprint covers method, path and parsed body, so that blanks
 * and the order of members do not matter.
 * @param content what stands for the body when it is not JSON, such as a file's digest
 */
export const idempotencyOf = (request: FastifyRequest, content: unknown = request.body): Idempotency | null => {
  const key = request.headers[IDEMPOTENCY_HEADER];
  if (typeof key !== "string") return null;
  const { method, url } = request;
  const query = url.indexOf("?");
  const path = query < 0 ? url : url.slice(0, query);
  return { key, fingerprint: hash("sha256", `${method} ${path}\n${canonicalJson(content ?? {})}`, "base64url") };
};

/** Says that this answer is an earlier one's. */
export const markReplayed = (reply: FastifyReply): FastifyReply => reply.header("idempotent-replay", "true");
