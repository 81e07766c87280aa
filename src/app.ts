/** The one place where everything is put together. A process may hold several apps; tests do. */
import { join } from "node:path";
import pg from "pg";
import pino from "pino";
import { Registry } from "prom-client";
import type { Config } from "./config.ts";
import { createReadPool, migrate, startEmbedded } from "./database/index.ts";
import { DOCUMENTATION } from "./documentation.ts";
import { openFeed, startClock } from "./engine/index.ts";
import { createExchange, ERRORS, type Exchange, GRANTS, PREPARE, type Settings } from "./exchange/index.ts";
import { openFileStore } from "./files/index.ts";
import { createServer, createTokens, type Server } from "./http/index.ts";
import { SECOND } from "./kernel/index.ts";
import { type Issuer, openIssuer, openSealing } from "./keys/index.ts";
import { createEngineObserver } from "./metrics.ts";
import { settingsOf } from "./settings.ts";

/** Strangers read the market: whatever takes longer is an attack or a missing index. */
const MARKET_LIMIT_MS = 250;
const READ_LIMIT_MS = 2 * SECOND;
const CONNECTIONS = { pages: 6, market: 4, chores: 4, feed: 3 } as const;

export type App = {
  readonly server: Server;
  readonly exchange: Exchange;
  readonly issuer: Issuer;
  readonly metrics: Registry;
  /** Of the exchange's listener, once it listens. */
  readonly address: string;
  /** Answers what was taken, then lets go of everything. */
  stop(): Promise<void>;
};

export type AppOptions = {
  /** Of the serving role. */
  readonly databaseUrl: string;
  readonly settings?: Partial<Settings>;
  /** Tests hold every answer against its schema. */
  readonly validateResponses?: boolean;
};

/** Serves on a database that has been migrated. */
export const startApp = async (config: Config, options: AppOptions): Promise<App> => {
  const { databaseUrl, validateResponses = false } = options;
  const logger = pino({ level: config.logLevel });
  const onFailure = (what: string, error: unknown) => logger.error({ err: error }, `failed: ${what}`);
  const metrics = new Registry();
  const issuer = await openIssuer(config.dataDir);
  const read = (name: string, connections: number, limitMs: number) =>
    createReadPool({ connectionString: databaseUrl, applicationName: `parley ${name}`, connections, limitMs });
  const pool = read("pages", CONNECTIONS.pages, READ_LIMIT_MS);
  const marketPool = read("market", CONNECTIONS.market, MARKET_LIMIT_MS);
  const feedPool = read("feed", CONNECTIONS.feed, READ_LIMIT_MS);
  const chores = new pg.Pool({
    connectionString: databaseUrl,
    application_name: "parley chores",
    max: CONNECTIONS.chores,
    statement_timeout: 5 * SECOND,
    types: {
      getTypeParser: (oid: number, format?: "text") =>
        oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format),
    } as pg.CustomTypesConfig,
  });
  chores.on("error", () => {});

  const feed = await openFeed({
    connectionString: databaseUrl,
    schema: "exchange",
    pool: feedPool,
    onFailure: (error) => onFailure("following the feed", error),
  });
  const exchange = createExchange({
    connectionString: databaseUrl,
    namedStatements: config.preparedStatements === "named",
    settings: { ...settingsOf(config), ...options.settings },
    sealing: await openSealing(config.dataDir),
    issuer,
    feed,
    files: await openFileStore(join(config.dataDir, "attachments")),
    limits: { writesPer10Seconds: config.writesPer10Seconds },
    pool,
    marketPool,
    chores,
    observer: createEngineObserver(metrics, "exchange"),
    onFailure,
  });
  const server = await createServer({
    name: "exchange",
    errors: ERRORS,
    tokens: createTokens({ own: issuer, host: config.auth }),
    publicJwks: issuer.publicJwks,
    logger,
    metrics,
    ready: () =>
      pool.query("select 1").then(
        () => true,
        () => false,
      ),
    documentation: DOCUMENTATION,
    writesPer10Seconds: config.writesPer10Seconds,
    onCaller: exchange.welcome,
    https: config.publicUrl?.startsWith("https:") ?? false,
    validateResponses,
  });
  exchange.routes(server);
  await server.listen({ host: config.host, port: config.port });
  const clock = startClock(exchange.chores, onFailure);

  return {
    server,
    exchange,
    issuer,
    metrics,
    address: config.publicUrl ?? addressOf(server, config.host),
    async stop() {
      await server.close();
      await clock.stop();
      await exchange.close();
      await feed.close();
      await Promise.all([pool.end(), marketPool.end(), chores.end(), feedPool.end()]);
    },
  };
};

const addressOf = (server: Server, host: string): string => {
  const address = server.server.address();
  if (address === null || typeof address === "string") throw new Error("the server does not listen");
  return `http://${host.includes(":") ? `[${host}]` : host}:${address.port}`;
};

export type Database = { readonly servingUrl: string; readonly kind: "embedded" | "external"; stop(): Promise<void> };

/** Starts the embedded database, or takes the one that is configured; brings it to the newest schema. */
export const openDatabase = async (config: Config, log: (line: string) => void): Promise<Database> => {
  if (config.database.kind === "external") {
    const { url, migrateUrl } = config.database;
    await migrate({
      connectionString: migrateUrl,
      servingRole: roleOf(url, migrateUrl),
      grants: GRANTS,
      prepare: PREPARE,
    });
    return { servingUrl: url, kind: "external", stop: async () => {} };
  }
  const embedded = await startEmbedded({ directory: `${config.dataDir}/postgres`, log });
  await migrate({
    connectionString: embedded.ownerUrl,
    servingRole: roleOf(embedded.servingUrl, embedded.ownerUrl),
    grants: GRANTS,
    prepare: PREPARE,
  });
  return { servingUrl: embedded.servingUrl, kind: "embedded", stop: () => embedded.stop() };
};

/** Null when the owner serves itself; then nothing but the code keeps history unchanged. */
const roleOf = (servingUrl: string, ownerUrl: string): string | null => {
  const role = decodeURIComponent(new URL(servingUrl).username);
  return role === "" || role === decodeURIComponent(new URL(ownerUrl).username) ? null : role;
};
