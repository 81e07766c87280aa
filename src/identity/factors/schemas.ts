/** What the routes of second factors take and answer. */
import { Type } from "typebox";
import { Closed, Nullable, Text } from "../../http/index.ts";
import { RECOVERY_CODE_PATTERN, RECOVERY_CODES } from "./recovery-codes.ts";
import { CODE_PATTERN } from "./second-factor.ts";

/** The longest that the pattern takes. */
const MAX_CODE = 17;

export const Code = Text({
  maxLength: MAX_CODE,
  pattern: CODE_PATTERN,
  description: "the six digits that the authenticator shows, or a recovery code; each is taken once",
});

export const RecoveryCode = Text({
  maxLength: MAX_CODE,
  pattern: `^${RECOVERY_CODE_PATTERN}$`,
  description: "one of those that are left, in any letters",
});

export const OneTimeCode = Text({
  maxLength: 6,
  pattern: "^[0-9]{6}$",
  description: "the six digits that the authenticator shows",
});

export const SecondFactor = Closed({
  enabled: Type.Boolean({ description: "whether signing in needs one" }),
  codes_since: Nullable(
    Type.String({ format: "date-time", description: "since when one-time codes are on; null: they are not" }),
  ),
  recovery_codes_left: Type.Integer({ minimum: 0, maximum: RECOVERY_CODES }),
  passkeys: Type.Integer({ minimum: 0, description: "how many passkeys there are: each is both factors" }),
});

export const NewTotp = Closed({
  secret: Type.String({ description: "base32, to be typed into an authenticator; shown once" }),
  uri: Type.String({ description: "the same as `otpauth:`, to be shown as a QR code" }),
});

export const RecoveryCodes = Type.Array(Type.String(), {
  minItems: RECOVERY_CODES,
  maxItems: RECOVERY_CODES,
  description: "each opens the account once in place of a code; shown once, and those before are worth nothing now",
});

export const NewRecoveryCodes = Closed({ recovery_codes: RecoveryCodes });
