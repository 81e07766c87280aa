/** Finds the token in a request's body, by its media type. */
import { hasThreeSegments, isJsonObject, parseJson } from "../../jws/index.ts";
import { withoutTrailing } from "../../kernel/index.ts";

const TOKEN_TYPES: readonly string[] = ["application/jwt", "application/jose", "text/plain"];
const JSON_TYPE = "application/json";

/** A media type that a signed body may come as, without its parameters; null for any other. */
export const listedType = (contentType: string): string | null => {
  const type = (contentType.split(";")[0] ?? "").trim().toLowerCase();
  return type === JSON_TYPE || TOKEN_TYPES.includes(type) ? type : null;
};

/** `unsigned`: JSON without a token. `unreadable`: a type that is not listed, or not three segments. */
export type BodyContent = { readonly jws: string } | "unsigned" | "unreadable";

export const contentOf = (contentType: string, bytes: Buffer): BodyContent => {
  const type = listedType(contentType);
  if (type === null) return "unreadable";
  if (type === JSON_TYPE) {
    const jws = jwtMember(bytes);
    if (jws === null) return "unsigned";
    return hasThreeSegments(jws) ? { jws } : "unreadable";
  }
  // Files and shells end with a newline; the signed text has none.
  const jws = withoutTrailing(bytes.toString("latin1"), "\r\n");
  return hasThreeSegments(jws) ? { jws } : "unreadable";
};

const jwtMember = (bytes: Buffer): string | null => {
  try {
    const value = parseJson(bytes.toString("utf8"));
    const jwt = isJsonObject(value) ? value.get("jwt") : undefined;
    return typeof jwt === "string" ? jwt : null;
  } catch {
    return null;
  }
};
