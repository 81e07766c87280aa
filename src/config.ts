/**
 * What an operator may set, read once at the start. All faults are reported together, each with what is allowed,
 * so that nobody has to start five times to find five typing errors. Nothing else reads the environment.
 */

import { resolve } from "node:path";
import { readBounds, readEmbedOrigins, readMetricsPort } from "./config-bounds.ts";
import { readMail } from "./config-mail.ts";
import { CHECKOUT, createReader, type Environment, type Reader } from "./config-reader.ts";
import { DEFAULT_PAYMENT_METHODS, type PaymentMethod, readCatalogue } from "./exchange/index.ts";
import type { Bounds } from "./http/index.ts";
import { type MailSettings, SIGN_UP_MODES, type SignUpMode } from "./identity/index.ts";
import { FailedError, withoutTrailing } from "./kernel/index.ts";

export type LogLevel = "fatal" | "error" | "warn" | "info" | "debug" | "trace" | "silent";
export type HostRole = "operator" | "rail_operator" | "platform";

export type DatabaseConfig =
  | { readonly kind: "embedded" }
  | {
      readonly kind: "external";
      readonly url: string;
      readonly migrateUrl: string;
      /** The database that DATABASE_URL leads to through a pooler, without it; null: none was given. */
      readonly directUrl: string | null;
    };

/** The host platform's token issuer. */
export type HostAuthConfig = {
  readonly jwksUrl: URL;
  readonly issuer: string;
  readonly audience: string;
  readonly roles: ReadonlySet<HostRole>;
  /** Whether its tokens have to say that the second factor was given lately, where an account of ours would have to. */
  readonly stepUp: boolean;
};

export type Config = {
  readonly host: string;
  readonly port: number;
  readonly railPort: number;
  /** Null: no metrics are served. */
  readonly metricsPort: number | null;
  /** Null: made of host and port once the listener has its port. */
  readonly publicUrl: string | null;
  readonly railPublicUrl: string | null;
  readonly database: DatabaseConfig;
  readonly preparedStatements: "named" | "unnamed";
  /** Absolute. */
  readonly dataDir: string;
  readonly demo: boolean;
  /** Null: only our own tokens are taken. */
  readonly auth: HostAuthConfig | null;
  /** Whether people sign in here, by accounts of ours. */
  readonly accounts: boolean;
  readonly signUp: SignUpMode;
  /** Null: no mail is sent. */
  readonly mail: MailSettings | null;
  readonly fiatCurrencies: readonly string[];
  /** For forms and hints. */
  readonly paymentMethods: readonly PaymentMethod[];
  readonly payWindowMinutes: number;
  readonly releaseWindowMinutes: number;
  /** Balance units that a person must have deposited before selling as a taker. */
  readonly minDeposit: number;
  /** Balance units: least that an ad or an order may be about. */
  readonly minOrderAmount: number;
  /** What a rate may be, by currency. */
  readonly rateBands: Readonly<Record<string, { readonly min: number; readonly max: number }>>;
  readonly wageringMultiplier: number;
  readonly bonusWageringMultiplier: number;
  /** What the listeners hold everybody to. */
  readonly bounds: Bounds;
  /** Sites that may frame the web app; none unless said. */
  readonly embedOrigins: readonly string[];
  /** Of one bank. */
  readonly railCallsPer10Seconds: number;
  /** What a phone looks like, whole. */
  readonly railPhonePattern: string;
  readonly railCurrencies: readonly string[];
  /** Whether webhooks may go to addresses that are not on the open internet. */
  readonly webhookPrivate: boolean;
  /** The same of callbacks to banks of the sandbox. */
  readonly railPrivateCallbacks: boolean;
  /** How long a move of a phone to another bank waits in production. */
  readonly aliasMoveHoldHours: number;
  readonly searchAckSeconds: number;
  readonly logLevel: LogLevel;
};

/** Thrown once, with every fault that was found. */
export class ConfigError extends FailedError {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(
      `The configuration has ${faults.length === 1 ? "a fault" : `${faults.length} faults`}:\n  ${faults.join("\n  ")}`,
    );
    this.name = "ConfigError";
    this.faults = faults;
  }
}

