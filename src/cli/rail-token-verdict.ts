/** Where a token belongs, told by what is in it, and what the rail would answer to what is wrong with it. */
import { hasThreeSegments, parseToken } from "../jws/index.ts";

/** `header`: sent in CX-Authorization; `body`: sent as the body. */
export type Place = "header" | "body";

/** @property because what in the token tells */
export type Assumed = { readonly place: Place; readonly because: string };

/** What a token says of itself. Whatever is beside them is what a body asks for. */
const CLAIMS: readonly string[] = ["jti", "iat", "iss", "aud", "exp", "nbf", "sub"];

/** Null: it cannot be read, so that it may be either. */
export const assumePlace = (text: string): Assumed | null => {
  const token = parseToken(text);
  if ("fault" in token) return null;
  if (token.payload.has("bh")) return { place: "header", because: "it has bh" };
  const asked = [...token.payload.keys()].find((name) => !CLAIMS.includes(name));
  return asked === undefined
    ? { place: "header", because: "it has nothing but claims" }
    : { place: "body", because: `it has ${JSON.stringify(asked)}` };
};

const UNAUTHORISED = "401 AUTHORIZATION_FAILED";
const INVALID = "400 INVALID_REQUEST";

/** The statuses that a body is answered with for what is wrong with it alone, in words. */
const answerToBody = (text: string, wrong: readonly string[]): string => {
  if (!hasThreeSegments(text)) return INVALID;
  const only = (what: string) => wrong.every((each) => each === what);
  // Signed, and nothing that can be read: only a header says whose it is.
  if (only("payload")) return `${INVALID} beside a good header token, else ${UNAUTHORISED}`;
  return only("jti") ? `${INVALID}, as its signature is in order` : UNAUTHORISED;
};

/** Null: nothing is wrong. @param place null: not known @param wrong the steps that failed */
export const answerTo = (text: string, place: Place | null, wrong: readonly string[]): string | null => {
  if (wrong.length === 0) return null;
  const toBody = answerToBody(text, wrong);
  if (place === "header" || toBody === UNAUTHORISED) return UNAUTHORISED;
  return place === "body" ? toBody : `${UNAUTHORISED} to a header token; to a body ${toBody}`;
};
