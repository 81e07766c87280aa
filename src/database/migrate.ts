/**
 * Brings the database to the newest schema and gives the serving role what it may do, and no more: no update of
 * columns that never change, no update or delete of transfers and history.
 */

import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import pg from "pg";
import Postgrator from "postgrator";
import { type AnyJournal, type AnyTable, columnName, demandPartition } from "../engine/index.ts";
import { FailedError, MINUTE, SECOND } from "../kernel/index.ts";

const MIGRATIONS = fileURLToPath(new URL("../../migrations/*", import.meta.url));
const OLDEST_SERVER = 150_000;
/** Any number, the same on every node: only one migrates at a time. */
const MIGRATION_LOCK = 7_241_500;
/** A change of a table that waits for its lock makes everybody else wait behind it: it gives up soon, and tries again. */
const LOCKS = { timeout: "1s", retryMs: SECOND, limitMs: MINUTE } as const;
const LOCK_NOT_AVAILABLE = "55P03";

export type Grants = {
  readonly schemas: readonly string[];
  readonly tables: readonly AnyTable[];
  readonly journals: readonly AnyJournal[];
  /** Tables that must have a partition for today before anybody serves. */
  readonly partitioned: readonly string[];
  /** Statements' rights outside the engine's tables, such as `select, delete on exchange.order_deadlines`. */
  readonly further: readonly string[];
};

export type MigrateOptions = {
  /** Of the owning role. */
  readonly connectionString: string;
  /** The role that serves; null when it is the owner itself. */
  readonly servingRole: string | null;
  readonly grants: readonly Grants[];
};

/** @returns how many migrations ran */
export const migrate = async ({ connectionString, servingRole, grants }: MigrateOptions): Promise<number> => {
  const client = new pg.Client({ connectionString, application_name: "parley migrate" });
  await client.connect();
  try {
    await demandVersion(client);
    await client.query("select pg_advisory_lock($1)", [MIGRATION_LOCK]);
    await client.query(`set lock_timeout = '${LOCKS.timeout}'`);
    const done = await runMigrations(client);
    if (servingRole !== null) {
      const role = pg.escapeIdentifier(servingRole);
      await allowTemporaryTables(client, servingRole);
      await client.query(grants.flatMap((each) => grantStatements(role, each)).join(";\n"));
    }
    for (const table of grants.flatMap(({ partitioned }) => partitioned)) {
      await demandPartition({ connectionString, table });
    }
    return done;
  } finally {
    await client.end();
  }
};

/** @returns how many ran */
const runMigrations = async (client: pg.Client): Promise<number> => {
  const runner = new Postgrator({
    driver: "pg",
    database: client.database ?? "",
    migrationPattern: MIGRATIONS,
    schemaTable: "public.schema_version",
    execQuery: (query) => client.query(query),
  });
  const giveUpAt = Date.now() + LOCKS.limitMs;
  const before = await runner.getDatabaseVersion();
  const newest = await runner.getMaxVersion();
  if (before > newest)
    throw new FailedError(
      `The database is at version ${before}, made by a newer Parley, and this one knows ${newest}: start the newer one, or ` +
        "restore the backup from before the upgrade.",
    );
  for (;;) {
    try {
      await runner.migrate();
      return (await runner.getDatabaseVersion()) - before;
    } catch (error) {
      // A file is one transaction: one that did not get its lock has done nothing.
      if (!(error instanceof pg.DatabaseError && error.code === LOCK_NOT_AVAILABLE) || Date.now() > giveUpAt)
        throw error;
      await sleep(LOCKS.retryMs);
    }
  }
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

const demandVersion = async (client: pg.Client) => {
  const { rows } = await client.query<{ server_version_num: string }>("show server_version_num");
  const version = Number(rows[0]?.server_version_num);
  if (version < OLDEST_SERVER) {
    throw new FailedError(`PostgreSQL ${Math.floor(version / 10_000)} is too old; take 15 or newer.`);
  }
};

const grantStatements = (role: string, { schemas, tables, journals, further }: Grants): readonly string[] => [
  ...schemas.flatMap((schema) => [
    `grant usage on schema ${schema} to ${role}`,
    `grant usage on all sequences in schema ${schema} to ${role}`,
    // A function is everybody's unless somebody says otherwise.
    `revoke execute on all functions in schema ${schema} from public`,
    `grant execute on all functions in schema ${schema} to ${role}`,
    `revoke all on all tables in schema ${schema} from ${role}`,
  ]),
  ...tables.flatMap((table) => [
    `grant select, insert on ${table.name} to ${role}`,
    `grant update (${changingColumns(table).join(", ")}) on ${table.name} to ${role}`,
  ]),
  ...journals.map(({ name }) => `grant select, insert on ${name} to ${role}`),
  ...further.map((right) => `grant ${right} to ${role}`),
];

const changingColumns = ({ columns, fixed }: AnyTable): readonly string[] => [
  ...Object.keys(columns)
    .filter((property) => !fixed.includes(property))
    .map(columnName),
  "row_version",
];
