/**
 * One call: sent, repeated under its key where the answer was lost or the server was busy, and read. A write has a key from
 * the beginning, so that whatever happens on the way it is done once.
 */
import { type Connection, fill } from "./connection.ts";
import { aborted, noAnswer } from "./failures.ts";
import type { AnyFailure, CallOptions, Result } from "./types.ts";
import { backOffMs, isGivenUp, RETRIES, retryAfterMs, sleep } from "./waiting.ts";

/** An answer that takes longer is lost: our servers answer within five seconds, and a slow line has as long again. */
export const ANSWER_MS = 15_000;
/** A file may come over a phone's line. */
export const UPLOAD_MS = 120_000;

export type Request = CallOptions & {
  readonly method: string;
  readonly path: string;
  readonly pathValues?: Readonly<Record<string, string | number>>;
  readonly query?: object;
  readonly body?: unknown;
};

export const newKey = (): string => crypto.randomUUID();

type Outcome = Result<unknown, AnyFailure>;
/** @property waitMs before the next try; null: there is none */
type Attempt = { readonly outcome: Outcome; readonly waitMs: number | null; readonly lost: boolean };

export const callOnce = async (connection: Connection, request: Request): Promise<Outcome> => {
  const key = request.method === "GET" ? null : (request.key ?? newKey());
  let renewed = false;
  for (let attempt = 1; ; attempt++) {
    const { outcome, waitMs, lost } = await tryOnce(connection, request, { key, attempt, renewed });
    if (isGivenUp(request.signal)) return givenUp(key);
    if (!outcome.ok && outcome.status === 401 && connection.renews && !renewed) {
      renewed = true;
      continue;
    }
    if (waitMs === null || attempt >= RETRIES.attempts) return outcome;
    if (lost && key !== null) request.onUncertain?.();
    await sleep(waitMs, request.signal);
    if (isGivenUp(request.signal)) return givenUp(key);
  }
};

const givenUp = (key: string | null): Outcome => ({ ok: false, status: null, error: aborted(key) });

type Try = { readonly key: string | null; readonly attempt: number; readonly renewed: boolean };

const tryOnce = async (connection: Connection, request: Request, { key, attempt, renewed }: Try): Promise<Attempt> => {
  try {
    const response = await send(connection, request, { key, renewed });
    const read = await readAnswer(response, key);
    return { outcome: read, ...againAfter(read, response.headers, attempt) };
  } catch (cause) {
    const outcome = { ok: false, status: null, error: noAnswer(cause, key) } as const;
    return { outcome, waitMs: backOffMs(attempt), lost: true };
  }
};

const send = async (
  connection: Connection,
  { method, path, pathValues, query, body, signal }: Request,
  { key, renewed }: Pick<Try, "key" | "renewed">,
): Promise<Response> => {
  const isForm = body instanceof FormData;
  const headers = await connection.headers(renewed);
  if (key !== null) headers["idempotency-key"] = key;
  if (body !== undefined && !isForm) headers["content-type"] = "application/json";
  const patience = AbortSignal.timeout(isForm ? UPLOAD_MS : ANSWER_MS);
  return connection.send(connection.urlOf(fill(path, pathValues), query), {
    method,
    headers,
    signal: signal === undefined ? patience : AbortSignal.any([signal, patience]),
    ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
  });
};

const readAnswer = async (response: Response, key: string | null): Promise<Outcome> => {
  const { status, headers } = response;
  if (status === 204) return { ok: true, status, data: null, replayed: isReplay(headers) };
  const isJson = headers.get("content-type")?.includes("json") === true;
  const body: unknown = isJson ? await response.json() : await response.text();
  if (response.ok) return { ok: true, status, data: body, replayed: isReplay(headers) };
  if (isOurs(body)) return { ok: false, status, error: body };
  // A proxy's page, or nothing that we would say: what became of the request is not known.
  return { ok: false, status, error: noAnswer(body, key) };
};

const isReplay = (headers: Headers): boolean => headers.get("idempotent-replay") === "true";

const isOurs = (body: unknown): body is AnyFailure =>
  typeof body === "object" && body !== null && "code" in body && "message" in body;

/** 502, 503, 504 and lost answers are tried again; everything else is what it is. */
const againAfter = (outcome: Outcome, headers: Headers, attempt: number): Omit<Attempt, "outcome"> => {
  if (outcome.ok || outcome.status === null || outcome.status < 502 || outcome.status > 504)
    return { waitMs: null, lost: false };
  const { code } = outcome.error;
  const asked = retryAfterMs(headers);
  const waitMs = asked === null ? backOffMs(attempt) : Math.max(asked, backOffMs(attempt));
  // Who is told to come back in a minute has to decide for himself.
  return {
    waitMs: waitMs > RETRIES.longestWaitMs ? null : waitMs,
    lost: code === "OUTCOME_UNKNOWN" || code === "NO_ANSWER",
  };
};
