/** The database: whether it can be reached, is of the right version, role and rights, and belongs to this installation. */
import type pg from "pg";
import type { Config } from "../../config.ts";
import {
  compareRights,
  demandVersion,
  reach,
  readEmbeddedUrls,
  readKeyRows,
  readPurpose,
  readVersions,
} from "../../database/index.ts";
import { CLOCK_TOLERANCE_SECONDS } from "../../http/index.ts";
import { SECOND } from "../../kernel/index.ts";
import { demandKeys, readFingerprints } from "../../keys/index.ts";
import { ALL_GRANTS, demandPooling, demandSamePurpose, roleOf, urlsOf } from "../../open-database.ts";
import { knownKeysOf } from "../../open-keys.ts";
import { type Check, demand } from "./check.ts";

/** @property urls the variables with what they lead to @property ask by the owning role */
type Site = {
  readonly config: Config;
  readonly urls: readonly (readonly [name: string, url: string])[];
  readonly servingUrl: string;
  readonly ownerUrl: string;
  ask<Answer>(question: (client: pg.Client) => Promise<Answer>): Promise<Answer>;
};

/** Null: the embedded database, which the start makes and brings up, does not run. */
export const findSite = async (config: Config): Promise<Site | null> => {
  if (config.database.kind === "external") {
    const { url: servingUrl, migrateUrl: ownerUrl } = config.database;
    const urls = urlsOf(config.database);
    const [ownerName = "DATABASE_URL"] = urls.at(-1) ?? [];
    return { config, urls, servingUrl, ownerUrl, ask: (question) => reach(ownerName, ownerUrl, question) };
  }
  const embedded = await readEmbeddedUrls(`${config.dataDir}/postgres`);
  if (embedded === undefined) return null;
  const { servingUrl, ownerUrl } = embedded;
  const name = "the embedded database";
  const runs = await reach(name, ownerUrl, (client) => client.query("select 1")).then(
    () => true,
    () => false,
  );
  const urls = [[name, servingUrl] as const];
  return runs ? { config, urls, servingUrl, ownerUrl, ask: (question) => reach(name, ownerUrl, question) } : null;
};

const lookAtServer = async ({ urls, ask }: Site): Promise<string> => {
  for (const [name, url] of urls) await reach(name, url, (client) => client.query("select 1"));
  return ask(async (client) => {
    const version = await demandVersion(client);
    const { rows } = await client.query<{ standby: boolean }>("select pg_is_in_recovery() as standby");
    demand(rows[0]?.standby !== true, "This is a standby, where nothing can be written; name the primary.");
    const [major, minor] = [Math.floor(version / 10_000), version % 10_000];
    return `PostgreSQL ${major}.${minor} at ${client.host}:${client.port}, database "${client.database}"`;
  });
};

const POOLING = {
  none: "none between us and the database",
  session: "one that lends a session for as long as we have it",
  transaction: "one that lends a session for a transaction",
} as const;

const lookAtPooler = async ({ config }: Site): Promise<string> => {
  if (config.database.kind !== "external") return POOLING.none;
  const pooling = await demandPooling(config.database, config);
  const isDeaf = pooling === "transaction" && config.database.directUrl === null;
  return `${POOLING[pooling]}${isDeaf ? "; with DIRECT_DATABASE_URL news is heard at once, and the audit runs" : ""}`;
};

const lookAtSchema = ({ ask }: Site): Promise<string> =>
  ask(async (client) => {
    const { present, newest } = await readVersions(client);
    if (present === newest) return `version ${present}, the newest`;
    return present === 0
      ? `empty; the first start makes version ${newest}`
      : `version ${present}; the next start brings it to ${newest}, so take a backup first`;
  });

type Role = { readonly role: string; readonly mayCreate: boolean; readonly owns: boolean };

const OWNS = `select current_user as role, has_database_privilege(current_database(), 'create') as "mayCreate",
  coalesce((select bool_and(pg_has_role(current_user, nspowner, 'usage')) from pg_namespace
    where nspname = any($1)), true) as owns`;

const lookAtRoles = ({ servingUrl, ownerUrl, ask }: Site): Promise<string> =>
  ask(async (client) => {
    const schemas = ALL_GRANTS.flatMap((each) => each.schemas);
    const { rows } = await client.query<Role>(OWNS, [schemas]);
    const { role = "", mayCreate = false, owns = false } = rows[0] ?? {};
    demand(
      mayCreate && owns,
      `The role "${role}" migrates and does not own the database; alter database "${client.database}" owner to "${role}", ` +
        "or name the role that owns it in MIGRATE_DATABASE_URL.",
    );
    const serving = roleOf(servingUrl, ownerUrl);
    if (serving === null)
      return `"${role}" owns and serves: nothing but the code keeps history unchanged; a role of its own is better`;
    const found = await client.query<{ mighty: boolean }>(
      "select rolsuper or rolcreaterole as mighty from pg_roles where rolname = $1",
      [serving],
    );
    demand(
      found.rows[0]?.mighty !== true,
      `The role "${serving}" serves, and may do anything; alter role "${serving}" nosuperuser nocreaterole.`,
    );
    return `"${role}" owns, "${serving}" serves`;
  });