/** The issuer that our own tokens carry; a host platform's may not pass for it. */
const OWN_ISSUER = "parley";
const HOST_ROLES: readonly HostRole[] = ["operator", "rail_operator", "platform"];
const LOG_LEVELS: readonly LogLevel[] = ["fatal", "error", "warn", "info", "debug", "trace", "silent"];

const MAX_PORT = 65_535;
/** A day: longer, and a seller's money lies in escrow for somebody who is not going to pay. */
const MAX_WINDOW_MINUTES = 1_440;
/** What a payment needs at the least; the same bound as an ad's own window. */
const MIN_WINDOW_MINUTES = 5;
/** The largest amount a request may name. */
const MAX_AMOUNT = 10_000_000_000_000;
/** What a rate may be at all. */
const MAX_RATE = 1_000_000;
/** Above it a bonus can never be wagered, which is a typing error. */
const MAX_WAGERING_MULTIPLIER = 1_000;
const MAX_CALLS_PER_10_SECONDS = 1_000_000;
/** E.164, of Ukraine. */
const UKRAINIAN_PHONE = "^\\+380\\d{9}$";
/** A month: who objects by then is heard. */
/** A payer stands and waits for whoever is asked. */
const MAX_SEARCH_ACK_SECONDS = 300;
const MAX_MOVE_HOLD_HOURS = 720;
/** The list is sent with the settings and checked on every ad. */
const MAX_CURRENCIES = 50;

/** Whether only this machine can reach the host. */
export const isLoopbackHost = (host: string): boolean =>
  host === "localhost" || host === "::1" || host === "[::1]" || /^127(\.\d{1,3}){3}$/.test(host);

