/** The one place where everything is put together. A process may hold several apps; tests do. */
import { join } from "node:path";
import { LRUCache } from "lru-cache";
import pg from "pg";
import { Registry } from "prom-client";
import { type Config, isLoopbackHost } from "./config.ts";
import { createReadPool } from "./database/index.ts";
import { DOCUMENTATION, RAIL_DOCUMENTATION } from "./documentation/index.ts";
import {
  type Connecting,
  createPool,
  type Feed,
  type MaintenanceTask,
  openFeed,
  type Patience,
  startClock,
} from "./engine/index.ts";
import { createExchange, ERRORS, type Exchange, type Settings, shownName } from "./exchange/index.ts";
import { openFileStore } from "./files/index.ts";
import {
  type AccessLog,
  type Bounds,
  createServer,
  createTokens,
  type MetricsServer,
  readStaticFiles,
  type Server,
  serveMetrics,
} from "./http/index.ts";
import { createAccounts, createIdentity, type DemoPerson, IDENTITY_ERRORS, type Identity } from "./identity/index.ts";
import { instant, MINUTE, SECOND, toRfc3339, traderId } from "./kernel/index.ts";
import { type Issuer, type KeyedHash, openIssuer, openKeyedHash, openSealing } from "./keys/index.ts";
import { createLog } from "./log.ts";
import { createEngineObservers } from "./metrics.ts";
import {
  createRail,
  OPERATOR_ERRORS,
  RAIL_ERROR_FORMAT,
  RAIL_ERRORS,
  type Rail,
  type RailSettings,
} from "./rail/index.ts";
import { railSettingsOf, settingsOf } from "./settings.ts";
import { createSettlement } from "./settlement/index.ts";
import { userAgentOf } from "./version.ts";

const READS = {
  /** Strangers read the market: whatever takes longer is an attack or a missing index. */
  marketReadMs: 250,
  readMs: 2 * SECOND,
} as const;
/** Of all headers together: a token there may be as long as one in a body. */
const RAIL_HEADER_BYTES = 40 * 1_024;
/** For a whole request to arrive: banks are servers, and send no files. */
const RAIL_REQUEST_MS = 20 * SECOND;
/** Of what a listener takes on, the rail's part: banks are few, and the exchange is in the same process. */
const RAIL_SHARE = 1 / 4;
const CONNECTIONS = { pages: 6, market: 4, chores: 4, feed: 3 } as const;

export type App = {
  readonly server: Server;
  readonly railServer: Server;
  readonly exchange: Exchange;
  readonly rail: Rail;
  readonly issuer: Issuer;
  readonly metrics: Registry;
  /** Whether there is a web app at the address. */
  readonly hasWebApp: boolean;
  /** Null: they are not served. */
  readonly metricsAddress: string | null;
  /** Of the exchange's listener, once it listens. */
  readonly address: string;
  /** Of the rail's. */
  readonly railAddress: string;
  /** Answers what was taken, then lets go of everything. */
  stop(): Promise<void>;
};

export type AppPatience = Patience & { readonly [Read in keyof typeof READS]?: number };

export type AppOptions = {
  /** Of the serving role. */
  readonly databaseUrl: string;
  /** Of the owning role, for what has to alter tables while all goes on. Without it another node does that. */
  readonly ownerUrl?: string;
  readonly settings?: Partial<Settings>;
  readonly railSettings?: Partial<RailSettings>;
  /** Whom everybody may be by a click; where there is real money, nobody, whoever is named here. */
  readonly demoPeople?: readonly DemoPerson[];
  /** Whom a program plays, which whoever starts us starts too; nobody where there is real money. */
  readonly demoTraders?: readonly string[];
  /** How long things may take, where a test is not about that. */
  readonly patience?: AppPatience;
  /** Tests hold every answer against its schema. */
  readonly validateResponses?: boolean;
  /** Where the web app was built; without it, or with nothing there, the exchange is an API alone. */
  readonly webDirectory?: string;
};

