/** A client's consent to a link, as its bank reports it. The reference is free text and may contain the number itself. */
import { Type } from "typebox";
import { Choice } from "../../http/index.ts";
import type { JsonObject } from "../../jws/index.ts";
import { DAY, hasAtMost, type Instant, type Refusal, SECOND, toRfc3339 } from "../../kernel/index.ts";
import { invalid } from "../errors.ts";
import { findWrongType, parseInstant, parseObject } from "../parsers/index.ts";
import type { PhoneCipher } from "../phone-cipher.ts";

/** @property reference ciphertext, once it is on its way to a row */
export type Consent = { readonly method: "otp" | "in_app"; readonly at: string; readonly reference: string };

/** An id in the bank's own books, or a short sentence. */
const MAX_REFERENCE = 256;

/** A client says yes to a link of now: an older yes was to something else. */
const MAX_AGE_MS = DAY;
/** Two clocks of servers that keep them: no consent is of the future. */
const CLOCKS_APART_MS = 5 * SECOND;

/** Whether the client has agreed not long ago, by the database's clock. */
export const faultOfConsent = ({ at }: Pick<Consent, "at">, now: Instant): Refusal<"INVALID_REQUEST"> | null => {
  const age = now - Date.parse(at);
  return age > MAX_AGE_MS || age < -CLOCKS_APART_MS ? invalid("consent.at") : null;
};

/** As readers of the documentation see it. */
export const consentBody = Type.Object({
  method: Choice(["otp", "in_app"]),
  at: Type.String({ format: "date-time", description: "at most 24 hours ago" }),
  reference: Type.String({ minLength: 1, maxLength: MAX_REFERENCE, description: "of the consent in your own books" }),
});

const TYPES = { method: "string", at: "string", reference: "string" } as const;

/** A member of a wrong JSON type, whether or not consent is required. */
export const findWrongConsentType = (payload: JsonObject): Refusal<"INVALID_REQUEST"> | null => {
  const consent = parseObject(payload, "consent");
  if (consent === undefined) return invalid("consent");
  const wrong = findWrongType(consent, TYPES);
  return wrong === undefined ? null : invalid(`consent.${wrong}`);
};

export const parseConsent = (payload: JsonObject): Consent | Refusal<"INVALID_REQUEST"> => {
  if (!payload.has("consent")) return invalid("consent");
  const consent: JsonObject = parseObject(payload, "consent") ?? new Map();
  const method = consent.get("method");
  if (method !== "otp" && method !== "in_app") return invalid("consent.method");
  const at = parseInstant(consent.get("at"));
  if (at === null) return invalid("consent.at");
  const reference = consent.get("reference");
  if (typeof reference !== "string" || !isReference(reference)) return invalid("consent.reference");
  return { method, at: toRfc3339(at), reference };
};

const isReference = (text: string): boolean =>
  text.length > 0 && hasAtMost(text, MAX_REFERENCE) && !/\p{Cc}/u.test(text);

/** As it is kept: opened with the bank's guid. */
export const sealConsent = (phones: PhoneCipher, participantGuid: string, consent: Consent): Consent => ({
  ...consent,
  reference: phones.seal(participantGuid, consent.reference),
});
