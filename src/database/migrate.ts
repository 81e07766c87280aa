/**
 * Brings the database to the newest schema and gives the serving role what it may do, and no more: no update of
 * columns that never change, no update or delete of transfers and history.
 */

import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import pg from "pg";
import Postgrator from "postgrator";
import { demandPartition } from "../engine/index.ts";
import { FailedError, MINUTE, SECOND } from "../kernel/index.ts";
import { type Grants, grantStatements } from "./rights.ts";

const MIGRATIONS = fileURLToPath(new URL("../../migrations/*", import.meta.url));
const OLDEST_SERVER = 150_000;
/** Any number, the same on every node: only one migrates at a time. */
const MIGRATION_LOCK = 7_241_500;
/** A change of a table that waits for its lock makes everybody else wait behind it: it gives up soon, and tries again. */
const LOCKS = { timeout: "1s", retryMs: SECOND, limitMs: MINUTE } as const;
const LOCK_NOT_AVAILABLE = "55P03";

export type MigrateOptions = {
  /** Of the owning role. */
  readonly connectionString: string;
  /** The role that serves; null when it is the owner itself. */
  readonly servingRole: string | null;
  readonly grants: readonly Grants[];
  /** How long another one that migrates is waited for. */
  readonly limitMs?: number;
};

/** @returns how many migrations ran */
export const migrate = async ({
  connectionString,
  servingRole,
  grants,
  limitMs = LOCKS.limitMs,
}: MigrateOptions): Promise<number> => {
  const client = new pg.Client({ connectionString, application_name: "parley migrate" });
  await client.connect();
  try {
    await demandVersion(client);
    const done = await runMigrations(client, limitMs);
    if (servingRole !== null) {
      const role = pg.escapeIdentifier(servingRole);
      await alone(client, limitMs, async () => {
        await allowTemporaryTables(client, servingRole);
        await client.query(grants.flatMap((each) => grantStatements(role, each)).join(";\n"));
      });
    }
    for (const table of grants.flatMap(({ partitioned }) => partitioned)) {
      await demandPartition({ connectionString, table });
    }
    return done;
  } finally {
    await client.end();
  }
};

const runnerOf = (client: pg.Client): Postgrator =>
  new Postgrator({
    driver: "pg",
    database: client.database ?? "",
    migrationPattern: MIGRATIONS,
    schemaTable: "public.schema_version",
    execQuery: (query) => client.query(query),
  });

/** Changes nothing. @property present 0: nothing was made yet @throws FailedError where a newer version has made it */
export const readVersions = async (
  client: pg.Client,
): Promise<{ readonly present: number; readonly newest: number }> => {
  const runner = runnerOf(client);
  const present = await runner.getDatabaseVersion();
  const newest = await runner.getMaxVersion();
  if (present > newest)
    throw new FailedError(
      `The database is at version ${present}, made by a newer Parley, and this one knows ${newest}: start the newer one, or ` +
        "restore the backup from before the upgrade.",
    );
  return { present, newest };
};

/**
 * Runs it in one transaction under the lock of those who migrate, which ends with it whatever becomes of the session, also
 * behind a pooler. What does not get its locks has done nothing, and is tried again.
 */
const alone = async <Result>(client: pg.Client, limitMs: number, work: () => Promise<Result>): Promise<Result> => {
  const giveUpAt = Date.now() + limitMs;
  for (;;) {
    let waitsFor = "another node migrates";
    try {
      await client.query(`begin; set local lock_timeout = '${LOCKS.timeout}'`);
      await client.query("select pg_advisory_xact_lock($1)", [MIGRATION_LOCK]);
      waitsFor = "a table is held";
      const result = await work();
      await client.query("commit");
      return result;
    } catch (error) {
      await client.query("rollback");
      if (!(error instanceof pg.DatabaseError && error.code === LOCK_NOT_AVAILABLE)) throw error;
      if (Date.now() > giveUpAt) throw new FailedError(await sentenceOf(client, waitsFor), { cause: error });
      await sleep(LOCKS.retryMs);
    }
  }
};

/** Who is in the way: the sessions that hold the lock, or that are long in a transaction. */
const sentenceOf = async (client: pg.Client, waitsFor: string): Promise<string> => {
  const { rows } = await client.query<{ pid: number; name: string }>(
    `select a.pid, a.application_name as name from pg_stat_activity a where a.pid <> pg_backend_pid() and (
       exists (select from pg_locks l where l.pid = a.pid and l.locktype = 'advisory' and l.objid = $1 and l.granted)
       or a.datname = current_database() and a.xact_start < now() - interval '10 seconds')
     order by a.xact_start limit 5`,
    [MIGRATION_LOCK],
  );
  const sessions = rows.map(({ pid, name }) => `${pid} (${name === "" ? "without a name" : name})`).join(", ");
  return (
    `The database cannot be migrated now: ${waitsFor}, and has not ended in time. Start again when it has, or end it` +
    `${sessions === "" ? "" : ` (select pg_terminate_backend(…)); in the way may be ${sessions}`}.`
  );
};

/** Each file, with the note that it ran, is one transaction. @returns how many ran */
const runMigrations = async (client: pg.Client, limitMs: number): Promise<number> => {
  const runner = runnerOf(client);
  const { present } = await readVersions(client);
  // Makes the table of those that ran, and holds them against the files.
  await alone(client, limitMs, async () => runner.migrate(String(await runner.getDatabaseVersion())));
  const pending = (await runner.getMigrations()).filter(({ version }) => version > present);
  for (const migration of pending.sort((a, b) => a.version - b.version))
    await alone(client, limitMs, async () => {
      // Another node may have come first.
      if ((await runner.getDatabaseVersion()) < migration.version) await runner.runMigrations([migration]);
    });
  return pending.length;
};

/** The audit folds what it reads in one. Everybody may make them unless the database's owner has said otherwise. */
const allowTemporaryTables = async (client: pg.Client, role: string) => {
  const { rows } = await client.query<{ database: string; allowed: boolean }>(
    "select current_database() as database, has_database_privilege($1, current_database(), 'TEMPORARY') as allowed",
    [role],
  );
  const [found] = rows;
  if (found === undefined || found.allowed) return;
  await client.query(
    `grant temporary on database ${pg.escapeIdentifier(found.database)} to ${pg.escapeIdentifier(role)}`,
  );
};

/** @returns it, such as 180001 @throws FailedError where it is too old */
export const demandVersion = async (client: pg.Client): Promise<number> => {
  const { rows } = await client.query<{ server_version_num: string }>("show server_version_num");
  const version = Number(rows[0]?.server_version_num);
  if (version < OLDEST_SERVER) {
    throw new FailedError(`PostgreSQL ${Math.floor(version / 10_000)} is too old; take 15 or newer.`);
  }
  return version;
};
