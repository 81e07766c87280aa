/** Money that goes back: returns, and requests for them. */
export { type AskForReturn, askForReturn } from "./ask-for-return.ts";
export { returnRequestsIn } from "./due.ts";
export { type MakeReturn, makeReturn } from "./make-return.ts";
export { findReturn, findReturnRequest } from "./queries.ts";
export { parseReturnRefusal, RefusedReturnAnswer } from "./refusal.ts";
export { lapseReturnRequest, type RefuseReturn, type ReturnRequestRef, refuseReturn } from "./refuse-return.ts";
export { returnDocument, returnRequestDocument } from "./views.ts";