const readUrl = (read: Reader, name: string, protocols: readonly string[]): URL | null => {
  const given = read.text(name);
  if (given === null) return null;
  const url = URL.canParse(given) ? new URL(given) : null;
  if (url !== null && protocols.includes(url.protocol)) return url;
  // Not the value itself: a database URL holds a password.
  read.fault(`${name} is not a URL; allowed are those that start with ${protocols.map((p) => `${p}//`).join(" or ")}`);
  return null;
};

/** Links and audiences are made by appending a path, so none may end in a slash. */
const readPublicUrl = (read: Reader, name: string): string | null => {
  const url = readUrl(read, name, ["http:", "https:"]);
  if (url === null) return null;
  if (url.search === "" && url.hash === "" && url.username === "") return withoutTrailing(url.href, "/");
  read.fault(`${name} is "${url.href}"; allowed is a URL without user, query and fragment`);
  return null;
};

const POSTGRES = ["postgres:", "postgresql:"] as const;

const readDatabase = (read: Reader): DatabaseConfig => {
  const given = read.text("DATABASE_URL");
  const migrateGiven = read.text("MIGRATE_DATABASE_URL");
  const directUrl = read.text("DIRECT_DATABASE_URL");
  if (given === null || given === "embedded") {
    for (const [name, url] of Object.entries({ MIGRATE_DATABASE_URL: migrateGiven, DIRECT_DATABASE_URL: directUrl }))
      if (url !== null) read.fault(`${name} is set without DATABASE_URL; allowed is both, or DATABASE_URL alone`);
    return { kind: "embedded" };
  }
  readUrl(read, "DATABASE_URL", POSTGRES);
  readUrl(read, "MIGRATE_DATABASE_URL", POSTGRES);
  readUrl(read, "DIRECT_DATABASE_URL", POSTGRES);
  return { kind: "external", url: given, migrateUrl: migrateGiven ?? given, directUrl };
};

/** None unless said: who issues the tokens of millions of users does not become an operator by it. */
const readHostRoles = (read: Reader): ReadonlySet<HostRole> => {
  const given = read.text("AUTH_ROLES");
  if (given === null || given === "none") return new Set();
  const names = given.split(",").map((name) => name.trim());
  const unknown = names.filter((name) => !HOST_ROLES.some((role) => role === name));
  if (unknown.length > 0)
    read.fault(`AUTH_ROLES names "${unknown.join(", ")}"; allowed is a list of ${HOST_ROLES.join(", ")}, or none`);
  return new Set(HOST_ROLES.filter((role) => names.includes(role)));
};

const readAuth = (read: Reader): HostAuthConfig | null => {
  const names = ["AUTH_JWKS_URL", "AUTH_ISSUER", "AUTH_AUDIENCE"] as const;
  const missing = names.filter((name) => read.text(name) === null);
  const roles = readHostRoles(read);
  const stepUp = read.choice("HOST_STEP_UP", ["0", "1"], "0") === "1";
  if (stepUp && missing.length > 0)
    read.fault(
      "HOST_STEP_UP is 1 without a host platform; allowed is 0, or AUTH_JWKS_URL, AUTH_ISSUER and AUTH_AUDIENCE",
    );
  if (missing.length === names.length) return null;
  if (missing.length > 0)
    read.fault(`${missing.join(" and ")} missing; allowed is ${names.join(", ")} all together, or none`);
  const jwksUrl = readUrl(read, "AUTH_JWKS_URL", ["https:", "http:"]);
  if (jwksUrl?.protocol === "http:" && !isLoopbackHost(jwksUrl.hostname))
    read.fault(`AUTH_JWKS_URL is "${jwksUrl.href}"; allowed is https, or http on a loopback host`);
  const issuer = read.text("AUTH_ISSUER");
  if (issuer === OWN_ISSUER)
    read.fault(`AUTH_ISSUER is "${OWN_ISSUER}"; allowed is any other, that one names our own tokens`);
  const audience = read.text("AUTH_AUDIENCE");
  return jwksUrl === null || issuer === null || audience === null ? null : { jwksUrl, issuer, audience, roles, stepUp };
};

/** Beside a host platform's tokens only where that is asked for; alone there is no other way in. */
const readAccounts = (read: Reader, hasHost: boolean): boolean => {
  const accounts = read.choice("ACCOUNTS", ["0", "1"], hasHost ? "0" : "1") === "1";
  if (!accounts && !hasHost) read.fault("ACCOUNTS is 0; allowed is 1, or AUTH_JWKS_URL: else nobody could come in");
  return accounts;
};

/** Whether a URL leads to this machine alone; one that is no URL is a fault of its own. */
const isElsewhere = (url: string | null): boolean =>
  url !== null && URL.canParse(url) && !isLoopbackHost(new URL(url).hostname);

const elsewhere = (read: Reader): readonly string[] =>
  ["PUBLIC_URL", "RAIL_PUBLIC_URL"].filter((name) => isElsewhere(read.text(name)));

/** What makes an installation more than one person's look at it. */
const publicSigns = (read: Reader, database: DatabaseConfig, host: string): readonly string[] => [
  ...read.named("AUTH_").map((name) => `${name} is set`),
  ...elsewhere(read).map((name) => `${name} is not this machine's own`),
  ...(database.kind === "external" ? ["DATABASE_URL is set"] : []),
  ...(isLoopbackHost(host) ? [] : [`HOST is "${host}"`]),
];

/** On a machine of one's own, the banks that one tries out are there as well. */
const readRailPrivateCallbacks = (read: Reader, database: DatabaseConfig, host: string): boolean => {
  const alone = database.kind === "embedded" && isLoopbackHost(host) && elsewhere(read).length === 0;
  return read.choice("RAIL_PRIVATE_CALLBACKS", ["0", "1"], alone ? "1" : "0") === "1";
};

/** Made-up money is for this machine alone: where others come in, somebody would own it. */
const readDemo = (read: Reader, database: DatabaseConfig, host: string): boolean => {
  const signs = publicSigns(read, database, host);
  const demo = read.choice("DEMO", ["0", "1"], signs.length === 0 ? "1" : "0") === "1";
  if (demo && signs.length > 0)
    read.fault(
      `DEMO is 1, and ${signs.join(", ")}; allowed is DEMO=0 there: the demo's made-up people and money are for this ` +
        "machine alone",
    );
  return demo;
};

const readCurrencies = (read: Reader, name: string, fallback: readonly string[]): readonly string[] => {
  const given = read.text(name);
  if (given === null) return fallback;
  const codes = given.split(",").map((code) => code.trim());
  const wrong = codes.filter((code) => !/^[A-Z]{3}$/.test(code));
  if (wrong.length > 0 || codes.length > MAX_CURRENCIES || new Set(codes).size < codes.length)
    read.fault(`${name} is "${given}"; allowed are up to ${MAX_CURRENCIES} different codes such as RUB,USD`);
  return codes;
};

/** More of these in one pattern, and a phone that nearly fits takes long to refuse. */
const MAX_OPEN_COUNTS = 3;
const CLASSES_AND_ESCAPES = /\\.|\[(?:\\.|[^\]\\])*\]/g;

