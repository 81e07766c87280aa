/** Proves the books and the orders. */
import { type Audit, runChecks } from "../../database/index.ts";
import type { Settings } from "../settings.ts";
import { checksOf } from "./checks.ts";

/** @param connectionString of a role that may read; the audit writes nothing */
export const audit = (connectionString: string, settings: Settings): Promise<Audit> =>
  runChecks(connectionString, checksOf(settings));
