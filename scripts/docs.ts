/** `npm run docs`: the documents that are made from the code. With --check it only says whether they are up to date. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import pino from "pino";
import { Registry } from "prom-client";
import { DEMO_LOGINS } from "../simulators/sample-market/index.ts";
import { DOCUMENTATION, RAIL_DOCUMENTATION } from "../src/documentation/index.ts";
import type { Feed } from "../src/engine/index.ts";
import {
  CLAIM_MOVES,
  CLAIMABLE,
  createExchange,
  DEFAULT_SETTINGS,
  ERRORS,
  MOVES,
  SETTLEMENT_MOVES,
} from "../src/exchange/index.ts";
import { openFileStore } from "../src/files/index.ts";
import { createServer, createTokens, DEFAULT_RATES, type ErrorEntry, type Server } from "../src/http/index.ts";
import { createAccounts, createIdentity, IDENTITY_ERRORS } from "../src/identity/index.ts";
import { openIssuer, openKeyedHash, openSealing } from "../src/keys/index.ts";
import {
  createRail,
  DEFAULT_RAIL_SETTINGS,
  OPERATOR_ERRORS,
  RAIL_ERROR_FORMAT,
  RAIL_ERRORS,
} from "../src/rail/index.ts";

/** A feed of a server that never listens. */
const DEAF: Feed = {
  place: () => ({ epoch: "", position: 0 }),
  subscribe: () => () => {},
  follow: () => () => {},
  history: async () => "gone",
  wake: () => {},
  close: async () => {},
};

/** Nobody answers there. */
const NOWHERE = "postgres://nobody@localhost:1/none";

const documentOf = async (server: Server): Promise<string> => {
  await server.ready();
  // Not by a request: whoever left something out shall read what.
  const document = server.swagger();
  await server.close();
  return `${JSON.stringify(document, null, 2)}\n`;
};

/** The very schemas that validate, from servers that never listen. */
const openApis = async (): Promise<{ readonly exchange: string; readonly rail: string }> => {
  const dataDir = await mkdtemp(join(tmpdir(), "parley-docs-"));
  const nowhere = new pg.Pool({ connectionString: NOWHERE });
  try {
    const issuer = await openIssuer(dataDir);
    const sealing = await openSealing(dataDir);
    const common = {
      connectionString: NOWHERE,
      sealing,
      issuer,
      feed: DEAF,
      pool: nowhere,
      chores: nowhere,
      onFailure: () => {},
    };
    const listening = {
      publicJwks: () => issuer.publicJwks,
      logger: pino({ level: "silent" }),
      metrics: new Registry(),
      ready: async () => false,
    };
    const exchange = createExchange({
      ...common,
      settings: DEFAULT_SETTINGS,
      accounts: createAccounts(nowhere),
      files: await openFileStore(join(dataDir, "attachments")),
      outbound: { allowPrivate: false, userAgent: () => "Parley" },
      limits: DEFAULT_RATES,
      marketPool: nowhere,
    });
    const identity = createIdentity({
      connectionString: NOWHERE,
      pool: nowhere,
      settings: {
        accounts: true,
        signUp: "open",
        mail: { url: "smtp://127.0.0.1", from: "no-reply@parley.example", isLoopback: true },
        demoPeople: DEMO_LOGINS,
        demoTraders: [],
      },
      origin: () => "https://exchange.example",
      isPlainLoopback: false,
      shownName: (name) => name,
      seal: common.sealing,
      tell: async () => {},
      onFailure: () => {},
    });
    const rail = createRail({
      ...common,
      settings: DEFAULT_RAIL_SETTINGS,
      keyedHash: await openKeyedHash(dataDir),
      publicUrl: () => "https://rail.example",
      userAgent: () => "Parley",
      onRefused: () => {},
    });
    const exchangeServer = await createServer({
      ...listening,
      name: "exchange",
      errors: { ...ERRORS, ...OPERATOR_ERRORS, ...IDENTITY_ERRORS },
      sessions: identity.sessions,
      tokens: createTokens({ own: issuer, host: null }),
      documentation: DOCUMENTATION,
    });
    const railServer = await createServer({
      ...listening,
      name: "rail",
      errors: RAIL_ERRORS,
      errorFormat: RAIL_ERROR_FORMAT,
      tokens: null,
      documentation: RAIL_DOCUMENTATION,
    });
    exchange.routes(exchangeServer);
    identity.routes(exchangeServer);
    rail.operatorRoutes(exchangeServer);
    rail.routes(railServer);
    const documents = { exchange: await documentOf(exchangeServer), rail: await documentOf(railServer) };
    await Promise.all([exchange.close(), rail.close(), identity.close()]);
    return documents;
  } finally {
    await nowhere.end();
    await rm(dataDir, { recursive: true, force: true });
  }
};

