/**
 * One PostgreSQL for the whole run and one database per test file, copied from a template that was migrated once.
 * A file that is run alone starts a server of its own. TEST_DATABASE_URL, a superuser's, takes another server.
 */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { migrate, startEmbedded } from "../../src/database/index.ts";
import { ALL_GRANTS } from "../../src/open-database.ts";

const OWNER = "parley_test_owner";
const SERVING = "parley_test";
const PASSWORD = "test";
const TEMPLATE = "parley_test_template";

/** Files in memory, where a machine has room for them: a database is a thousand files, and there is one for each test file. */
const MEMORY = "/dev/shm";
const ROOM_BYTES = 3 * 1_024 ** 3;
/** Nobody needs what a test database held after the machine's end; whoever is about crashes has a server of its own. */
const SETTINGS = { max_connections: "300", fsync: "off", max_wal_size: "512MB", min_wal_size: "64MB" };

export type Cluster = { readonly superuserUrl: string; readonly logFile: string | null; stop(): Promise<void> };

export const query = async (url: string, ...statements: readonly string[]): Promise<pg.QueryResult[]> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const results: pg.QueryResult[] = [];
    for (const statement of statements) results.push(await client.query(statement));
    return results;
  } finally {
    await client.end();
  }
};

const as = (url: string, role: string, database: string): string => {
  const changed = new URL(url);
  changed.username = role;
  changed.password = PASSWORD;
  changed.pathname = `/${database}`;
  return changed.href;
};

const PREFIX = "parley-test-";

/** Where the server's files go. What killed runs have left in memory is cleared away first. */
const roomFor = async (): Promise<string> => {
  const memory = await statfs(MEMORY).catch(() => null);
  if (memory === null || memory.bavail * memory.bsize < ROOM_BYTES) return tmpdir();
  for (const name of await readdir(MEMORY)) {
    const [, pid] = /^parley-test-(\d+)-/.exec(name) ?? [];
    if (pid !== undefined && !isAlive(Number(pid))) await rm(join(MEMORY, name), { recursive: true, force: true });
  }
  return MEMORY;
};

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return Reflect.get(error as object, "code") !== "ESRCH";
  }
};

/** Starts a server and prepares the template. */
export const startCluster = async (): Promise<Cluster> => {
  const given = process.env.TEST_DATABASE_URL;
  if (given !== undefined) {
    await prepare(given);
    return { superuserUrl: given, logFile: null, stop: async () => {} };
  }
  const directory = await mkdtemp(join(await roomFor(), `${PREFIX}${process.pid}-`));
  const embedded = await startEmbedded({ directory: join(directory, "postgres"), settings: SETTINGS });
  await prepare(embedded.superuserUrl);
  return {
    superuserUrl: embedded.superuserUrl,
    logFile: join(directory, "postgres", "postgres.log"),
    async stop() {
      await embedded.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
};

/** Whatever tests the work starts share one server, which ends with it. */
export const withCluster = async <Result>(work: () => Promise<Result>): Promise<Result> => {
  const { superuserUrl, logFile, stop } = await startCluster();
  process.env.PARLEY_TEST_CLUSTER = JSON.stringify({ superuserUrl, logFile });
  try {
    return await work();
  } finally {
    await stop();
  }
};

const prepare = async (superuserUrl: string) => {
  const role = (name: string) =>
    `do $$ begin if not exists (select from pg_roles where rolname = '${name}') then
       create role ${name} login password '${PASSWORD}'; end if; end $$`;
  await query(
    superuserUrl,
    role(OWNER),
    role(SERVING),
    `drop database if exists ${TEMPLATE} with (force)`,
    `create database ${TEMPLATE} owner ${OWNER}`,
  );
  await migrate({ connectionString: as(superuserUrl, OWNER, TEMPLATE), servingRole: SERVING, grants: ALL_GRANTS });
};

let alone: Promise<Cluster> | undefined;
let users = 0;

/** The run's server, or one for this file alone, which the last of its databases stops. */
const cluster = async (): Promise<Cluster> => {
  const shared = process.env.PARLEY_TEST_CLUSTER;
  if (shared !== undefined) return { ...(JSON.parse(shared) as Omit<Cluster, "stop">), stop: async () => {} };
  alone ??= startCluster();
  users++;
  const { stop, ...started } = await alone;
  return {
    ...started,
    async stop() {
      users--;
      if (users > 0) return;
      alone = undefined;
      await stop();
    },
  };
};

export type TestDatabase = {
  readonly name: string;
  /** The rows of a statement, run as a superuser on a session of its own kept for that. */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads columns that it knows
  sql(statement: string): Promise<any[]>;
  readonly servingUrl: string;
  readonly ownerUrl: string;
  readonly superuserUrl: string;
  readonly logFile: string | null;
  drop(): Promise<void>;
};

export const createTestDatabase = async (): Promise<TestDatabase> => {
  const { superuserUrl, logFile, stop } = await cluster();
  const name = `parley_test_${randomBytes(6).toString("hex")}`;
  await query(superuserUrl, `create database ${name} template ${TEMPLATE} owner ${OWNER}`);
  const ownSuperuser = new URL(superuserUrl);
  ownSuperuser.pathname = `/${name}`;
  const sessions = new pg.Pool({ connectionString: ownSuperuser.href, allowExitOnIdle: true });
  // Of one that lies idle when a test ends all sessions: the next statement gets another.
  sessions.on("error", () => {});
  return {
    name,
    sql: async (statement) => (await sessions.query(statement)).rows ?? [],
    servingUrl: as(superuserUrl, SERVING, name),
    ownerUrl: as(superuserUrl, OWNER, name),
    superuserUrl: ownSuperuser.href,
    logFile,
    async drop() {
      await sessions.end();
      await query(superuserUrl, `drop database if exists ${name} with (force)`);
      await stop();
    },
  };
};

/** Fails when PostgreSQL met one in this database. */
export const assertNoDeadlock = async ({ logFile, superuserUrl, name }: TestDatabase) => {
  const [result] = await query(superuserUrl, `select deadlocks from pg_stat_database where datname = '${name}'`);
  assert.equal(Number(result?.rows[0]?.deadlocks), 0, "PostgreSQL met a deadlock");
  if (logFile === null) return;
  const lines = (await readFile(logFile, "utf8")).split("\n");
  assert.deepEqual(
    lines.filter((line) => line.includes("deadlock detected") && line.includes(name)),
    [],
  );
};