/** What both systems stand on. */
const openCommon = async (
  config: Config,
  { databaseUrl, ownerUrl, patience = {}, validateResponses = false, webDirectory }: AppOptions,
) => {
  const logger = createLog(config.logLevel);
  const connecting = { connectionString: databaseUrl, pooled: config.preparedStatements === "unnamed" };
  const { marketReadMs, readMs } = { ...READS, ...patience };
  const read = (name: string, connections: number, limitMs: number) =>
    createReadPool({ ...connecting, applicationName: `parley ${name}`, connections, limitMs });
  const pools = {
    pool: read("pages", CONNECTIONS.pages, readMs),
    marketPool: read("market", CONNECTIONS.market, marketReadMs),
    feedPool: read("feed", CONNECTIONS.feed, readMs),
    chores: openChores(connecting),
  };
  const issuer = await openIssuer(config.dataDir);
  const keyedHash = await openKeyedHash(config.dataDir);
  const metrics = new Registry();
  return {
    ...pools,
    config,
    connecting,
    patience,
    ownerUrl,
    webApp: webDirectory === undefined ? null : await readStaticFiles(webDirectory),
    logger,
    issuer,
    metrics,
    observe: createEngineObservers(metrics),
    keyedHash,
    sealing: await openSealing(config.dataDir),
    onFailure: (what: string, error: unknown) => logger.error({ err: error }, `failed: ${what}`),
    /** What every listener has. */
    listening: {
      publicJwks: () => issuer.publicJwks,
      logger,
      accessLog: logger.isLevelEnabled("info") ? accessLogOf(logger, keyedHash) : null,
      metrics,
      ready: () =>
        pools.pool.query("select 1").then(
          () => true,
          () => false,
        ),
      bounds: config.bounds,
      validateResponses,
    },
    close: () => Promise.all(Object.values(pools).map((pool) => pool.end())),
  };
};

/** Users who call at the moment: a hash costs as much as the rest of a line. */
const USERS_HASHED = 20_000;
const USER_HASH_LENGTH = 12;

const accessLogOf = (logger: AccessLog["logger"], keyedHash: KeyedHash): AccessLog => {
  const known = new LRUCache<string, string>({ max: USERS_HASHED });
  const userHash = (user: string): string => {
    const hash = known.get(user) ?? keyedHash(`log ${user}`).slice(0, USER_HASH_LENGTH);
    known.set(user, hash);
    return hash;
  };
  return { logger, userHash };
};

type Common = Awaited<ReturnType<typeof openCommon>>;

const openChores = (connecting: Connecting): pg.Pool =>
  createPool({
    ...connecting,
    applicationName: "parley chores",
    connections: CONNECTIONS.chores,
    settings: { statement_timeout: 5 * SECOND },
    parsers: { [pg.types.builtins.INT8]: Number },
  });

/** Behind a pooler nobody hears of what is told, but by a connection beside it. */
const listenUrlOf = ({ config: { database }, connecting }: Common): string | null => {
  if (database.kind === "external" && database.directUrl !== null) return database.directUrl;
  return connecting.pooled ? null : connecting.connectionString;
};

const openFeedOf = (common: Common, schema: string): Promise<Feed> =>
  openFeed({
    listenUrl: listenUrlOf(common),
    schema,
    pool: common.feedPool,
    onFailure: (error) => common.onFailure(`following the feed of the ${schema}`, error),
  });

type IdentityParts = Required<Pick<AppOptions, "demoPeople" | "demoTraders">> & {
  readonly address: () => string;
  readonly tellSecurity: Exchange["tellSecurity"];
};

const openIdentity = (common: Common, { demoPeople, demoTraders, address, tellSecurity }: IdentityParts): Identity => {
  const { config, connecting, pool, onFailure } = common;
  const people = config.demo ? { demoPeople, demoTraders } : { demoPeople: [], demoTraders: [] };
  const isPlainLoopback =
    config.publicUrl === null
      ? isLoopbackHost(config.host)
      : config.publicUrl.startsWith("http:") && isLoopbackHost(new URL(config.publicUrl).hostname);
  return createIdentity({
    ...connecting,
    pool,
    settings: { ...people, accounts: config.accounts, signUp: config.signUp, mail: config.mail },
    origin: () => new URL(address()).origin,
    isPlainLoopback,
    shownName,
    seal: common.sealing,
    tell: ({ id, personId, at, ...notice }) =>
      tellSecurity(id, { traderId: traderId(personId), notice: { ...notice, at: toRfc3339(instant(at)) } }),
    onFailure,
  });
};

const openExchange = async (common: Common, settings: Partial<Settings>, identity: Identity, address: () => string) => {
  const { config, issuer } = common;
  const feed = await openFeedOf(common, "exchange");
  const exchange = createExchange({
    ...common.connecting,
    ownerUrl: common.ownerUrl,
    settings: { ...settingsOf(config), ...settings },
    sealing: common.sealing,
    issuer,
    accounts: createAccounts(common.pool),
    feed,
    outbound: { allowPrivate: config.webhookPrivate, userAgent: () => userAgentOf(address()) },
    files: await openFileStore(join(config.dataDir, "attachments")),
    limits: config.bounds.rates,
    pool: common.pool,
    marketPool: common.marketPool,
    chores: common.chores,
    patience: common.patience,
    observer: common.observe("exchange"),
    onFailure: common.onFailure,
  });
  const server = await createServer({
    ...common.listening,
    name: "exchange",
    errors: { ...ERRORS, ...OPERATOR_ERRORS, ...IDENTITY_ERRORS },
    sessions: identity.sessions,
    tokens: identity.tokens(createTokens({ own: issuer, host: config.auth })),
    documentation: DOCUMENTATION,
    onCaller: exchange.welcome,
    webApp: common.webApp,
    embedOrigins: config.embedOrigins,
    https: config.publicUrl?.startsWith("https:") ?? false,
  });
  exchange.routes(server);
  identity.routes(server);
  return { exchange, server, feed };
};

