/**
 * Errors as clients see them: the registry of codes, the form of an error's body, and the one place where exceptions
 * become answers.
 */
import type { FastifyReply, FastifyRequest } from "fastify";
import type { TObject } from "typebox";
import type { Unavailable } from "../engine/index.ts";
import { type Details, type Refusal, refuse } from "../kernel/index.ts";
import { JSON_ANSWER } from "./media-types.ts";

/** What a code stands for. `when` is for the documentation, `message` for people who read an answer. */
export type ErrorEntry = {
  readonly status: number;
  readonly message: string;
  readonly when: string;
  /** What a client needs to act on it, where that is always the same. */
  readonly details?: TObject;
  /** Said in place of the message where the details tell more. */
  readonly sentence?: (details: Details) => string | null;
};

/** The entries of a registry with the details that they are answered with. */
export const withDetails = <Code extends string>(
  registry: ErrorRegistry<Code>,
  details: Readonly<Partial<Record<NoInfer<Code>, TObject>>>,
): ErrorRegistry<Code> =>
  Object.fromEntries(
    Object.entries<ErrorEntry>(registry).map(([code, entry]) => {
      const known = details[code as Code];
      return [code, known === undefined ? entry : { ...entry, details: known }];
    }),
  ) as ErrorRegistry<Code>;

/** The codes that this module answers with by itself; every registry has them. */
export type HttpCode =
  | "VALIDATION_ERROR"
  | "UNAUTHORIZED"
  | "FORBIDDEN"
  | "NOT_FOUND"
  | "METHOD_NOT_ALLOWED"
  | "PAYLOAD_TOO_LARGE"
  | "UNSUPPORTED_MEDIA_TYPE"
  | "RATE_LIMITED"
  | "OVERLOADED"
  | "BUSY"
  | "OUTCOME_UNKNOWN"
  | "IDEMPOTENCY_KEY_REUSED"
  | "INTERNAL_ERROR";

/** What a caller by cookie or by a personal token may be answered with. A registry has them where people sign in. */
export type SessionCode = "CROSS_SITE" | "SECOND_FACTOR_REQUIRED" | "INSUFFICIENT_SCOPE";

/** Every code that an API answers with. */
export type ErrorRegistry<Code extends string = string> = Readonly<Record<Code, ErrorEntry>>;

/** An API's way to say no, where it is not the plain one: its words for our codes, and the form of the body. */
export type ErrorFormat = {
  /** What it calls what this module refuses by itself. */
  readonly codes: Readonly<Partial<Record<HttpCode, string>>>;
  /** JSON Schemas of the members beside code and message. */
  readonly members: Readonly<Record<string, object>>;
  /** Whether those codes that declare their details have them as well, under that name, and no other code has any. */
  readonly typed: boolean;
  /** Those members, made of a refusal's details. */
  membersOf(details: Details): Readonly<Record<string, unknown>>;
};

export const PLAIN_FORMAT: ErrorFormat = {
  codes: {},
  members: {},
  typed: true,
  membersOf: (details) => ({ details }),
};

/** One thing that is wrong with a request. The pointer is a JSON pointer into the part that `in` names. */
export type Issue = {
  readonly in: "body" | "query" | "path" | "header";
  readonly pointer: string;
  readonly message: string;
};

/** Nothing was done; most queues are empty again by then. */
export const RETRY_AFTER_SECONDS = 1;
/** Enough to mend a form; a hostile body could otherwise be answered with thousands. */
const MAX_ISSUES = 20;

/** A refusal on its way out of a hook or a parser, where nothing can be returned. Handlers return refusals instead. */
export class RefusedError extends Error {
  readonly refusal: Refusal;
  readonly retryAfterSeconds: number;
  /** More than the caller is told: for the log alone, and nothing of what the caller sent. */
  readonly reason: string | null;

