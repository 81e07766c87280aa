/** The audit of the exchange. */
export { audit } from "./audit.ts";
