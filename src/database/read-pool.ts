/** The pool that queries read from. Every query has a time limit, and none can write. */
import pg from "pg";
import { type Connecting, createPool } from "../engine/index.ts";

export type ReadOptions = Connecting & {
  readonly applicationName: string;
  readonly connections: number;
  /** A query that takes longer is a bug or an attack, and is cancelled. */
  readonly limitMs: number;
};

/** Big integers come as numbers (all ids and balances are below 2^53), times as milliseconds. */
export const TYPE_PARSERS: Readonly<Record<number, (text: string) => unknown>> = {
  [pg.types.builtins.INT8]: Number,
  [pg.types.builtins.TIMESTAMPTZ]: (text) => Date.parse(`${text.slice(0, 10)}T${text.slice(11, -3)}Z`),
};

export const createReadPool = ({ limitMs, ...options }: ReadOptions): pg.Pool => {
  const settings = { statement_timeout: limitMs, timezone: "UTC", default_transaction_read_only: "on", jit: "off" };
  const pool = createPool({ ...options, parsers: TYPE_PARSERS, settings });
  const query = pool.query.bind(pool) as (...args: unknown[]) => Promise<unknown>;
  const told = (error: unknown) => Promise.reject(isOutage(error) ? new DatabaseAway(error) : error);
  pool.query = ((...args: unknown[]) => query(...args).catch(told)) as typeof pool.query;
  return pool;
};

/** The database cannot be reached, is starting or stopping, or takes too long. Carries the word that writes are refused with then. */
export class DatabaseAway extends Error {
  override readonly name = "DatabaseAway";
  readonly code = "OVERLOADED";
  constructor(cause: unknown) {
    super("the database does not answer", { cause });
  }
}

/** Classes 08 (connection) and 57P (shutdown, start), too many connections, and a query over its time limit. */
const OUTAGES = /^(08|57P|57014|53300)/;

export const isOutage = (error: unknown): boolean => {
  if (error instanceof pg.DatabaseError) return OUTAGES.test(error.code ?? "");
  if (!(error instanceof Error)) return false;
  return (
    "syscall" in error ||
    /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/.test(
      error.message,
    )
  );
};
