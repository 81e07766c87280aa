/** The database that is served from: embedded or external, at the newest schema, and for what this installation is for. */
import { type Config, ConfigError } from "./config.ts";
import { claimPurpose, migrate, startEmbedded } from "./database/index.ts";
import { GRANTS } from "./exchange/index.ts";
import { IDENTITY_GRANTS } from "./identity/index.ts";
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
  /** Somebody else told the embedded server to stop. */
  readonly onTold?: () => void;
};

/** Starts the embedded database, or takes the one that is configured; brings it to the newest schema. */
export const openDatabase = async (config: Config, options: DatabaseOptions): Promise<Database> => {
  const database =
    config.database.kind === "external" ? externalOf(config.database) : await embeddedOf(config, options);
  const { servingUrl, ownerUrl } = database;
  try {
    await migrate({ connectionString: ownerUrl, servingRole: roleOf(servingUrl, ownerUrl), grants: ALL_GRANTS });
    await demandPurpose(config, ownerUrl);
    return database;
  } catch (error) {
    await database.stop();
    throw error;
  }
};

const externalOf = ({ url, migrateUrl }: Extract<Config["database"], { readonly kind: "external" }>): Database => ({
  servingUrl: url,
  ownerUrl: migrateUrl,
  kind: "external",
  stop: async () => {},
});

const embeddedOf = async ({ dataDir }: Config, options: DatabaseOptions): Promise<Database> => {
  const embedded = await startEmbedded({ directory: `${dataDir}/postgres`, ...options });
  const { servingUrl, ownerUrl } = embedded;
  return { servingUrl, ownerUrl, kind: "embedded", stop: () => embedded.stop() };
};

/** Made-up money must not become real by a setting that somebody forgot, nor come in among real money. */
const demandPurpose = async (config: Config, ownerUrl: string): Promise<void> => {
  const wanted = config.demo ? "demo" : "real";
  const found = await claimPurpose(ownerUrl, wanted);
  if (found === wanted) return;
  const other = config.database.kind === "embedded" ? "another DATA_DIR" : "another database";
  throw new ConfigError([
    found === "demo"
      ? `DEMO is 0, and this database holds the demo's made-up people and money; allowed is ${other}, or the demo, ` +
        "on this machine alone"
      : `DEMO is 1, and this database is for real money; allowed is DEMO=0, or ${other} for the demo`,
  ]);
};

/** Null when the owner serves itself; then nothing but the code keeps history unchanged. */
const roleOf = (servingUrl: string, ownerUrl: string): string | null => {
  const role = decodeURIComponent(new URL(servingUrl).username);
  return role === "" || role === decodeURIComponent(new URL(ownerUrl).username) ? null : role;
};
