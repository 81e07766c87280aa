/** Sends banks what they are told, and takes what they say of it. */
export { createSending, type Sending, type SendingDeps } from "./callback-delivery.ts";
