/** Proves the books and the orders. */
import { type Audit, type AuditOptions, runAudit } from "../../database/index.ts";
import type { Settings } from "../settings.ts";
import { proofsOf } from "./checks.ts";

/** @param options a connection string of a role that may read, and write the marks of what was proven; or more */
export const audit = (options: string | AuditOptions, settings: Settings): Promise<Audit> =>
  runAudit("exchange", proofsOf(settings), typeof options === "string" ? { connectionString: options } : options);
