/** Proves what must be true of the rows while everything goes on: in slices, none of which holds a snapshot for long. */

export { atOnce, type Check, inSlices, proveSlices, type Slices, type Statement, type Within } from "./proofs.ts";
export { type Audit, type AuditOptions, type Finding, runAudit } from "./run.ts";
export { type Fault, openSession, type Proof, prove, type Session } from "./session.ts";
