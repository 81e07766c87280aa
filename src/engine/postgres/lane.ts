/**
 * The one connection that writes. Statements of a round go out together and come back together; a round that hangs is
 * cut, so that a dead network never holds the lane.
 */
import pg from "pg";
import { SECOND } from "../../kernel/index.ts";
import type { Timeouts } from "../timeouts.ts";
import type { Connecting } from "./pool.ts";
import { type Answers, createSendRound } from "./round.ts";
import type { Statement } from "./shapes.ts";

/** What the database enforces on the lane. */
const sessionOf = ({ lockMs, statementMs, idleMs }: Timeouts) => ({
  lock_timeout: lockMs,
  statement_timeout: statementMs,
  idle_in_transaction_session_timeout: idleMs,
  // The plans are few and known: index look-ups. Left to itself the planner caches plans made on empty tables, and
  // throughput collapsed to a fifth within seconds when they grew.
  enable_seqscan: "off",
  enable_hashjoin: "off",
  enable_mergejoin: "off",
  plan_cache_mode: "force_generic_plan",
  jit: "off",
  timezone: "UTC",
});

/** A peer that does not close its end is left alone after this. */
const CLOSE_LIMIT_MS = 1 * SECOND;
/** Firewalls forget connections that are silent for minutes. */
const KEEP_ALIVE_MS = 10 * SECOND;

/** @property warnings notices of level WARNING that came during the round */
export type Round = Answers & { readonly warnings: readonly string[] };

export type Lane = {
  /** Rejects with `RoundFailure`, of the first statement that failed or was not answered. */
  round(statements: readonly (Statement | string)[]): Promise<Round>;
  readonly alive: boolean;
  close(): Promise<void>;
};

export type LaneOptions = Connecting & {
  readonly applicationName: string;
  readonly timeouts: Timeouts;
};

export const connectLane = async ({
  connectionString,
  pooled = false,
  applicationName,
  timeouts,
}: LaneOptions): Promise<Lane> => {
  const client = createClient(connectionString, applicationName, timeouts);
  let alive = true;
  let warnings: string[] = [];
  client.on("error", () => {
    alive = false;
  });
  client.on("end", () => {
    alive = false;
  });
  client.on("notice", (notice) => {
    // By code, because the server translates the severity. Plain notices have 00000.
    if (notice.code !== "00000") warnings.push(notice.message ?? "warning");
  });
  await openSession(client, pooled ? null : timeouts, timeouts.connectMs);

  const send = createSendRound(client, !pooled);

  const round = async (statements: readonly (Statement | string)[]): Promise<Round> => {
    warnings = [];
    const guard = setTimeout(() => abandon(client, timeouts.roundMs), timeouts.roundMs);
    const answers = await send(statements).finally(() => clearTimeout(guard));
    return { ...answers, warnings };
  };

  return {
    round,
    get alive() {
      return alive;
    },
    async close() {
      alive = false;
      await endClient(client);
    },
  };
};

const createClient = (connectionString: string, applicationName: string, { connectMs }: Timeouts) =>
  new pg.Client({
    connectionString,
    application_name: applicationName,
    connectionTimeoutMillis: connectMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
  });

/** For the transaction that it begins, where nothing lasts for longer. */
export const settingsOfTransaction = (timeouts: Timeouts): string =>
  `select ${Object.entries(sessionOf(timeouts))
    .map(([name, value]) => `set_config('${name}', '${value}', true)`)
    .join(", ")}`;

const settingsOfSession = (timeouts: Timeouts): string =>
  Object.entries(sessionOf(timeouts))
    .map(([name, value]) => `set ${name} = '${value}'`)
    .join("; ");

/** @param timeouts null: nothing of the session lasts */
const openSession = async (client: pg.Client, timeouts: Timeouts | null, connectMs: number): Promise<void> => {
  const guard = setTimeout(() => abandon(client, connectMs), connectMs);
  try {
    await client.connect();
    if (timeouts !== null) await client.query(settingsOfSession(timeouts));
  } catch (error) {
    await endClient(client);
    throw error;
  } finally {
    clearTimeout(guard);
  }
};

const endClient = async (client: pg.Client): Promise<void> => {
  const guard = setTimeout(() => abandon(client, CLOSE_LIMIT_MS), CLOSE_LIMIT_MS);
  await client.end().catch(() => {});
  clearTimeout(guard);
};

const abandon = (client: pg.Client, limitMs: number) => {
  (client as unknown as { connection: { stream: { destroy(error: Error): void } } }).connection.stream.destroy(
    new Error(`no answer from the database within ${limitMs} ms`),
  );
};