const errors = (title: string, form: string, registry: Readonly<Record<string, ErrorEntry>>): string => {
  const entries = Object.entries(registry);
  return [
    `# ${title}`,
    "",
    `Made from the registry by \`npm run docs\`. Every error answers \`${form}\`.`,
    "",
    "| Code | HTTP | When | Message |",
    "|---|---|---|---|",
    ...entries.map(([code, { status, when, message }]) => `| \`${code}\` | ${status} | ${when} | ${message} |`),
    "",
  ].join("\n");
};

const machine = (): string =>
  [
    "# The life of an order",
    "",
    "Made from the table of moves by `npm run docs`. No other move exists. Who drops the order by a move gets a strike.",
    "",
    "| From | Action | Who | To | Outcome | Money | Strike |",
    "|---|---|---|---|---|---|---|",
    ...MOVES.map(
      ({ from, action, who, to, outcome, money, strikes }) =>
        `| \`${from}\` | \`${action}\` | ${who} | \`${to}\` | ${outcome === null ? "" : `\`${outcome}\``} | ${MONEY[money]} | ${strikes ?? ""} |`,
    ),
    "",
    "## Cancelled, but paid",
    "",
    `An order that ended as ${[...CLAIMABLE].map((outcome) => `\`${outcome}\``).join(" or ")} may be claimed by its buyer, for a day. Its status`,
    "stays; its `claim` goes through this table, once.",
    "",
    "| From | Action | Who | To | Money | Strike |",
    "|---|---|---|---|---|---|",
    ...Object.values(CLAIM_MOVES).map(
      ({ from, action, who, to, money, strikes }) =>
        `| ${from === null ? "no claim" : `\`${from}\``} | \`${action}\` | ${who} | \`${to}\` | ${CLAIM_MONEY[money]} | ${strikes ?? ""} |`,
    ),
    "",
    "## Paid over the rail",
    "",
    "An order with the method `rail` has a `settlement`. What the banks report moves it, each report once; a report that comes",
    "from no state of its row is too late to matter.",
    "",
    "| From | Report | To | Where the order was cancelled |",
    "|---|---|---|---|",
    ...Object.entries(SETTLEMENT_MOVES).map(
      ([action, { from, to, toOfEnded = to }]) =>
        `| ${from.map((state) => `\`${state}\``).join(", ")} | \`${action}\` | \`${to}\` | \`${toOfEnded}\` |`,
    ),
    "",
  ].join("\n");

const CLAIM_MONEY = {
  none: "",
  settle: "seller available → buyer available",
  settle_or_owe: "seller available → buyer available; what is missing is owed",
} as const;

const MONEY = {
  hold: "stays in escrow",
  to_buyer: "escrow → buyer",
  to_seller: "escrow → seller",
  to_both: "escrow → both",
} as const;

/** The client's types, by the generator of the workspace that has an older TypeScript for it. */
const typesOf = async (document: string): Promise<string> => {
  const directory = await mkdtemp(join(tmpdir(), "parley-types-"));
  try {
    const [from, to] = [join(directory, "openapi.json"), join(directory, "api.ts")];
    await writeFile(from, document);
    const path = ["test/clients/node_modules/.bin", "node_modules/.bin", process.env.PATH].join(":");
    await promisify(execFile)("openapi-typescript", [from, "--output", to], { env: { ...process.env, PATH: path } });
    return await readFile(to, "utf8");
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
};

const { exchange, rail } = await openApis();
const documents: Readonly<Record<string, string>> = {
  "docs/openapi.exchange.json": exchange,
  "docs/openapi.rail.json": rail,
  "docs/errors.md": errors("Errors of the exchange", '{"code", "message", "details"?}', {
    ...ERRORS,
    ...OPERATOR_ERRORS,
    ...IDENTITY_ERRORS,
  }),
  "docs/errors.rail.md": errors("Errors of the rail", '{"code", "message", "field"?, "order_guid"?}', RAIL_ERRORS),
  "docs/orders.md": machine(),
  "packages/client/src/api.ts": await typesOf(exchange),
};

/** Codes that no route documents: nobody can be answered with them, so that the registry should not promise them. */
const unreachable = (document: string, registry: Readonly<Record<string, ErrorEntry>>): readonly string[] => {
  const documented = new Set<unknown>();
  JSON.parse(document, (name, value) => {
    if (name === "code" && Array.isArray(value?.enum)) for (const code of value.enum) documented.add(code);
    return value;
  });
  return Object.keys(registry).filter((code) => !documented.has(code));
};

const check = process.argv.includes("--check");
let stale = 0;
for (const [file, content] of Object.entries(documents)) {
  if (!check) await writeFile(file, content);
  else if ((await readFile(file, "utf8").catch(() => "")) !== content) {
    stale++;
    console.error(`${file} is not what the code says: run npm run docs`);
  }
}
const dead = [
  ...unreachable(exchange, { ...ERRORS, ...OPERATOR_ERRORS, ...IDENTITY_ERRORS }),
  ...unreachable(rail, RAIL_ERRORS),
];
for (const code of dead) console.error(`${code} is in an error registry, and no route answers with it`);
process.exit(dead.length + stale === 0 ? 0 : 1);
