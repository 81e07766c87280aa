/**
 * Pools of connections whose sessions have settings. Behind a pooler that hands each transaction another session nothing
 * of a session lasts: there the settings go with each transaction, a query outside of one gets its own, and no statement
 * has a name.
 */
import pg from "pg";
import { SECOND } from "../../kernel/index.ts";

/** By PostgreSQL's names. */
export type SessionSettings = Readonly<Record<string, string | number>>;

/** How a database is connected to. */
export type Connecting = {
  readonly connectionString: string;
  /** Whether a pooler in transaction mode is between us and the database. */
  readonly pooled?: boolean | undefined;
};

export type PoolOptions = Connecting & {
  readonly applicationName: string;
  readonly connections: number;
  readonly settings: SessionSettings;
  /** By the type's number; the driver's own where there is none. */
  readonly parsers?: Readonly<Record<number, (text: string) => unknown>>;
  /** More of what the driver may be told. */
  readonly driver?: pg.PoolConfig;
};

const CONNECT_MS = 5 * SECOND;

/** What a session says of its transactions a transaction says of itself. */
const ofTransaction = (name: string): string => name.replace(/^default_transaction_/, "transaction_");

/** What begins a transaction that has the settings. */
const beginWith = (settings: SessionSettings): string =>
  ["begin", ...Object.entries(settings).map(([name, value]) => `set local ${ofTransaction(name)} = '${value}'`)].join(
    "; ",
  );

export const createPool = (options: PoolOptions): pg.Pool => {
  const { connectionString, pooled = false, applicationName, connections, settings, parsers = {}, driver } = options;
  const startOptions = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`);
  const pool = new pg.Pool({
    connectionString,
    application_name: applicationName,
    max: connections,
    connectionTimeoutMillis: CONNECT_MS,
    types: {
      getTypeParser: (oid: number, format?: "text") => parsers[oid] ?? pg.types.getTypeParser(oid, format),
    } as pg.CustomTypesConfig,
    ...(pooled ? {} : { options: startOptions.join(" ") }),
    ...driver,
  });
  // A connection that breaks while idle is replaced by the pool; the next query shows what is wrong.
  pool.on("error", () => {});
  if (pooled) sendSettings(pool, beginWith(settings));
  return pool;
};

type Query = (first: unknown, ...rest: readonly unknown[]) => Promise<pg.QueryResult>;

const unnamed = (query: unknown): unknown =>
  typeof query === "object" && query !== null && "name" in query ? { ...query, name: undefined } : query;

const sendSettings = (pool: pg.Pool, begin: string): void => {
  pool.on("connect", (client) => {
    const query = client.query.bind(client) as Query;
    client.query = ((first, ...rest) =>
      query(first === "begin" ? begin : unnamed(first), ...rest)) as Query as typeof client.query;
  });
  pool.query = ((...query) => alone(pool, query)) as Query as typeof pool.query;
};

/** One query in a transaction of its own. */
const alone = async (pool: pg.Pool, query: readonly unknown[]): Promise<pg.QueryResult> => {
  const client = await pool.connect();
  let broken = false;
  try {
    await client.query("begin");
    const result = await (client.query as (...query: readonly unknown[]) => Promise<pg.QueryResult>)(...query);
    await client.query("commit");
    return result;
  } catch (error) {
    broken = await client.query("rollback").then(
      () => false,
      () => true,
    );
    throw error;
  } finally {
    client.release(broken);
  }
};
