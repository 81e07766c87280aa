/** The audit of the rail. */
export { auditRail } from "./audit.ts";
