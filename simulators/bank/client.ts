/**
 * Calls to the rail as a bank makes them: each with a signed header, bodies as a JWS, in the profile that the bank was
 * registered with.
 */
import { hash, randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { type JsonObject, type JsonValue, type PrivateKey, signToken, writeJson } from "../../src/jws/index.ts";
import { SECOND } from "../../src/kernel/index.ts";
import { jsonObject, parseObject, stringMember } from "./json.ts";

/** `compat` signs what the published platform wants, `strong` binds token, call and body to each other. */
export type Profile = "compat" | "strong";

export type ClientOptions = {
  /** Where the rail is reached, without a slash at its end. */
  readonly railUrl: string;
  /** RAIL_PUBLIC_URL, what strong tokens are meant for; the same as `railUrl` unless there is a proxy between. */
  readonly audience: string;
  /** The participant's. */
  readonly guid: string;
  readonly profile: Profile;
  readonly key: PrivateKey;
  /** Told of every call that was answered. */
  readonly onCall?: (call: Call, answer: Answer) => void;
};

/** @property path with its query @property payload of a write, without `jti` and other claims of the token */
export type Call = {
  readonly method: "GET" | "POST" | "PUT";
  readonly path: string;
  readonly payload?: JsonObject;
  /** Idempotency-Key: a repeat gets the first answer. */
  readonly key?: string;
};

/** @property body null for an answer that is no JSON object */
export type Answer = { readonly status: number; readonly text: string; readonly body: JsonObject | null };

export type Client = {
  /** Rejects when no answer came. */
  call(call: Call): Promise<Answer>;
  /** Repeats while it is not known whether the call arrived; needs a key, so that it is done once. Null: given up. */
  callUntilAnswered(call: Call & { readonly key: string }, signal: AbortSignal): Promise<Answer | null>;
  /** A document of the bank's own, such as the answer to a challenge. */
  sign(payload: JsonObject): Promise<string>;
};

/** Strong tokens may live for 300 s; a call is under way for seconds. */
const TOKEN_SECONDS = 60;
const ANSWER_LIMIT_MS = 10 * SECOND;
/** With the waits between them some two minutes: a node that is started again is back by then. */
const TRIES = 15;
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 10 * SECOND;

export const createClient = ({ railUrl, audience, guid, profile, key, onCall }: ClientOptions): Client => {
  const claims = (path: string): Readonly<Record<string, JsonValue>> => {
    const now = Math.floor(Date.now() / SECOND);
    const dated = { jti: randomUUID(), iat: number(now) };
    return profile === "compat" ? dated : { ...dated, ...bound(path), exp: number(now + TOKEN_SECONDS) };
  };
  const bound = (path: string) => ({ iss: guid, aud: `${audience}${path.split("?")[0]}` });
  const sign = (payload: JsonObject, typ?: string): Promise<string> => signToken(writeJson(payload), key, typ);

  /** A compat body has no date of its own: its header has. */
  const signBody = (path: string, payload: JsonObject): Promise<string> => {
    const { iat, ...rest } = claims(path);
    const own = profile === "compat" ? rest : { ...rest, iat };
    return sign(new Map([...payload, ...jsonObject(own)]));
  };

  const signHeader = (path: string, body: string): Promise<string> => {
    const bh = profile === "strong" ? hash("sha256", body, "base64url") : undefined;
    return sign(jsonObject({ ...claims(path), bh }), "JWT");
  };

  const call = async (asked: Call): Promise<Answer> => {
    const { method, path, payload, key: idempotencyKey } = asked;
    const body = payload === undefined ? null : await signBody(path, payload);
    const response = await fetch(`${railUrl}${path}`, {
      method,
      headers: {
        "cx-authorization": await signHeader(path, body ?? ""),
        ...(body === null ? {} : { "content-type": "application/jwt" }),
        ...(idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey }),
      },
      body,
      redirect: "error",
      signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
    });
    const text = await response.text();
    const answer = { status: response.status, text, body: parseObject(text) };
    onCall?.(asked, answer);
    return answer;
  };

  return {
    call,
    async callUntilAnswered(asked, signal) {
      for (let tries = 1; tries <= TRIES; tries++) {
        const answer = await call(asked).catch(() => null);
        if (answer !== null && answer.status !== 429 && answer.status < 500) return answer;
        const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (tries - 1));
        await sleep(wait, undefined, { signal }).catch(() => {});
        if (signal.aborted) return null;
      }
      return null;
    },
    sign: (payload) => sign(payload),
  };
};

const number = (value: number): JsonValue => ({ number: String(value) });

/** For lines that people read: the status, and the code of a refusal. */
export const outcomeOf = ({ status, body }: Answer): string =>
  status < 400 || body === null ? String(status) : `${status} ${stringMember(body, "code")}`;
