/** `npm run docs`: the documents that are made from the code. With --check it only says whether they are up to date. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import pino from "pino";
import { Registry } from "prom-client";
import { DOCUMENTATION } from "../src/documentation.ts";
import type { Feed } from "../src/engine/index.ts";
import { createExchange, DEFAULT_SETTINGS, ERRORS, MOVES } from "../src/exchange/index.ts";
import { openFileStore } from "../src/files/index.ts";
import { createServer, createTokens, type ErrorEntry } from "../src/http/index.ts";
import { openIssuer, openSealing } from "../src/keys/index.ts";

/** A feed of a server that never listens. */
const DEAF: Feed = {
  place: () => ({ epoch: "", position: 0 }),
  subscribe: () => () => {},
  follow: () => () => {},
  history: async () => "gone",
  wake: () => {},
  close: async () => {},
};

/** The very schemas that validate, from a server that never listens. */
const openApi = async (): Promise<string> => {
  const dataDir = await mkdtemp(join(tmpdir(), "parley-docs-"));
  const nowhere = new pg.Pool({ connectionString: "postgres://nobody@localhost:1/none" });
  try {
    const issuer = await openIssuer(dataDir);
    const server = await createServer({
      name: "exchange",
      errors: ERRORS,
      tokens: createTokens({ own: issuer, host: null }),
      publicJwks: issuer.publicJwks,
      logger: pino({ level: "silent" }),
      metrics: new Registry(),
      ready: async () => false,
      documentation: DOCUMENTATION,
      writesPer10Seconds: 600,
    });
    const exchange = createExchange({
      connectionString: "postgres://nobody@localhost:1/none",
      namedStatements: true,
      settings: DEFAULT_SETTINGS,
      sealing: await openSealing(dataDir),
      issuer,
      files: await openFileStore(join(dataDir, "attachments")),
      feed: DEAF,
      limits: { writesPer10Seconds: 600 },
      pool: nowhere,
      marketPool: nowhere,
      chores: nowhere,
      onFailure: () => {},
    });
    exchange.routes(server);
    const { body } = await server.inject("/openapi.json");
    await server.close();
    await exchange.close();
    return `${JSON.stringify(JSON.parse(body), null, 2)}\n`;
  } finally {
    await nowhere.end();
    await rm(dataDir, { recursive: true, force: true });
  }
};

const errors = (): string => {
  const entries = Object.entries<ErrorEntry>(ERRORS);
  return [
    "# Errors of the exchange",
    "",
    'Made from the registry by `npm run docs`. Every error answers `{"code", "message", "details"?}`.',
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
    "Made from the table of moves by `npm run docs`. No other move exists.",
    "",
    "| From | Action | Who | To | Outcome | Money |",
    "|---|---|---|---|---|---|",
    ...MOVES.map(
      ({ from, action, who, to, outcome, money }) =>
        `| \`${from}\` | \`${action}\` | ${who} | \`${to}\` | ${outcome === null ? "" : `\`${outcome}\``} | ${MONEY[money]} |`,
    ),
    "",
  ].join("\n");

const MONEY = {
  hold: "stays in escrow",
  to_buyer: "escrow → buyer",
  to_seller: "escrow → seller",
  to_both: "escrow → both",
} as const;

const documents: Readonly<Record<string, string>> = {
  "docs/openapi.exchange.json": await openApi(),
  "docs/errors.md": errors(),
  "docs/orders.md": machine(),
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
process.exit(stale === 0 ? 0 : 1);
