/** Proves the rail's orders, payments and aliases. */
import { type Audit, type AuditOptions, atOnce, inSlices, type Proof, runAudit } from "../../database/index.ts";
import { SLICES, STATEMENTS } from "./checks.ts";

export const PROOFS: readonly Proof[] = [...SLICES.map(inSlices), atOnce(STATEMENTS)];

/** @param options a connection string of a role that may read, and write the marks of what was proven; or more */
export const auditRail = (options: string | AuditOptions): Promise<Audit> =>
  runAudit("rail", PROOFS, typeof options === "string" ? { connectionString: options } : options);
