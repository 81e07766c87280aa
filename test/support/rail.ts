/**
 * A running rail for tests: real HTTP, real PostgreSQL, banks with real keys. Every one ends with the audit.
 *
 *   const rail = await startRail();
 *   const bank = await rail.bank();
 *   const reply = await bank.post("/p2p/orders", { … });   // signed; `jti` is added when it is left out
 *   await rail.end();
 */
import assert from "node:assert/strict";
import { createHash, randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { Agent } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";
import { type App, type AppPatience, startApp } from "../../src/app.ts";
import { readConfig } from "../../src/config.ts";
import { audit, DEFAULT_SETTINGS } from "../../src/exchange/index.ts";
import { type Algorithm, generateKey, type Jwk, readPrivateKey, signToken } from "../../src/jws/index.ts";
import { auditRail, type RailSettings } from "../../src/rail/index.ts";
import { auditSettlement } from "../../src/settlement/index.ts";
import { assertNoDeadlock, createTestDatabase, type TestDatabase } from "./cluster.ts";
import { type Json, type Reply, sendHttp } from "./http.ts";
import { UNLIMITED } from "./limits.ts";
import { PATIENT } from "./patience.ts";

export { type BankAnswer, type ListeningBank, listenAsBank, type Received } from "./callbacks.ts";
export { eventually, type Json, type Reply } from "./market.ts";

export type BankOptions = {
  readonly name?: string;
  readonly mode?: "sandbox" | "production";
  readonly profile?: "compat" | "strong";
  readonly alg?: Algorithm;
  /** Fresh ones unless said otherwise. */
  readonly codes?: readonly string[];
  readonly callbackUrl?: string | null;
  readonly deeplinkUrl?: string | null;
  readonly receiverSearch?: boolean;
  readonly kid?: string;
};

/** What signs: a private JWK with its kid and alg. */
export type SigningKey = Jwk;

export type SignedOptions = {
  /** False: no header token. A text: that one, whatever it is. By default one is sent, in the bank's profile. */
  readonly header?: boolean | string;
  /** Under which name the header token goes. */
  readonly headerName?: "cx-authorization" | "authorization";
  /** Laid over the claims of the header token; undefined takes one away. */
  readonly headerClaims?: Readonly<Record<string, unknown>>;
  /** Laid over the claims of the body token (`jti`, and a strong one's `iss`, `aud`, `iat`, `exp`). */
  readonly bodyClaims?: Readonly<Record<string, unknown>>;
  /** Sent as it is, instead of a signed body. `bh` is of it. */
  readonly raw?: string | Buffer;
  /** The payload as text, to be signed as it is: claims are not added. */
  readonly payloadText?: string;
  readonly contentType?: string;
  /** Idempotency-Key. */
  readonly key?: string;
  readonly accept?: string;
  /** Which node; the first unless said otherwise. */
  readonly node?: number;
  /** Signs both tokens; the bank's own unless said otherwise. */
  readonly signer?: SigningKey;
  readonly headers?: Readonly<Record<string, string>>;
};

export type BankCall = (method: string, path: string, payload?: object, options?: SignedOptions) => Promise<Reply>;

/** A participant with its keys, as it calls us. */
export type Bank = {
  readonly guid: string;
  readonly name: string;
  readonly mode: "sandbox" | "production";
  readonly profile: "compat" | "strong";
  readonly kid: string;
  readonly codes: readonly string[];
  readonly keys: { readonly privateJwk: Jwk; readonly publicJwk: Jwk };
  /** A fresh valid IBAN of its first bank code, or of the one that is given. */
  iban(code?: string): string;
  /** Signed; paths without `/api` are below `/api/v1`. */
  readonly call: BankCall;
  get(path: string, options?: SignedOptions): Promise<Reply>;
  post(path: string, payload: object, options?: SignedOptions): Promise<Reply>;
  put(path: string, payload: object, options?: SignedOptions): Promise<Reply>;
  /** What a call would send: tokens that a test wants to send twice, or to break. */
  sign(method: string, path: string, payload?: object, options?: SignedOptions): Promise<SignedCall>;
  /** Sends what `sign` made, as it is. */
  send(signed: SignedCall, options?: { readonly node?: number }): Promise<Reply>;
  /** Registers one more key. @returns its pair */
  addKey(terms?: { alg?: Algorithm; kid?: string; nbf?: number; exp?: number }): Promise<{
    readonly privateJwk: Jwk;
    readonly publicJwk: Jwk;
  }>;
};

export type SignedCall = {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer | undefined;
};

export type OperatorCall = (
  method: string,
  path: string,
  body?: object,
  options?: { readonly user?: string; readonly role?: string | null; readonly key?: string; readonly node?: number },
) => Promise<Reply>;

export type TestRail = {
  readonly database: TestDatabase;
  readonly nodes: readonly App[];
  readonly dataDir: string;
  /** On the exchange's listener: `operator("GET", "/participants")`, as a rail_operator unless said otherwise. */
  readonly operator: OperatorCall;
  /** On the exchange's listener: `trader("anna")("GET", "/wallet")`. */
  trader(user: string, role?: string): (method: string, path: string, body?: object) => Promise<Reply>;
  /** On the rail's listener, with nothing but what is given. */
  stranger(method: string, path: string, options?: StrangerOptions): Promise<Reply>;
  bank(options?: BankOptions): Promise<Bank>;
  sql(statement: string): Promise<Json[]>;
  /** Stops every node and starts as many again on the same database; on the same ports, so that `aud` stays. */
  restart(): Promise<void>;
  /** Throws when the audit finds something, an answer was not as its schema says, or PostgreSQL logged a deadlock. */
  prove(): Promise<void>;
  /** Proves, then stops and drops everything. */
  end(): Promise<void>;
};

type StrangerOptions = {
  readonly headers?: Readonly<Record<string, string>>;
  readonly raw?: string | Buffer;
  readonly node?: number;
};

export type RailOptions = {
  readonly nodes?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly railSettings?: Partial<RailSettings>;
  /** Where the test is about what the product waits for; everything else has as long as a busy machine may need. */
  readonly patience?: AppPatience;
};

/** How long a bank may be silent in tests that are not about it: most of their banks have no server. */
const PATIENT_ACK_MS = 600_000;

export const startRail = async ({
  nodes: count = 1,
  env = {},
  railSettings = {},
  patience = {},
}: RailOptions = {}): Promise<TestRail> => {
  const database = await createTestDatabase();
  const dataDir = await mkdtemp(join(tmpdir(), "parley-test-rail-"));
  const configOf = (port: number, railPort: number) =>
    readConfig({
      DATABASE_URL: database.servingUrl,
      DATA_DIR: dataDir,
      PORT: String(port),
      RAIL_PORT: String(railPort),
      DEMO: "0",
      LOG_LEVEL: process.env.TEST_LOG ?? "fatal",
      ...UNLIMITED,
      RAIL_CALLS_PER_10_SECONDS: "100000",
      RAIL_PRIVATE_CALLBACKS: "1",
      ...env,
    });
  const nodes: App[] = [];
  const faults: unknown[] = [];
  const start = async (ports: readonly { readonly port: number; readonly railPort: number }[]) => {
    for (const { port, railPort } of ports)
      nodes.push(
        await startApp(configOf(port, railPort), {
          databaseUrl: database.servingUrl,
          railSettings: { searchAckMs: PATIENT_ACK_MS, ...railSettings },
          patience: { ...PATIENT, ...patience },
          validateResponses: true,
        }),
      );
  };
  const stop = async () => {
    const stopping = nodes.splice(0);
    for (const node of stopping) faults.push(...faultsOf(node));
    await Promise.all(stopping.map((node) => node.stop()));
  };
  await start(Array.from({ length: count }, () => ({ port: 0, railPort: 0 })));
  const agent = new Agent({ keepAlive: true, maxSockets: 512 });
  const nodeAt = (index = 0): App => {
    const node = nodes[index];
    if (node === undefined) throw new Error(`there is no node ${index}`);
    return node;
  };

  const atExchange: OperatorCall = async (method, path, body, options = {}) => {
    const { user = "olena", role = "rail_operator", key, node } = options;
    const roles = role === null ? [] : [role];
    const token = await nodeAt().issuer.signToken({ sub: user, roles, ttlSeconds: 3_600 });
    const text = body === undefined ? undefined : JSON.stringify(body);
    return send(agent, nodeAt(node).address, {
      method,
      path: below(path),
      headers: {
        authorization: `Bearer ${token}`,
        ...(text === undefined ? {} : { "content-type": "application/json" }),
        ...(key === undefined ? {} : { "idempotency-key": key }),
      },
      body: text,
    });
  };

  const operator: OperatorCall = (method, path, body, options) =>
    atExchange(method, path.startsWith("/api") ? path : `/operator${path}`, body, options);

  const sendSigned: Bank["send"] = (signed, { node } = {}) => send(agent, nodeAt(node).railAddress, signed);

  const bank = async (options: BankOptions = {}): Promise<Bank> => {
    const { mode = "sandbox", profile = "strong", codes = [freshCode()], alg = "ES256" } = options;
    const name = options.name ?? `Bank ${codes[0]}`;
    const made = await operator("POST", "/participants", {
      name,
      mode,
      profile,
      bank_codes: codes,
      callback_url: options.callbackUrl ?? null,
      deeplink_url: options.deeplinkUrl ?? null,
      receiver_search: options.receiverSearch ?? true,
    });
    assert.equal(made.status, 201, made.text);
    const guid: string = made.body.guid;
    const addKey: Bank["addKey"] = async (terms = {}) => {
      const pair = await generateKey(terms.alg ?? alg, terms.kid ?? randomUUID());
      const { nbf, exp } = terms;
      const body = { ...pair.publicJwk, ...(nbf === undefined ? {} : { nbf }), ...(exp === undefined ? {} : { exp }) };
      const reply = await operator("POST", `/participants/${guid}/keys`, body);
      assert.equal(reply.status, 201, reply.text);
      // The node that was asked knows at once; the others as soon as they have read their feed.
      await Promise.all(nodes.map((node) => node.rail.directory.refresh()));
      return pair;
    };
    const keys = await addKey(options.kid === undefined ? {} : { kid: options.kid });
    const who: Signatory = { guid, profile, key: keys.privateJwk };
    const sign: Bank["sign"] = (method, path, payload, signing = {}) =>
      signCall(who, nodeAt(signing.node).railAddress, { method, path, payload }, signing);
    const call: BankCall = async (method, path, payload, signing = {}) =>
      sendSigned(await sign(method, path, payload, signing), signing.node === undefined ? {} : { node: signing.node });
    return {
      guid,
      name,
      mode,
      profile,
      kid: keys.publicJwk.kid,
      codes,
      keys,
      iban: (code = codes[0] ?? "") => ibanOf(code),
      call,
      get: (path, signing) => call("GET", path, undefined, signing),
      post: (path, payload, signing) => call("POST", path, payload, signing),
      put: (path, payload, signing) => call("PUT", path, payload, signing),
      sign,
      send: sendSigned,
      addKey,
    };
  };

  const prove = async () => {
    const { findings } = await auditRail(database.superuserUrl);
    assert.deepEqual(findings, [], "the audit found something");
    assert.deepEqual((await auditSettlement(database.superuserUrl)).findings, [], "the two systems disagree");
    const books = await audit(database.superuserUrl, DEFAULT_SETTINGS);
    assert.deepEqual(books.findings, [], "the audit of the exchange found something");
    for (const node of nodes) faults.push(...faultsOf(node));
    assert.deepEqual(faults, [], "answers that are not as declared");
    await assertNoDeadlock(database);
  };

  return {
    database,
    nodes,
    dataDir,
    operator,
    trader: (user, role) => (method, path, body) => atExchange(method, path, body, { user, role: role ?? null }),
    stranger: (method, path, { headers = {}, raw, node } = {}) =>
      send(agent, nodeAt(node).railAddress, { method, path: below(path), headers, body: raw }),
    bank,
    sql: database.sql,
    async restart() {
      const ports = nodes.map((node) => ({ port: portOf(node.address), railPort: portOf(node.railAddress) }));
      await stop();
      await start(ports);
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

/** A rail for all tests of a file, as `useMarket` is a market. */
export const useRail = (
  options: Parameters<typeof startRail>[0] = {},
  prepare = async (): Promise<void> => {},
): TestRail => {
  const rail = {} as TestRail;
  before(async () => {
    Object.assign(rail, await startRail(options));
    await prepare();
  });
  after(() => rail.end());
  return rail;
};

const portOf = (address: string): number => Number(new URL(address).port);
const faultsOf = ({ server, railServer }: App): readonly unknown[] => [
  ...server.responseFaults,
  ...railServer.responseFaults,
];

const below = (path: string): string => (path.startsWith("/api") ? path : `/api/v1${path}`);

let codesGiven = 300_000 + Math.floor(Math.random() * 100_000);
/** Six digits that no other bank of this process has. */
export const freshCode = (): string => String(codesGiven++);

let phonesGiven = Math.floor(Math.random() * 100_000_000);
/** A Ukrainian number that nothing else of this process has. */
export const phone = (): string => `+380${String(500_000_000 + phonesGiven++)}`;

let accountsGiven = Math.floor(Math.random() * 1_000_000_000);

/** A valid Ukrainian IBAN, with check digits by ISO 13616. @param account 19 characters; a fresh one by default */
export const ibanOf = (code: string, account: string = String(accountsGiven++).padStart(19, "0")): string => {
  const bban = `${code}${account}`;
  const digits = [...`${bban}UA00`].map((character) => Number.parseInt(character, 36)).join("");
  return `UA${String(98n - (BigInt(digits) % 97n)).padStart(2, "0")}${bban}`;
};

export type Signatory = { readonly guid: string; readonly profile: "compat" | "strong"; readonly key: SigningKey };

/** How long a strong token lives: what the contract allows at most. */
const STRONG_LIFE = 300;

/** The tokens of one call, in the bank's profile. @param origin RAIL_PUBLIC_URL */
export const signCall = async (
  { guid, profile, key }: Signatory,
  origin: string,
  { method, path, payload }: { readonly method: string; readonly path: string; readonly payload?: object | undefined },
  options: SignedOptions = {},
): Promise<SignedCall> => {
  const where = below(path);
  const iat = Math.floor(Date.now() / 1_000);
  const aud = `${origin}${where.split("?")[0]}`;
  const strong = profile === "strong" ? { iss: guid, aud, iat, exp: iat + STRONG_LIFE } : {};
  const signer = options.signer ?? key;
  const bodyText =
    options.payloadText ??
    (payload === undefined
      ? undefined
      : JSON.stringify({ ...strong, jti: randomUUID(), ...payload, ...options.bodyClaims }));
  const body = options.raw ?? (bodyText === undefined ? undefined : await signText(bodyText, signer));
  const bh = createHash("sha256")
    .update(body ?? "")
    .digest("base64url");
  const claims = {
    iat,
    jti: randomUUID(),
    ...strong,
    ...(profile === "strong" ? { bh } : {}),
    ...options.headerClaims,
  };
  const { header = true, headerName = "cx-authorization" } = options;
  const token = header === true ? await signText(JSON.stringify(claims), signer) : header;
  return {
    method,
    path: where,
    headers: {
      ...(token === false ? {} : { [headerName]: headerName === "authorization" ? `Bearer ${token}` : token }),
      ...(body === undefined ? {} : { "content-type": options.contentType ?? "application/jwt" }),
      ...(options.key === undefined ? {} : { "idempotency-key": options.key }),
      ...(options.accept === undefined ? {} : { accept: options.accept }),
      ...options.headers,
    },
    body,
  };
};

/** A compact JWS of a text as it is. */
export const signText = async (text: string, jwk: SigningKey, typ = "JWT"): Promise<string> => {
  const key = readPrivateKey(jwk);
  if ("fault" in key) throw new Error(key.fault);
  return signToken(text, key, typ);
};

const send = (agent: Agent, origin: string, { path, ...call }: SignedCall): Promise<Reply> =>
  sendHttp(agent, `${origin}${path}`, call);