/**
 * Whether phones are matched in a few steps, whatever they are: no count of a group, nothing that looks back or ahead, and
 * few counts without an end.
 */
const isSimple = (pattern: string): boolean => {
  if (/\\[1-9k]/.test(pattern)) return false;
  const bare = pattern.replace(CLASSES_AND_ESCAPES, "x");
  const openCounts = bare.match(/[*+]|\{\d+,\}/g) ?? [];
  return !/\)[*+{]|\(\?[^:]/.test(bare) && openCounts.length <= MAX_OPEN_COUNTS;
};

const MAX_PATTERN = 200;

const readPaymentMethods = (read: Reader): readonly PaymentMethod[] => {
  const given = read.text("PAYMENT_METHODS");
  if (given === null) return DEFAULT_PAYMENT_METHODS;
  const catalogue = readCatalogue(given);
  if (catalogue === null)
    read.fault(
      "PAYMENT_METHODS is no catalogue; allowed is JSON such as " +
        '[{"id":"card","labels":{"en":"Card","ru":"Карта","uk":"Картка"},"fields":[{"name":"card_number",' +
        '"labels":{"en":"Number","ru":"Номер","uk":"Номер"},"kind":"card","required":true}]}]',
    );
  return catalogue ?? DEFAULT_PAYMENT_METHODS;
};

/** `RUB:50-200,USD:7000-12000`: what a rate of each currency may be. */
const readRateBands = (read: Reader): Config["rateBands"] => {
  const given = read.text("RATE_BAND") ?? "RUB:50-200";
  const bands = given.split(",").map((band) => /^([A-Z]{3}):(\d{1,7})-(\d{1,7})$/.exec(band.trim()) ?? []);
  const found = bands.map(([, currency = "", min, max]) => [currency, { min: Number(min), max: Number(max) }] as const);
  const isSound = found.every(([, { min, max }]) => min >= 1 && min <= max && max <= MAX_RATE);
  if (!isSound || found.length > MAX_CURRENCIES || new Set(found.map(([currency]) => currency)).size < found.length)
    read.fault(
      `RATE_BAND is "${given}"; allowed is one band of rates from 1 to ${MAX_RATE} for each currency, such as RUB:50-200,USD:7000-12000`,
    );
  return Object.fromEntries(found);
};

/** A pattern that does not hold the whole text would let anything stand before and after a phone. */
const readPattern = (read: Reader, name: string, fallback: string): string => {
  const given = read.text(name);
  if (given === null) return fallback;
  try {
    new RegExp(given);
    if (given.length <= MAX_PATTERN && given.startsWith("^") && given.endsWith("$") && isSimple(given)) return given;
  } catch {
    // Said below.
  }
  read.fault(
    `${name} is "${given}"; allowed is a regular expression from ^ to $ of at most ${MAX_PATTERN} characters, without ` +
      `counts of groups, references and look-arounds, and with at most ${MAX_OPEN_COUNTS} of * and +, such as ${fallback}`,
  );
  return fallback;
};

const readAll = (read: Reader): Config => {
  const host = read.text("HOST") ?? "127.0.0.1";
  if (/[\s/]/.test(host)) read.fault(`HOST is "${host}"; allowed is a host name or an address`);
  const port = read.integer("PORT", 8_080, 0, MAX_PORT);
  const railPort = read.integer("RAIL_PORT", 8_081, 0, MAX_PORT);
  if (port === railPort && port !== 0)
    read.fault(`PORT and RAIL_PORT are both ${port}; allowed are two different ports, or 0`);
  const database = readDatabase(read);
  const demo = readDemo(read, database, host);
  const auth = readAuth(read);
  return {
    host,
    port,
    railPort,
    metricsPort: readMetricsPort(read, { port, railPort, isLoopback: isLoopbackHost(host) }),
    publicUrl: readPublicUrl(read, "PUBLIC_URL"),
    railPublicUrl: readPublicUrl(read, "RAIL_PUBLIC_URL"),
    database,
    preparedStatements: read.choice("PREPARED_STATEMENTS", ["named", "unnamed"], "named"),
    dataDir: resolve(CHECKOUT, read.text("DATA_DIR") ?? "data"),
    demo,
    auth,
    accounts: readAccounts(read, auth !== null),
    signUp: read.choice("SIGN_UP", SIGN_UP_MODES, demo ? "open" : "invite"),
    mail: readMail(read, {
      isNameless: read.text("PUBLIC_URL") === null && !isLoopbackHost(host),
      isLoopback: isLoopbackHost,
    }),
    fiatCurrencies: readCurrencies(read, "FIAT_CURRENCIES", demo ? ["RUB", "UAH"] : ["RUB"]),
    paymentMethods: readPaymentMethods(read),
    payWindowMinutes: read.integer("PAY_WINDOW_MINUTES", 15, MIN_WINDOW_MINUTES, MAX_WINDOW_MINUTES),
    releaseWindowMinutes: read.integer("RELEASE_WINDOW_MINUTES", 60, MIN_WINDOW_MINUTES, MAX_WINDOW_MINUTES),
    minDeposit: read.integer("MIN_DEPOSIT", 100_000, 0, MAX_AMOUNT),
    minOrderAmount: read.integer("MIN_ORDER_AMOUNT", 1_000, 1, MAX_AMOUNT),
    rateBands: readRateBands(read),
    wageringMultiplier: read.integer("WAGERING_MULTIPLIER", 0, 0, MAX_WAGERING_MULTIPLIER),
    bonusWageringMultiplier: read.integer("BONUS_WAGERING_MULTIPLIER", 1, 0, MAX_WAGERING_MULTIPLIER),
    bounds: readBounds(read),
    embedOrigins: readEmbedOrigins(read, isLoopbackHost),
    railCallsPer10Seconds: read.integer("RAIL_CALLS_PER_10_SECONDS", 600, 1, MAX_CALLS_PER_10_SECONDS),
    railPhonePattern: readPattern(read, "RAIL_PHONE_PATTERN", UKRAINIAN_PHONE),
    railCurrencies: readCurrencies(read, "RAIL_CURRENCIES", ["UAH"]),
    webhookPrivate: read.choice("WEBHOOK_PRIVATE", ["0", "1"], "0") === "1",
    railPrivateCallbacks: readRailPrivateCallbacks(read, database, host),
    searchAckSeconds: read.integer("SEARCH_ACK_SECONDS", 10, 1, MAX_SEARCH_ACK_SECONDS),
    aliasMoveHoldHours: read.integer("ALIAS_MOVE_HOLD", 24, 0, MAX_MOVE_HOLD_HOURS),
    logLevel: read.choice("LOG_LEVEL", LOG_LEVELS, "warn"),
  };
};

/** Takes `process.env` or the like; throws a `ConfigError` that lists every fault. */
export const readConfig = (env: Environment): Config => {
  const faults: string[] = [];
  const config = readAll(createReader(env, faults));
  if (faults.length > 0) throw new ConfigError(faults);
  return config;
};

/** Every variable that there is. */
export const configNames = (): readonly string[] => {
  const read = createReader({}, []);
  readAll(read);
  return [...read.asked];
};
