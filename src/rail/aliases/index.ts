/** Phones and the accounts that they are linked to. */
export { type Alias, type Holder, isSame, openAlias } from "./alias.ts";
export { completeMove } from "./complete-move.ts";
export { type Consent, consentBody, readConsent, sealConsent, wrongConsentType } from "./consent.ts";
export { createDueMoves } from "./due.ts";
export { type Linked, linkAlias } from "./link-alias.ts";
export { createSoon, type Soon } from "./soon.ts";
export { unlinkAlias } from "./unlink-alias.ts";
