/**
 * The one connection that writes. Statements of a round go out together and come back together; a round that hangs is
 * cut, so that a dead network never holds the lane.
 */
import pg from "pg";
import { SECOND } from "../kernel/index.ts";
import type { Statement } from "./postgres-statements.ts";

/** What the database enforces on the lane; each is shorter than what a caller waits. */
const SESSION = {
  /** A gate held elsewhere for longer makes the batch run one by one. */
  lock_timeout: "500ms",
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
const CONNECT_LIMIT_MS = 5 * SECOND;

export type Rows = readonly (readonly (string | null)[])[];

/** @property warnings notices of level WARNING that came during the round */
export type Round = {
  readonly results: readonly Rows[];
  readonly tags: readonly string[];
  readonly warnings: readonly string[];
};

export type Lane = {
  /** Rejects with the first statement's error, after all of them were answered, or when the connection is lost. */
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
  const client = new pg.Client({
    connectionString,
    application_name: applicationName,
    pipeline: true,
    connectionTimeoutMillis: CONNECT_LIMIT_MS,
    // Values stay texts: the declarations know better than the driver what they are.
    types: { getTypeParser: () => (value: string) => value },
  } as pg.ClientConfig);
  let alive = true;
  let warnings: string[] = [];
  client.on("error", () => {
    alive = false;
  });
  client.on("end", () => {
    alive = false;
  });
  client.on("notice", (notice) => {
    if (notice.severity === "WARNING") warnings.push(notice.message ?? "warning");
  });
  await client.connect();
  await client.query(
    Object.entries(SESSION)
      .map(([name, value]) => `set ${name} = '${value}'`)
      .join("; "),
  );

  const send = (statement: Statement | string): Promise<pg.QueryArrayResult<(string | null)[]>> =>
    typeof statement === "string"
      ? (client.query({ text: statement, rowMode: "array" }) as Promise<pg.QueryArrayResult<(string | null)[]>>)
      : client.query({
          ...(namedStatements ? { name: statement.name } : {}),
          text: statement.text,
          values: statement.values,
          rowMode: "array",
        });

  /** One write to the socket for the whole round. */
  const sendTogether = (statements: readonly (Statement | string)[]) => {
    const { stream } = (
      client as unknown as { connection: { stream: NodeJS.WritableStream & { cork(): void; uncork(): void } } }
    ).connection;
    stream.cork();
    try {
      return statements.map(send);
    } finally {
      stream.uncork();
    }
  };

  const round = async (statements: readonly (Statement | string)[]): Promise<Round> => {
    warnings = [];
    const guard = setTimeout(() => abandon(client), ROUND_LIMIT_MS);
    const settled = await Promise.allSettled(sendTogether(statements)).finally(() => clearTimeout(guard));
    const failed = settled.find((result) => result.status === "rejected");
    if (failed !== undefined) throw failed.reason;
    const results = settled.filter((result) => result.status === "fulfilled").map(({ value }) => value);
    return { results: results.map(({ rows }) => rows), tags: results.map(({ command }) => command), warnings };
  };

  return {
    round,
    get alive() {
      return alive;
    },
    async close() {
      alive = false;
      await client.end().catch(() => {});
    },
  };
};

const abandon = (client: pg.Client) => {
  (client as unknown as { connection: { stream: { destroy(error: Error): void } } }).connection.stream.destroy(
    new Error(`no answer from the database within ${ROUND_LIMIT_MS} ms`),
  );
};
