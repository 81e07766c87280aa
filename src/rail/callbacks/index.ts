/** What banks are notified of, as rows of the transaction that it happened in. */
export { callbackAddress, hasCallback, isCallable } from "./address.ts";
export { CALLBACK_DOCUMENTATION, PayInData, ReturnComponent, ReturnRequestComponent } from "./documentation.ts";
export * from "./outbox.ts";
