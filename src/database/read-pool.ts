/** The pool that queries read from. Every query has a time limit, and none can write. */
import pg from "pg";
import { SECOND } from "../kernel/index.ts";

export type ReadOptions = {
  readonly connectionString: string;
  readonly applicationName: string;
  readonly connections: number;
  /** A query that takes longer is a bug or an attack, and is cancelled. */
  readonly limitMs: number;
};

/** Big integers come as numbers (all ids and balances are below 2^53), times as milliseconds. */
const PARSERS: Readonly<Record<number, (text: string) => unknown>> = {
  [pg.types.builtins.INT8]: Number,
  [pg.types.builtins.TIMESTAMPTZ]: (text) => Date.parse(`${text.slice(0, 10)}T${text.slice(11, -3)}Z`),
};

export const createReadPool = ({ connectionString, applicationName, connections, limitMs }: ReadOptions): pg.Pool => {
  const pool = new pg.Pool({
    connectionString,
    application_name: applicationName,
    max: connections,
    connectionTimeoutMillis: 5 * SECOND,
    statement_timeout: limitMs,
    options: "-c timezone=UTC -c default_transaction_read_only=on -c jit=off",
    types: {
      getTypeParser: (oid: number, format?: "text") => PARSERS[oid] ?? pg.types.getTypeParser(oid, format),
    } as pg.CustomTypesConfig,
  });
  // A connection that breaks while idle is replaced by the pool; the next query shows what is wrong.
  pool.on("error", () => {});
  return pool;
};
