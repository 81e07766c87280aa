/** A running exchange for tests: real HTTP, real PostgreSQL, real tokens. Every one ends with the audit. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { Agent } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";
import { type App, type AppPatience, startApp } from "../../src/app.ts";
import { readConfig } from "../../src/config.ts";
import { audit, DEFAULT_SETTINGS, type Settings } from "../../src/exchange/index.ts";
import type { DemoPerson } from "../../src/identity/index.ts";
import { assertNoDeadlock, createTestDatabase, type TestDatabase } from "./cluster.ts";
import { type Json, type Reply, sendHttp } from "./http.ts";
import { UNLIMITED } from "./limits.ts";
import { PATIENT } from "./patience.ts";

export { eventually } from "./eventually.ts";
export type { Json, Reply } from "./http.ts";

export type CallOptions = {
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is, instead of JSON. */
  readonly raw?: string | Buffer;
  /** Which node; the first unless said otherwise. */
  readonly node?: number;
};

export type Call = (method: string, path: string, body?: object, options?: CallOptions) => Promise<Reply>;

export type Market = {
  readonly database: TestDatabase;
  readonly settings: Settings;
  readonly nodes: readonly App[];
  /** DATA_DIR, the same for every node. */
  readonly dataDir: string;
  /** Calls as somebody: `market.as("anna")("GET", "/wallet")`; paths without `/api` are below `/api/v1`. */
  as(user: string, role?: "operator" | "platform"): Call;
  /** Without a token. */
  readonly stranger: Call;
  token(user: string, role?: "operator" | "platform"): Promise<string>;
  /** Credits a deposit, so that the user may also sell. */
  fund(user: string, amount: number): Promise<void>;
  /** Posts a sell ad with sensible terms. */
  sellAd(user: string, terms?: object): Promise<Json>;
  buyAd(user: string, terms?: object): Promise<Json>;
  sql(statement: string): Promise<Json[]>;
  /** Stops every node and starts as many again on the same database. */
  restart(): Promise<void>;
  /** Throws when the books are wrong, an answer was not as its schema says, or PostgreSQL logged a deadlock. */
  prove(): Promise<void>;
  /** Proves, then stops and drops everything. */
  end(): Promise<void>;
};

export type MarketOptions = {
  readonly settings?: Partial<Settings>;
  readonly nodes?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** More variables, which follow from the database, such as a pooler before it. */
  readonly connect?: (database: TestDatabase) => Promise<Readonly<Record<string, string>>>;
  /** Where the web app was built, for tests that open it. */
  readonly webDirectory?: string;
  /** Whom everybody may be by a click, as in the demo. */
  readonly demoPeople?: readonly DemoPerson[];
  /** Whom programs play there; the test starts them. */
  readonly demoTraders?: readonly string[];
  /** Where the test is about what the product waits for; everything else has as long as a busy machine may need. */
  readonly patience?: AppPatience;
};

