/**
 * Transactions of those few parts that write by hand: a pool for them, and one way through begin and commit. What went wrong
 * is said in the engine's words, so that callers are answered as everywhere.
 */
import pg from "pg";
import { type Connecting, createPool } from "../engine/index.ts";
import { isRefusal, SECOND } from "../kernel/index.ts";
import { DatabaseAway, isOutage, TYPE_PARSERS } from "./read-pool.ts";

export type WriteOptions = Connecting & {
  readonly applicationName: string;
  readonly connections: number;
};

const SETTINGS = {
  statement_timeout: 5 * SECOND,
  lock_timeout: 2 * SECOND,
  idle_in_transaction_session_timeout: 5 * SECOND,
  timezone: "UTC",
} as const;

export const createWritePool = (options: WriteOptions): pg.Pool =>
  createPool({ ...options, parsers: TYPE_PARSERS, settings: SETTINGS });

/** A row is held elsewhere, or the commit's fate is not known. */
class Unsettled extends Error {
  override readonly name = "Unsettled";
  readonly code: "BUSY" | "OUTCOME_UNKNOWN";
  constructor(code: "BUSY" | "OUTCOME_UNKNOWN", cause: unknown) {
    super(code === "BUSY" ? "a row is held elsewhere" : "the fate of the commit is not known", { cause });
    this.code = code;
  }
}

const LOCK_NOT_AVAILABLE = "55P03";

const told = (error: unknown): unknown => {
  if (error instanceof pg.DatabaseError && error.code === LOCK_NOT_AVAILABLE) return new Unsettled("BUSY", error);
  return isOutage(error) ? new DatabaseAway(error) : error;
};

/**
 * Runs it in one transaction, which a refusal takes back: it has changed nothing.
 * @throws what the error handler answers with OVERLOADED, BUSY or OUTCOME_UNKNOWN
 */
export const transact = async <Result>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<Result>,
): Promise<Result> => {
  const client = await pool.connect().catch((error: unknown) => Promise.reject(told(error)));
  let broken = false;
  /** Whatever fails from here on may have been done. */
  let committing = false;
  try {
    await client.query("begin");
    const result = await work(client);
    if (isRefusal(result)) {
      await client.query("rollback");
      return result;
    }
    committing = true;
    const { command } = await client.query("commit");
    if (command !== "COMMIT") throw new Error(`the commit was answered with ${command}`);
    return result;
  } catch (error) {
    broken = committing || !(await isRolledBack(client));
    throw committing ? new Unsettled("OUTCOME_UNKNOWN", error) : told(error);
  } finally {
    client.release(broken);
  }
};

const isRolledBack = (client: pg.PoolClient): Promise<boolean> =>
  client.query("rollback").then(
    () => true,
    () => false,
  );
