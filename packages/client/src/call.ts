/**
 * One call: sent, repeated under its key where the answer was lost or the server was busy, and read. A write has a key from
 * the beginning, so that whatever happens on the way it is done once.
 */
import { type Connection, fill } from "./connection.ts";
import { aborted, noAnswer } from "./failures.ts";
import type { Token } from "./tokens.ts";
import type { AnyFailure, CallOptions, Result } from "./types.ts";
import { canShowProgress, upload } from "./upload.ts";
import { backOffMs, createPatience, isGivenUp, RETRIES, retryAfterMs, sleep, unlessGivenUp } from "./waiting.ts";

/** An answer that takes longer is lost: our servers answer within five seconds, and a slow line has as long again. */
export const ANSWER_MS = 15_000;
/** A file may come and go over a phone's line. */
export const FILE_MS = 120_000;

export type Request = CallOptions & {
  readonly method: string;
  readonly path: string;
  readonly pathValues?: Readonly<Record<string, string | number>>;
  readonly query?: object;
  readonly body?: unknown;
};

export const newKey = (): string => crypto.randomUUID();

type Outcome = Result<unknown, AnyFailure>;
/**
 * @property waitMs before the next try; null: there is none
 * @property bore the token; left out when there was none to be had
 */
type Attempt = {
  readonly outcome: Outcome;
  readonly waitMs: number | null;
  readonly lost: boolean;
  readonly bore?: Token;
};

export const callOnce = async (connection: Connection, request: Request): Promise<Outcome> => {
  const key = request.method === "GET" ? null : (request.key ?? newKey());
  let refused: Token | undefined;
  for (let attempt = 1; ; attempt++) {
    const { outcome, waitMs, lost, bore } = await tryOnce(connection, request, { key, attempt, refused });
    if (isGivenUp(request.signal)) return givenUp(key);
    if (!outcome.ok && outcome.status === 401 && connection.tokens.renews && refused === undefined) {
      refused = bore;
      continue;
    }
    if (waitMs === null || attempt >= RETRIES.attempts) return outcome;
    if (lost && key !== null) request.onUncertain?.();
    await sleep(waitMs, request.signal);
    if (isGivenUp(request.signal)) return givenUp(key);
  }
};

const givenUp = (key: string | null): Outcome => ({ ok: false, status: null, error: aborted(key) });

type Try = { readonly key: string | null; readonly attempt: number; readonly refused: Token | undefined };

const tryOnce = async (connection: Connection, request: Request, { key, attempt, refused }: Try): Promise<Attempt> => {
  const patience = createPatience(request.body instanceof FormData ? FILE_MS : ANSWER_MS, request.signal);
  try {
    const bore = await unlessGivenUp(connection.tokens.get(refused), patience.signal);
    const response = await send(connection, request, { key, bore, signal: patience.signal });
    patience.anew(isJson(response) ? ANSWER_MS : FILE_MS);
    const read = await readAnswer(response, key);
    return { outcome: read, bore, ...againAfter(read, response.headers, attempt) };
  } catch (cause) {
    const outcome = { ok: false, status: null, error: noAnswer(cause, key) } as const;
    return { outcome, waitMs: backOffMs(attempt), lost: true };
  } finally {
    patience.end();
  }
};

type Sending = { readonly key: string | null; readonly bore: Token; readonly signal: AbortSignal };

const send = async (
  connection: Connection,
  { method, path, pathValues, query, body, onProgress }: Request,
  { key, bore, signal }: Sending,
): Promise<Response> => {
  const url = connection.urlOf(fill(path, pathValues), query);
  const headers = connection.headersFor(bore);
  if (key !== null) headers["idempotency-key"] = key;
  if (body instanceof FormData) {
    // What shows progress sends the cookies of our own origin, whatever was said of them.
    const isPlain = connection.ownFetch === null && (connection.credentials ?? "same-origin") === "same-origin";
    return onProgress !== undefined && isPlain && canShowProgress()
      ? upload(url, { method, headers, body, signal, onProgress })
      : connection.send(url, { method, headers, signal, body });
  }
  if (body === undefined) return connection.send(url, { method, headers, signal });
  headers["content-type"] = "application/json";
  return connection.send(url, { method, headers, signal, body: JSON.stringify(body) });
};

const typeOf = ({ headers }: Response): string => headers.get("content-type") ?? "";
const isJson = (response: Response): boolean => typeOf(response).includes("json");

const readAnswer = async (response: Response, key: string | null): Promise<Outcome> => {
  const { status, headers } = response;
  const type = typeOf(response);
  const isText = type.startsWith("text/");
  const replayed = isReplay(headers);
  if (status === 204) return { ok: true, status, data: null, replayed };
  // A page that says 200 is of somebody between us, such as a hotel's network.
  if (response.ok && !type.startsWith("text/html")) {
    const data: unknown = isJson(response) ? await response.json() : await (isText ? response.text() : response.blob());
    return { ok: true, status, data, replayed };
  }
  const body: unknown = isJson(response) ? await response.json() : await response.text();
  if (!response.ok && isOurs(body)) return { ok: false, status, error: body };
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
