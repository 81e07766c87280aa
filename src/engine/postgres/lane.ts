/**
 * The one connection that writes. Statements of a round go out together and come back together; a round that hangs is
 * cut, so that a dead network never holds the lane.
 */
import pg from "pg";
import { SECOND } from "../../kernel/index.ts";
import { type Answers, createSendRound } from "./round.ts";
import type { Statement } from "./shapes.ts";

/** A gate held elsewhere for longer makes the batch run one by one. */
export const LOCK_TIMEOUT = "500ms";

/** What the database enforces on the lane; each is shorter than what a caller waits. */
const SESSION = {
  lock_timeout: LOCK_TIMEOUT,
  statement_timeout: "5s",
  /** A node that stops in the middle of a batch holds others up for no longer. */
  idle_in_transaction_session_timeout: "2s",
  // The plans are few and known: index look-ups. Left to itself the planner caches plans made on empty tables, and
  // throughput collapsed to a fifth within seconds when they grew.
  enable_seqscan: "off",
  enable_hashjoin: "off",
  enable_mergejoin: "off",
  plan_cache_mode: "force_generic_plan",
  jit: "off",
  timezone: "UTC",
} as const;

/** Longer than `statement_timeout`: only a lost peer is silent for so long. */
const ROUND_LIMIT_MS = 7 * SECOND;
/** Shorter than what a caller waits: whoever could not be connected is told that nothing was done. */
const CONNECT_LIMIT_MS = 3 * SECOND;
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

export type LaneOptions = {
  readonly connectionString: string;
  /** Off behind a pooler that hands each transaction another connection. */
  readonly namedStatements: boolean;
  readonly applicationName: string;
};

export const connectLane = async ({
  connectionString,
  namedStatements,
  applicationName,
}: LaneOptions): Promise<Lane> => {
  const client = createClient(connectionString, applicationName);
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
  await openSession(client);

  const send = createSendRound(client, namedStatements);

  const round = async (statements: readonly (Statement | string)[]): Promise<Round> => {
    warnings = [];
    const guard = setTimeout(() => abandon(client, ROUND_LIMIT_MS), ROUND_LIMIT_MS);
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

const createClient = (connectionString: string, applicationName: string) =>
  new pg.Client({
    connectionString,
    application_name: applicationName,
    connectionTimeoutMillis: CONNECT_LIMIT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
  });

const openSession = async (client: pg.Client): Promise<void> => {
  const settings = Object.entries(SESSION).map(([name, value]) => `set ${name} = '${value}'`);
  const guard = setTimeout(() => abandon(client, CONNECT_LIMIT_MS), CONNECT_LIMIT_MS);
  try {
    await client.connect();
    await client.query(settings.join("; "));
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