export const startMarket = async ({
  settings = {},
  nodes: count = 1,
  env = {},
  connect = async () => ({}),
  webDirectory,
  demoPeople = [],
  demoTraders = [],
  patience = {},
}: MarketOptions = {}): Promise<Market> => {
  const database = await createTestDatabase();
  const dataDir = await mkdtemp(join(tmpdir(), "parley-test-data-"));
  const configured = readConfig({
    DATABASE_URL: database.servingUrl,
    DATA_DIR: dataDir,
    PORT: "0",
    RAIL_PORT: "0",
    DEMO: "0",
    LOG_LEVEL: process.env.TEST_LOG ?? "fatal",
    ...UNLIMITED,
    // Small sums and odd rates are easier to reckon with; tests of these bounds set them back.
    MIN_ORDER_AMOUNT: "1",
    RATE_BAND: "RUB:1-1000000",
    WEBHOOK_PRIVATE: "1",
    ...env,
    ...(await connect(database)),
  });
  const external = configured.database.kind === "external" ? configured.database : null;
  const config = { ...configured, demo: demoPeople.length > 0 };
  const nodes: App[] = [];
  const faults: unknown[] = [];
  const start = async () => {
    for (let index = 0; index < count; index++) {
      nodes.push(
        await startApp(config, {
          databaseUrl: external?.url ?? database.servingUrl,
          settings,
          ...(webDirectory === undefined ? {} : { webDirectory }),
          demoPeople,
          demoTraders,
          patience: { ...PATIENT, ...patience },
          validateResponses: true,
        }),
      );
    }
  };
  const stop = async () => {
    const stopping = nodes.splice(0);
    for (const { server } of stopping) faults.push(...server.responseFaults);
    await Promise.all(stopping.map((node) => node.stop()));
  };
  await start();
  const [first] = nodes;
  if (first === undefined) throw new Error("a market needs a node");
  const agent = new Agent({ keepAlive: true, maxSockets: 512 });
  const tokens = new Map<string, Promise<string>>();

  const token = (user: string, role?: string): Promise<string> => {
    const id = `${user} ${role}`;
    const known =
      tokens.get(id) ??
      first.issuer.signToken({
        sub: user,
        ...(role === "operator" ? { name: deskOf(user) } : {}),
        roles: role === undefined ? [] : [role],
        ttlSeconds: 3_600,
      });
    tokens.set(id, known);
    return known;
  };

  const call =
    (authorization: () => Promise<string | null>): Call =>
    async (method, path, body, options = {}) =>
      send(agent, nodes[options.node ?? 0] as App, await authorization(), method, path, body, options);

  const as: Market["as"] = (user, role) => call(() => token(user, role));
  let credits = 0;
  const post = async (user: string, ad: object): Promise<Json> => {
    const reply = await as(user)("POST", "/p2p/ads", ad);
    assert.equal(reply.status, 201, reply.text);
    return reply.body;
  };

  const prove = async () => {
    const { findings } = await audit(database.superuserUrl, { ...DEFAULT_SETTINGS, ...settings });
    assert.deepEqual(findings, [], "the audit found something");
    for (const { server } of nodes) faults.push(...server.responseFaults);
    assert.deepEqual(faults, [], "answers that are not as declared");
    await assertNoDeadlock(database);
  };

  return {
    database,
    settings: { ...DEFAULT_SETTINGS, ...settings },
    nodes,
    dataDir,
    as,
    stranger: call(async () => null),
    token,
    async fund(user, amount) {
      const entry = { user_id: user, amount, kind: "deposit", external_id: `fund-${++credits}` };
      const reply = await as("host", "platform")("POST", "/platform/credits", entry);
      assert.equal(reply.status, 201, reply.text);
    },
    sellAd: (user, terms = {}) => post(user, { ...SELL_AD, ...terms }),
    buyAd: (user, terms = {}) => post(user, { ...BUY_AD, ...terms }),
    sql: database.sql,
    async restart() {
      await stop();
      await start();
    },
    prove,
    async end() {
      try {
        await prove();
      } finally {
        agent.destroy();
        await stop();
        await database.drop();
        await rm(dataDir, { recursive: true, force: true });
      }
    },
  };
};

/**
 * A market for all tests of a file: started before them, proven and ended after them. What else they need first is
 * `prepare`'s, because hooks of a file run at once.
 */
export const useMarket = (options: MarketOptions = {}, prepare = async (): Promise<void> => {}): Market => {
  const market = {} as Market;
  before(async () => {
    Object.assign(market, await startMarket(options));
    await prepare();
  });
  after(() => market.end());
  return market;
};

export const SELL_AD = {
  type: "sell",
  fiat_currency: "RUB",
  exchange_rate: 100,
  min_amount: 100_000,
  max_amount: 5_000_000,
  payment_methods: ["card", "bank_transfer"],
  payment_details: { card_number: "2200 0000 0000 1234" },
  instructions: "Please include the order in the comment.",
} as const;

export const BUY_AD = {
  type: "buy",
  fiat_currency: "RUB",
  exchange_rate: 100,
  min_amount: 100_000,
  max_amount: 5_000_000,
  payment_methods: ["card"],
} as const;

/** What everybody sees of an operator: a name that does not hold the subject. */
export const deskOf = (operator: string): string => `Desk ${[...operator].reverse().join("")}`;

const send = (
  agent: Agent,
  node: App,
  token: string | null,
  method: string,
  path: string,
  body: object | undefined,
  { key, headers = {}, raw }: CallOptions,
): Promise<Reply> => {
  const payload = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  const inApi = ["/p2p", "/wallet", "/platform", "/operator", "/identity"].some((start) => path.startsWith(start));
  return sendHttp(agent, `${node.address}${inApi ? "/api/v1" : ""}${path}`, {
    method,
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(payload === undefined ? {} : { "content-type": "application/json" }),
      ...(key === undefined ? {} : { "idempotency-key": key }),
      ...headers,
    },
    body: payload,
  });
};
