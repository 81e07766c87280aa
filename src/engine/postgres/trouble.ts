/** What an error of the lane means for the batch, and what it takes for the lane to go on. */
import pg from "pg";
import { StoreFailure } from "../failures.ts";
import type { Lane, Round } from "./lane.ts";
import { RoundFailure } from "./round.ts";

/** Lock not available, cancelled by a timeout, deadlock, idle in transaction: nothing was done, try again later. */
const CONTENTION = new Set(["55P03", "57014", "40P01", "40001"]);
/** A row of the same key: no lock can guard a row that is not there yet. */
const CONFLICT = "23505";
/** The session or the server is going away, was demoted to a standby, or has forgotten our prepared statements. */
const DISCONNECTION = new Set(["57P01", "57P02", "57P03", "25P03", "25006", "26000", "08000", "08003", "08006"]);
/** Says itself that no commit came before it. */
const IDLE_IN_TRANSACTION = "25P03";

/** While nothing can have been done: rolls back and says what it was. */
export const giveUp = async (lane: Lane, error: unknown): Promise<unknown> => {
  const failure = failureOf(lane, error);
  if (isDisconnected(failure)) await lane.close();
  else await lane.round(["rollback"]).catch(() => lane.close());
  return failure;
};

/**
 * After the commit was sent. An error that the server answered to a statement before it, or to the commit itself while
 * the session lived on, aborted the transaction, so that nothing was done; anything else leaves it open.
 */
export const giveUpCommit = async (lane: Lane, error: unknown): Promise<unknown> => {
  const code = codeOf(error);
  const before = error instanceof RoundFailure && !error.last;
  if (code !== undefined && (before || code === IDLE_IN_TRANSACTION)) return giveUp(lane, error);
  // Whatever ends a session may come after its commit; an error that the session survives is the commit's own.
  if (code !== undefined && (await survives(lane))) return failureOf(lane, error);
  await lane.close();
  return error instanceof StoreFailure ? error : new StoreFailure("unknown", error);
};

/** A commit is one only when it says so, without a warning (such as a standby that was not waited for). */
export const demandCommit = ({ tags, warnings }: Round) => {
  const tag = tags.at(-1);
  if (tag !== "COMMIT" || warnings.length > 0) {
    throw new StoreFailure("unknown", new Error(`commit answered ${tag} ${warnings.join("; ")}`));
  }
};

export const isDisconnected = (failure: unknown): boolean =>
  failure instanceof StoreFailure && failure.kind === "disconnected";

const survives = (lane: Lane): Promise<boolean> =>
  lane.round(["rollback"]).then(
    () => true,
    () => false,
  );

/** The server's own code of an error; undefined when it did not come from the server. */
const codeOf = (error: unknown): string | undefined => {
  const cause = error instanceof RoundFailure ? error.cause : error;
  return cause instanceof pg.DatabaseError ? cause.code : undefined;
};

const failureOf = (lane: Lane, error: unknown): unknown => {
  const cause = error instanceof RoundFailure ? error.cause : error;
  const code = codeOf(error) ?? "";
  if (CONTENTION.has(code)) return new StoreFailure("contention", cause);
  if (code === CONFLICT) return new StoreFailure("conflict", cause);
  if (DISCONNECTION.has(code) || !lane.alive) return new StoreFailure("disconnected", cause);
  return cause;
};
