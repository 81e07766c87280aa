/** Passkeys: what an authenticator is asked to sign, whether it did, and the keys as rows. What they are good for is for who asks. */
export { forgetChallenges, type Holder, makeChallenge } from "./challenges.ts";
export { type CheckedPasskey, checkNewPasskey, checkPasskey, type PasskeyDeps, usePasskey } from "./check.ts";
export {
  countPasskeys,
  credentialsOf,
  endPasskey,
  endPasskeys,
  insertPasskey,
  type ListedPasskey,
  listPasskeys,
} from "./rows.ts";
export {
  NewPasskeyCredential,
  PASSKEY_FORMS,
  PasskeyCreation,
  PasskeyRequest,
  SignedPasskeyCredential,
} from "./schemas.ts";
export { creationOptions, requestOptions, siteOf, takesPasskeys } from "./webauthn.ts";