  constructor(
    refusal: Refusal<HttpCode | SessionCode>,
    retryAfterSeconds: number = RETRY_AFTER_SECONDS,
    reason: string | null = null,
  ) {
    super(refusal.refusal);
    this.reason = reason;
    this.name = "RefusedError";
    this.refusal = refusal;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** One answer for every reason: what exactly was wrong with a token helps only who forges them. The log says it. */
export const unauthorized = (reason: string): RefusedError =>
  new RefusedError(refuse("UNAUTHORIZED"), RETRY_AFTER_SECONDS, reason);

export const forbidden = (reason: string): RefusedError =>
  new RefusedError(refuse("FORBIDDEN"), RETRY_AFTER_SECONDS, reason);

export const invalid = (issues: readonly Issue[]): RefusedError =>
  new RefusedError(refuse("VALIDATION_ERROR", { issues: issues.slice(0, MAX_ISSUES) }));

const invalidBody = (message: string): Refusal =>
  refuse("VALIDATION_ERROR", { issues: [{ in: "body", pointer: "", message }] satisfies Issue[] });

/** What Fastify says no to by itself, by its code. */
const FASTIFY_REFUSALS: ReadonlyMap<string, Refusal> = new Map([
  ["FST_ERR_CTP_BODY_TOO_LARGE", refuse("PAYLOAD_TOO_LARGE")],
  ["FST_ERR_CTP_INVALID_MEDIA_TYPE", refuse("UNSUPPORTED_MEDIA_TYPE")],
  ["FST_ERR_CTP_INVALID_CONTENT_LENGTH", invalidBody("its length is not the Content-Length")],
  [
    "FST_ERR_BAD_URL",
    refuse("VALIDATION_ERROR", { issues: [{ in: "path", pointer: "", message: "is not valid percent-encoding" }] }),
  ],
  // No path of ours has so long a part, so there is nothing there.
  ["FST_ERR_MAX_PARAM_LENGTH", refuse("NOT_FOUND")],
  ["FST_ERR_NOT_FOUND", refuse("NOT_FOUND")],
]);

/** What the engine throws when it could not do its work. */
export const ENGINE_CODES = ["OVERLOADED", "BUSY", "OUTCOME_UNKNOWN"] as const satisfies readonly (HttpCode &
  Unavailable["code"])[];

const propertyOf = (error: unknown, name: string): unknown =>
  typeof error === "object" && error !== null ? Reflect.get(error, name) : undefined;

/** The refusal that an exception stands for, or null for what is a bug or a broken connection. */
export const refusalOf = (error: unknown): Refusal | null => {
  if (error instanceof RefusedError) return error.refusal;
  const code = propertyOf(error, "code");
  if (typeof code !== "string") return null;
  const known = FASTIFY_REFUSALS.get(code);
  if (known !== undefined) return known;
  if (ENGINE_CODES.some((known) => known === code)) return refuse(code);
  const status = propertyOf(error, "statusCode");
  const refused = typeof status === "number" && status >= 400 && status < 500;
  return refused ? invalidBody("could not be read") : null;
};

/** The body of an answer. A code outside the registry is a bug and throws. */
export const errorBody = (
  registry: ErrorRegistry,
  { codes, membersOf }: ErrorFormat,
  { refusal, details }: Refusal,
): { status: number; text: string } => {
  const code: string = Reflect.get(codes, refusal) ?? refusal;
  const entry: ErrorEntry | undefined = Object.hasOwn(registry, code) ? Reflect.get(registry, code) : undefined;
  if (entry === undefined) throw new Error(`"${code}" is not in the error registry`);
  const { status } = entry;
  const message = entry.sentence?.(details ?? {}) ?? entry.message;
  return { status, text: JSON.stringify({ code, message, ...(details === undefined ? {} : membersOf(details)) }) };
};

/** What the rules know of the time to wait, they say in a refusal's details. */
const waitOf = ({ details }: Refusal): number => {
  const seconds = details?.retry_after_seconds;
  return typeof seconds === "number" ? seconds : RETRY_AFTER_SECONDS;
};

/** What a refusal is answered with: status and text here, headers on the reply. All are the registry's. */
export const refusalBody = (
  reply: FastifyReply,
  refusal: Refusal,
  retryAfterSeconds: number = waitOf(refusal),
): { status: number; text: string } => {
  const body = errorBody(reply.server.errorRegistry, reply.server.errorFormat, refusal);
  if (body.status === 429 || body.status === 503) reply.header("retry-after", String(retryAfterSeconds));
  if (body.status === 401) reply.header("www-authenticate", "Bearer");
  if (body.status === 401 || body.status === 403) reply.request.refusedFor ??= refusal.refusal;
  return body;
};

/** Says no to the caller. */
export const sendRefusal = (reply: FastifyReply, refusal: Refusal, retryAfterSeconds?: number): FastifyReply => {
  const { status, text } = refusalBody(reply, refusal, retryAfterSeconds);
  return sendJsonText(reply, status, text);
};

/** Answers with JSON that is already text, such as a stored answer. */
export const sendJsonText = (reply: FastifyReply, status: number, text: string): FastifyReply =>
  // The serialiser is for objects: a string with this type goes out as it is.
  reply.code(status).header("content-type", JSON_ANSWER).send(text);

/** The one place where exceptions become answers. Never tells what broke; the log does, under the request's id. */
export const handleError = (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
  const refusal = refusalOf(error);
  if (refusal === null) {
    request.log.error(
      { err: error, requestId: request.id, method: request.method, route: request.routeOptions.url },
      "request failed",
    );
    return sendRefusal(reply, refuse("INTERNAL_ERROR", { request_id: request.id }));
  }
  if (error instanceof RefusedError) request.refusedFor = error.reason;
  // Fastify wants to close the connection under a body it did not read, and the reset that follows can overtake the
  // answer. Node reads such a body to its end and throws it away, within the request timeout.
  if (!reply.server.isDraining()) reply.removeHeader("connection");
  return sendRefusal(reply, refusal, error instanceof RefusedError ? error.retryAfterSeconds : undefined);
};
