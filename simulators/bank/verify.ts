/** Verifies that a text was signed by the rail, for this bank, recently, and is not a replay. */
import {
  isJsonObject,
  isList,
  isNumber,
  type JsonObject,
  type PublicKey,
  parseJson,
  parseToken,
  readPublicKey,
  verifySignature,
  writeJson,
} from "../../src/jws/index.ts";
import { MINUTE, SECOND } from "../../src/kernel/index.ts";
import { stringMember } from "./json.ts";

export type Verified = { readonly payload: JsonObject } | { readonly fault: string };
/** @param url the address that it has come to */
export type Verify = (jws: string, url: string) => Promise<Verified>;

/** @property guid this bank's own */
export type VerifierOptions = { readonly railUrl: string; readonly guid: string; readonly now?: () => number };

/** So that nothing else that the rail has signed passes for a callback. */
const CALLBACK_TYPE = "callback+jwt";

/** A signature is made at each attempt to send, so that an old one is somebody's copy. */
const FRESH_MS = 5 * MINUTE;
/** An unknown kid has the keys read anew, no more often than so. */
const KEYS_EVERY_MS = 5 * SECOND;
const KEYS_LIMIT_MS = 5 * SECOND;

export const createVerifier = ({ railUrl, guid, now = Date.now }: VerifierOptions): Verify => {
  const keyOf = createKeys(railUrl, now);
  const isFirst = createReplayCheck(now);
  return async (jws, url) => {
    const token = parseToken(jws);
    if ("fault" in token) return token;
    const key = await keyOf(token.kid);
    if (key === undefined) return { fault: "no key of the rail's" };
    if (!(await verifySignature(token, key))) return { fault: "the signature does not fit" };
    const { payload, typ } = token;
    if (typ !== CALLBACK_TYPE) return { fault: "signed as something else than a callback" };
    if (stringMember(payload, "aud") !== url) return { fault: "meant for another address" };
    if (stringMember(payload, "sub") !== guid) return { fault: "meant for another bank" };
    const iat = payload.get("iat");
    const age = iat === undefined || !isNumber(iat) ? Number.NaN : now() - Number(iat.number) * SECOND;
    if (!(Math.abs(age) <= FRESH_MS)) return { fault: "too old, or from the future" };
    return isFirst(stringMember(payload, "jti")) ? { payload } : { fault: "here for the second time" };
  };
};

/** The rail's public keys, read when one is needed that is not there. */
const createKeys = (railUrl: string, now: () => number) => {
  let keys: ReadonlyMap<string, PublicKey> = new Map();
  let readAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | undefined;

  const read = async () => {
    const url = `${railUrl}/api/v1/.well-known/jwks.json`;
    const response = await fetch(url, { redirect: "error", signal: AbortSignal.timeout(KEYS_LIMIT_MS) });
    keys = new Map(readKeys(await response.text()).map((key) => [key.kid, key]));
    readAt = now();
  };

  return async (kid: string): Promise<PublicKey | undefined> => {
    if (!keys.has(kid) && now() - readAt > KEYS_EVERY_MS) {
      reading ??= read().finally(() => {
        reading = undefined;
      });
      await reading;
    }
    return keys.get(kid);
  };
};

const readKeys = (text: string): readonly PublicKey[] => {
  const document = parseJson(text);
  const listed = isJsonObject(document) ? document.get("keys") : undefined;
  if (!isList(listed)) throw new Error("the rail's key set is none");
  return listed
    .map((jwk) => readPublicKey(JSON.parse(writeJson(jwk))))
    .filter((key): key is PublicKey => !("fault" in key));
};

/** Remembers for as long as a copy would be fresh. */
const createReplayCheck = (now: () => number) => {
  const seen = new Map<string, number>();
  return (jti: string): boolean => {
    const at = now();
    for (const [old, since] of seen) {
      if (at - since <= 2 * FRESH_MS) break;
      seen.delete(old);
    }
    if (jti === "" || seen.has(jti)) return false;
    seen.set(jti, at);
    return true;
  };
};
