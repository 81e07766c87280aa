/** Phones and the accounts that they are linked to. */
export { type Alias, type Holder, isSameHolder, openAlias } from "./alias.ts";
export { completeMove } from "./complete-move.ts";
export {
  type Consent,
  consentBody,
  faultOfConsent,
  findWrongConsentType,
  parseConsent,
  sealConsent,
} from "./consent.ts";
export { type DecideMove, decideMove } from "./decide-move.ts";
export { movesIn } from "./due.ts";
export { hearNotice } from "./hear-notice.ts";
export { type Linked, linkAlias } from "./link-alias.ts";
export { type ObjectToMove, objectToMove } from "./object-to-move.ts";
export { type LeavePlace, leavePlace, placeNeeds, takePlace } from "./places.ts";
export { unlinkAlias } from "./unlink-alias.ts";