const railBounds = (bounds: Bounds): Bounds => {
  const { connections, connectionsPerAddress, bodyBytes } = bounds.admission;
  const part = (whole: number) => Math.ceil(whole * RAIL_SHARE);
  const admission = { connections: part(connections), connectionsPerAddress, bodyBytes: part(bodyBytes) };
  // No page of another site has a bank's key.
  return { ...bounds, admission, corsOrigins: [] };
};

const openRail = async (common: Common, settings: Partial<RailSettings>, publicUrl: () => string) => {
  const { config, logger } = common;
  const feed = await openFeedOf(common, "rail");
  const rail = createRail({
    ...common.connecting,
    settings: { ...railSettingsOf(config), ...settings },
    sealing: common.sealing,
    keyedHash: common.keyedHash,
    issuer: common.issuer,
    feed,
    pool: common.pool,
    chores: common.chores,
    patience: common.patience,
    publicUrl,
    userAgent: () => userAgentOf(publicUrl()),
    observer: common.observe("rail"),
    onRefused: (reason) => logger.warn({ reason }, "a bank's request was not authorised"),
    onFailure: common.onFailure,
  });
  await rail.open();
  const server = await createServer({
    ...common.listening,
    name: "rail",
    errors: RAIL_ERRORS,
    errorFormat: RAIL_ERROR_FORMAT,
    tokens: null,
    documentation: RAIL_DOCUMENTATION,
    https: config.railPublicUrl?.startsWith("https:") ?? false,
    maxHeaderBytes: RAIL_HEADER_BYTES,
    requestTimeoutMs: RAIL_REQUEST_MS,
    bounds: railBounds(config.bounds),
  });
  rail.routes(server);
  return { rail, server, feed };
};

const openMetrics = async ({ config, metrics }: Common): Promise<MetricsServer | null> =>
  config.metricsPort === null ? null : serveMetrics(metrics, { host: config.host, port: config.metricsPort });

/** Serves on a database that has been migrated. */
export const startApp = async (config: Config, options: AppOptions): Promise<App> => {
  const common = await openCommon(config, options);
  const address = (): string => config.publicUrl ?? addressOf(server, config.host);
  const identity = openIdentity(common, {
    demoPeople: options.demoPeople ?? [],
    demoTraders: options.demoTraders ?? [],
    address,
    tellSecurity: (id, input) => exchange.tellSecurity(id, input),
  });
  const { exchange, server, feed } = await openExchange(common, options.settings ?? {}, identity, address);
  let listening: string | undefined;
  /** Asked by every call: looked up once, when the port is known. */
  const railAddress = (): string => {
    listening ??= config.railPublicUrl ?? addressOf(railed.server, config.host);
    return listening;
  };
  const railed = await openRail(common, options.railSettings ?? {}, railAddress);
  const { rail, server: railServer } = railed;
  rail.operatorRoutes(server);
  const settlement = createSettlement({
    exchange,
    exchangeFeed: feed,
    rail,
    railFeed: railed.feed,
    pool: common.chores,
    mode: config.demo ? "sandbox" : "production",
    onFailure: common.onFailure,
  });
  await server.listen({ host: config.host, port: config.port });
  await railServer.listen({ host: config.host, port: config.railPort });
  const metrics = await openMetrics(common);
  identity.open();
  const chores = [...exchange.chores, ...rail.chores, ...identity.chores, ...settlement.chores, ...choresOf(common)];
  const clock = startClock(chores, common.onFailure);

  return {
    server,
    railServer,
    exchange,
    rail,
    issuer: common.issuer,
    metrics: common.metrics,
    hasWebApp: common.webApp !== null,
    metricsAddress: metrics === null ? null : originOf(config.host, metrics.port),
    address: address(),
    railAddress: railAddress(),
    async stop() {
      await Promise.all([server.close(), railServer.close(), metrics?.close()]);
      await clock.stop();
      await settlement.close();
      await Promise.all([exchange.close(), rail.close(), identity.close()]);
      await Promise.all([feed.close(), railed.feed.close()]);
      await common.close();
    },
  };
};

/** A key that another process has added is known here long before it signs. */
const choresOf = ({ issuer }: Common): readonly MaintenanceTask[] => [
  { name: "look for new keys", everyMs: MINUTE, run: issuer.reload },
];

const addressOf = (server: Server, host: string): string => {
  const address = server.server.address();
  if (address === null || typeof address === "string") throw new Error("the server does not listen");
  return originOf(host, address.port);
};

const originOf = (host: string, port: number): string => `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
