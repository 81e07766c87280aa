/** The database that is served from: embedded or external, at the newest schema, and for what this installation is for. */
import { type Config, ConfigError } from "./config.ts";
import {
  claimPurpose,
  migrate,
  type Pooling,
  type Purpose,
  poolingOf,
  reach,
  startEmbedded,
} from "./database/index.ts";
import { GRANTS } from "./exchange/index.ts";
import { IDENTITY_GRANTS } from "./identity/index.ts";
import { FailedError } from "./kernel/index.ts";
import { holdToKeys } from "./open-keys.ts";
import { RAIL_GRANTS } from "./rail/index.ts";
import { SETTLEMENT_GRANTS } from "./settlement/index.ts";

/** What the serving role may do. */
export const ALL_GRANTS = [GRANTS, RAIL_GRANTS, IDENTITY_GRANTS, SETTLEMENT_GRANTS] as const;

export type Database = {
  readonly servingUrl: string;
  readonly ownerUrl: string;
  readonly kind: "embedded" | "external";
  stop(): Promise<void>;
};

export type DatabaseOptions = {
  readonly log: (line: string) => void;
  /** Breaks off a start that is no longer wanted. */
  readonly signal?: AbortSignal;
  /** Somebody else told the embedded server to stop. */
  readonly onTold?: () => void;
};

/** Starts the embedded database, or takes the one that is configured, if it can be reached. */
export const openDatabase = (config: Config, options: DatabaseOptions): Promise<Database> =>
  config.database.kind === "external" ? externalOf(config.database, config) : embeddedOf(config, options);

/** Brings it to the newest schema, and holds this installation to what the database is for. */
export const prepareDatabase = async (config: Config, { servingUrl, ownerUrl }: Database): Promise<void> => {
  await migrate({ connectionString: ownerUrl, servingRole: roleOf(servingUrl, ownerUrl), grants: ALL_GRANTS });
  await demandPurpose(config, ownerUrl);
  await holdToKeys(ownerUrl, config.dataDir);
};

type External = Extract<Config["database"], { readonly kind: "external" }>;

/** The variables with their URLs: one where the owner serves itself. */
export const urlsOf = ({ url, migrateUrl, directUrl }: External): readonly (readonly [name: string, url: string])[] => [
  ["DATABASE_URL", url],
  ...(directUrl === null ? [] : [["DIRECT_DATABASE_URL", directUrl] as const]),
  ...(migrateUrl === url ? [] : [["MIGRATE_DATABASE_URL", migrateUrl] as const]),
];

/** @returns how DATABASE_URL is pooled @throws FailedError where the settings do not go with it */
export const demandPooling = async (
  { url, migrateUrl, directUrl }: External,
  { preparedStatements }: Pick<Config, "preparedStatements">,
): Promise<Pooling> => {
  const pooling = await poolingOf(url);
  if (pooling === "transaction" && preparedStatements === "named")
    throw new FailedError(
      "DATABASE_URL leads through a pooler that lends a session for a transaction: set PREPARED_STATEMENTS=unnamed, and " +
        "MIGRATE_DATABASE_URL and DIRECT_DATABASE_URL to the database itself, as deploy/pgbouncer.ini says.",
    );
  for (const [name, direct] of Object.entries({ MIGRATE_DATABASE_URL: migrateUrl, DIRECT_DATABASE_URL: directUrl }))
    if (direct !== null && (direct === url ? pooling : await poolingOf(direct)) === "transaction")
      throw new FailedError(
        `${name} leads through a pooler that lends a session for a transaction; name the database itself, past the pooler.`,
      );
  return pooling;
};

const externalOf = async (external: External, config: Config): Promise<Database> => {
  for (const [name, url] of urlsOf(external)) await reach(name, url, (client) => client.query("select 1"));
  await demandPooling(external, config);
  return { servingUrl: external.url, ownerUrl: external.migrateUrl, kind: "external", stop: async () => {} };
};

const embeddedOf = async ({ dataDir }: Config, options: DatabaseOptions): Promise<Database> => {
  const embedded = await startEmbedded({ directory: `${dataDir}/postgres`, ...options });
  const { servingUrl, ownerUrl } = embedded;
  return { servingUrl, ownerUrl, kind: "embedded", stop: () => embedded.stop() };
};

/** Made-up money must not become real by a setting that somebody forgot, nor come in among real money. */
const demandPurpose = async (config: Config, ownerUrl: string): Promise<void> => {
  demandSamePurpose(config, await claimPurpose(ownerUrl, config.demo ? "demo" : "real"));
};

/** @throws ConfigError where the database is for something else than this installation */
export const demandSamePurpose = (config: Config, found: Purpose): void => {
  if (found === (config.demo ? "demo" : "real")) return;
  const other = config.database.kind === "embedded" ? "another DATA_DIR" : "another database";
  throw new ConfigError([
    found === "demo"
      ? `DEMO is 0, and this database holds the demo's made-up people and money; allowed is ${other}, or the demo, ` +
        "on this machine alone"
      : `DEMO is 1, and this database is for real money; allowed is DEMO=0, or ${other} for the demo`,
  ]);
};

/** Null when the owner serves itself; then nothing but the code keeps history unchanged. */
export const roleOf = (servingUrl: string, ownerUrl: string): string | null => {
  const role = decodeURIComponent(new URL(servingUrl).username);
  return role === "" || role === decodeURIComponent(new URL(ownerUrl).username) ? null : role;
};
