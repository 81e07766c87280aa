/** What the contestants run on: one PostgreSQL server of our own, with fsync on, in a directory that is removed. */
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { migrate, startEmbedded } from "../../src/database/index.ts";
import { ALL_GRANTS } from "../../src/open-database.ts";
import { type Child, startChild, type Usage } from "../child.ts";
import { type Market, openMarket } from "./market.ts";
import { familyCpuMs } from "./processor.ts";

/** For pgbench, which has a connection per client. */
const MAX_CONNECTIONS = "400";
/** Nobody is to be limited here. */
const UNLIMITED = "1000000";

export type Site = {
  readonly env: Readonly<Record<string, string>>;
  readonly servingUrl: string;
  readonly superuserUrl: string;
  readonly market: Market;
  /** Milliseconds of processor time of all of PostgreSQL so far. */
  readonly postgresMs: () => Promise<number>;
};

export type Contestant = {
  readonly address: URL;
  readonly usage: () => Promise<Usage>;
  readonly stop: () => Promise<void>;
};

export type Stage = {
  readonly version: string;
  /** A database with the schema and the people of the bench. */
  site(name: string): Promise<Site>;
  close(): Promise<void>;
};

const inDatabase = (url: string, database: string): string => {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
};

const query = async (connectionString: string, ...texts: readonly string[]) => {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    let last: pg.QueryResult | undefined;
    for (const text of texts) last = await client.query(text);
    return last?.rows ?? [];
  } finally {
    await client.end();
  }
};

export const openStage = async (): Promise<Stage> => {
  const directory = await mkdtemp(join(tmpdir(), "parley-bench-"));
  // PostgreSQL may run as another user than we do.
  await chmod(directory, 0o711);
  const settings = { max_connections: MAX_CONNECTIONS };
  const embedded = await startEmbedded({ directory: join(directory, "postgres"), settings });
  const { ownerUrl, servingUrl, superuserUrl } = embedded;
  const [row] = await query(
    superuserUrl,
    `select current_setting('server_version') as version, current_setting('fsync') as fsync,
      split_part(pg_read_file('postmaster.pid'), chr(10), 1) as postmaster`,
  );
  if (row?.fsync !== "on") throw new Error("fsync is off: nothing would be measured");

  const postmaster = Number(row.postmaster);

  const site = async (name: string): Promise<Site> => {
    const owner = new URL(ownerUrl).username;
    const serving = new URL(servingUrl).username;
    await query(
      superuserUrl,
      `create database ${name} owner ${owner}`,
      `grant connect on database ${name} to ${serving}`,
    );
    const url = inDatabase(servingUrl, name);
    await migrate({ connectionString: inDatabase(ownerUrl, name), servingRole: serving, grants: ALL_GRANTS });
    const env = {
      DATABASE_URL: url,
      DATA_DIR: join(directory, name),
      HOST: "127.0.0.1",
      PORT: "0",
      RAIL_PORT: "0",
      DEMO: "0",
      LOG_LEVEL: "warn",
      WRITES_PER_10_SECONDS: UNLIMITED,
      READS_PER_10_SECONDS: UNLIMITED,
      ANONYMOUS_READS_PER_10_SECONDS: UNLIMITED,
    };
    return {
      env,
      servingUrl: url,
      superuserUrl: inDatabase(superuserUrl, name),
      market: await openMarket(env),
      postgresMs: () => familyCpuMs(postmaster),
    };
  };

  return {
    version: String(row.version),
    site,
    async close() {
      await embedded.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
};

/** Starts our server or the reference as a process on a site. */
export const startContestant = async (file: URL, site: Site, execArgv: readonly string[] = []): Promise<Contestant> => {
  const options = { env: site.env, execArgv };
  const { greeting, child } = await startChild<{ address: string }, string, Usage>(file, options);
  const { ask, stop }: Child<string, Usage> = child;
  return { address: new URL(greeting.address), usage: () => ask("usage"), stop };
};