/** Of a list of rights, for a line. */
const SHOWN = 3;
const some = (rights: readonly string[]): string =>
  rights.length <= SHOWN ? rights.join(", ") : `${rights.slice(0, SHOWN).join(", ")} and ${rights.length - SHOWN} more`;

const lookAtRights = ({ servingUrl, ownerUrl, ask }: Site): Promise<string> =>
  ask(async (client) => {
    const role = roleOf(servingUrl, ownerUrl);
    if (role === null) return "all, since the owner serves";
    const { present, newest } = await readVersions(client);
    if (present < newest) return "given by the next start, which migrates first";
    const { missing, excess } = await compareRights(client, role, ALL_GRANTS);
    demand(
      excess.length === 0,
      `The role "${role}" may do what it should not: ${some(excess)}; revoke it, and what it is a member of: the next start ` +
        "takes back what was given to it directly.",
    );
    demand(missing.length === 0, `The role "${role}" lacks ${some(missing)}; the next start gives it back.`);
    return `"${role}" has what it needs, and no more`;
  });

const lookAtPurpose = ({ config, ask }: Site): Promise<string> =>
  ask(async (client) => {
    const [present] = (await client.query("select to_regclass('engine.purpose') is not null as there")).rows;
    const purpose = present?.there === true ? await readPurpose(client) : null;
    if (purpose === null) return `nothing yet; the first start makes it ${config.demo ? "a demo" : "for real money"}`;
    demandSamePurpose(config, purpose);
    return purpose === "demo" ? "the demo's made-up money" : "real money";
  });

const lookAtKeys = ({ config, ask }: Site): Promise<string> =>
  ask(async (client) => {
    const here = await readFingerprints(config.dataDir);
    const [present] = (await client.query("select to_regclass('engine.key_fingerprints') is not null as there")).rows;
    const rows = present?.there === true ? await readKeyRows(client) : [];
    if (rows.length === 0) return "this database belongs to none yet; the first start makes them";
    const known = knownKeysOf(rows);
    demandKeys(known, here);
    const newest = Object.entries(known).map(([kind, all]) => `${kind} ${all.at(-1)} (of ${all.length})`);
    return `${newest.join(", ")}: those that the database belongs to`;
  });

/** Of so many questions the one that was answered fastest says most. */
const QUESTIONS = 5;

/** By how much the database's clock is ahead of ours, in milliseconds, and how surely that is known. */
const readOffset = async (client: pg.Client) => {
  const offsets: { readonly ahead: number; readonly took: number }[] = [];
  for (let index = 0; index < QUESTIONS; index++) {
    const began = Date.now();
    const { rows } = await client.query<{ at: string }>("select extract(epoch from clock_timestamp()) * 1000 as at");
    const took = Date.now() - began;
    offsets.push({ ahead: Number(rows[0]?.at) - began - took / 2, took });
  }
  return offsets.reduce((best, each) => (each.took < best.took ? each : best));
};

const lookAtClock = ({ ask }: Site): Promise<string> =>
  ask(async (client) => {
    const { ahead } = await readOffset(client);
    const seconds = Math.abs(ahead / SECOND);
    demand(
      seconds <= CLOCK_TOLERANCE_SECONDS,
      `This machine's clock is ${seconds.toFixed(1)} s ${ahead > 0 ? "behind" : "ahead of"} the database's; set both by NTP ` +
        "(timedatectl set-ntp true). Tokens are refused, and signatures look old, while they differ.",
    );
    return `${seconds.toFixed(1)} s from the database's`;
  });

const LOOKS: readonly (readonly [about: string, look: (site: Site) => Promise<string>])[] = [
  ["pooler", lookAtPooler],
  ["schema", lookAtSchema],
  ["roles", lookAtRoles],
  ["rights", lookAtRights],
  ["purpose", lookAtPurpose],
  ["keys", lookAtKeys],
  ["clock", lookAtClock],
];

/** The first has to be well before the others can be looked at. */
export const databaseChecks = (site: Site): readonly [Check, readonly Check[]] => [
  { about: "database", look: () => lookAtServer(site) },
  LOOKS.map(([about, look]) => ({ about, look: () => look(site) })),
];

/** What of it cannot be looked at while it does not answer. */
export const DEPENDENT = LOOKS.map(([about]) => about).join(", ");
