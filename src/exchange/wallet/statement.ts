/** A wallet's statement as CSV (RFC 4180), safe to open in a table program. */
import type { AnswerOf } from "../../http/index.ts";
import type { TransferSchema } from "./schemas.ts";

const COLUMNS = [
  "created_at",
  "id",
  "kind",
  "direction",
  "amount",
  "balance_after",
  "order_id",
  "external_id",
] as const;

type Movement = AnswerOf<typeof TransferSchema>;

/** What a table program would take for a formula, and run. */
const FORMULA = /^[=+\-@\t\r]/;

/** A text of somebody else's is never a formula: an apostrophe in front says that it is text. */
const cell = (value: string | number | null): string => {
  const text = String(value ?? "");
  const safe = typeof value === "string" && FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

/** Amounts are in balance units, as everywhere. */
export const statementCsv = (movements: readonly Movement[]): string =>
  [COLUMNS.join(","), ...movements.map((movement) => COLUMNS.map((column) => cell(movement[column])).join(","))]
    .map((line) => `${line}\r\n`)
    .join("");
