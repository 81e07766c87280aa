/** What the tests of this directory share: a registry, a few routes, a server on a free port, a host platform. */
import { once } from "node:events";
import { createServer as createHttpServer, type Server as HttpServer } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import {
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  type JWK,
  type JWTHeaderParameters,
  type JWTPayload,
  SignJWT,
} from "jose";
import { pino } from "pino";
import { Registry } from "prom-client";
import { Type } from "typebox";
import {
  type Caller,
  Choice,
  Closed,
  callerOf,
  createServer,
  createTokens,
  type ErrorRegistry,
  errorResponsesOf,
  type HostTokens,
  Id,
  idempotencyOf,
  markReplayed,
  Nullable,
  paging,
  Ref,
  type Server,
  type ServerDeps,
  sendJsonText,
  sendRefusal,
  Text,
  type Tokens,
  withDetails,
} from "../../src/http/index.ts";
import { isRefusal, refuse } from "../../src/kernel/index.ts";
import { OWN_AUDIENCE, OWN_ISSUER } from "../../src/keys/index.ts";

const entry = (status: number, message: string) => ({ status, message, when: message.toLowerCase() });

const CODES = {
  VALIDATION_ERROR: entry(400, "The request is not valid"),
  UNAUTHORIZED: entry(401, "A valid token is needed"),
  FORBIDDEN: entry(403, "Not allowed"),
  NOT_FOUND: entry(404, "There is no such thing"),
  METHOD_NOT_ALLOWED: entry(405, "Another method is needed"),
  PAYLOAD_TOO_LARGE: entry(413, "The request is too large"),
  UNSUPPORTED_MEDIA_TYPE: entry(415, "JSON is expected"),
  RATE_LIMITED: entry(429, "Too many requests"),
  OVERLOADED: entry(503, "Too much to do; nothing was done"),
  BUSY: entry(503, "Held elsewhere; nothing was done"),
  OUTCOME_UNKNOWN: entry(503, "The outcome is not known; repeat with the same key"),
  IDEMPOTENCY_KEY_REUSED: entry(422, "The key belongs to another request"),
  INTERNAL_ERROR: entry(500, "Something broke"),
  AMOUNT_TOO_LOW: entry(422, "The amount is too low"),
  THING_NOT_FOUND: entry(404, "There is no such thing"),
} satisfies ErrorRegistry;

export const registry = withDetails(CODES, {
  VALIDATION_ERROR: Closed({ issues: Type.Array(Type.Object({}, { additionalProperties: true })) }),
  AMOUNT_TOO_LOW: Closed({ min: Type.Integer() }),
  INTERNAL_ERROR: Closed({ request_id: Type.String() }),
});

const errors = errorResponsesOf(registry);

export const Thing = Closed({ id: Id(), label: Nullable(Text({ maxLength: 8 })) }, { $id: "Thing" });

const NewThing = Closed({
  label: Text({ minLength: 1, maxLength: 8 }),
  amount: Choice(["one", "two"]),
});

/** Routes of every kind of access, and some that misbehave. */
export const registerThings = (server: Server): void => {
  server.addSchema(Thing);
  server.get(
    "/things",
    {
      config: { access: "public" },
      schema: {
        querystring: Closed({ ...paging(), kind: Choice(["a", "b"], { default: "a" }) }),
        response: {
          200: Closed({ limit: Id(), kind: Text({ maxLength: 1 }), caller: Nullable(Text({ maxLength: 64 })) }),
        },
      },
    },
    async (request, reply) =>
      reply.send({ limit: request.query.limit, kind: request.query.kind, caller: request.caller?.traderId ?? null }),
  );
  server.get(
    "/things/:id",
    {
      config: { access: "trader" },
      schema: { params: Closed({ id: Id() }), response: { 200: Ref(Thing), ...errors(["THING_NOT_FOUND"]) } },
    },
    async (request, reply) =>
      request.params.id === 404
        ? sendRefusal(reply, refuse("THING_NOT_FOUND"))
        : reply.send({ id: request.params.id, label: null }),
  );
  server.post(
    "/things",
    {
      config: { access: "trader" },
      schema: { body: NewThing, response: { 201: Ref(Thing), ...errors(["AMOUNT_TOO_LOW"]) } },
    },
    async (request, reply) => {
      const { label, amount } = request.body;
      const outcome =
        amount === "one" && label === "low" ? refuse("AMOUNT_TOO_LOW", { min: 2 }) : JSON.stringify({ id: 1, label });
      if (label === "again") markReplayed(reply);
      return isRefusal(outcome) ? sendRefusal(reply, outcome) : sendJsonText(reply, 201, outcome);
    },
  );
  server.post(
    "/act",
    {
      config: { access: "trader" },
      schema: {
        response: {
          200: Closed({ key: Nullable(Text({ maxLength: 128 })), fingerprint: Nullable(Text({ maxLength: 64 })) }),
        },
      },
    },
    async (request, reply) => reply.send({ key: null, fingerprint: null, ...idempotencyOf(request) }),
  );
  server.delete(
    "/act",
    { config: { access: "trader" }, schema: { response: { 204: Type.Null() } } },
    async (_request, reply) => reply.code(204).send(null),
  );
  for (const access of ["operator", "platform"] as const)
    server.post(
      `/${access}`,
      {
        config: { access },
        schema: { response: { 200: Closed({ id: Text({ maxLength: 64 }), name: Nullable(Text({ maxLength: 64 })) }) } },
      },
      async (request) => ({ id: callerOf(request).traderId, name: callerOf(request).name }),
    );
};

const silent = () => pino({ level: "silent" });

/** Our own issuer with a key in memory. */
export const createOwn = async () => {
  const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
  const jwk: JWK = { ...(await exportJWK(publicKey)), alg: "ES256", kid: "own", use: "sig" };
  const sign = (claims: JWTPayload, header: Partial<JWTHeaderParameters> = {}) =>
    new SignJWT({ iss: OWN_ISSUER, aud: OWN_AUDIENCE, iat: inSeconds(0), exp: inSeconds(600), ...claims })
      .setProtectedHeader({ alg: "ES256", kid: "own", typ: "JWT", ...header })
      .sign(privateKey);
  const publicJwks = { keys: [jwk] };
  return { issuer: OWN_ISSUER, audience: OWN_AUDIENCE, publicJwks, tokenKeys: () => publicJwks, jwk, sign };
};

export const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1_000) + seconds;

export type TestServer = {
  readonly server: Server;
  readonly url: string;
  readonly port: number;
  readonly bob: string;
  token(claims: JWTPayload): Promise<string>;
  call(path: string, init?: RequestInit & { token?: string }): Promise<Reply>;
  /** Sends bytes and reads until the other side closes. */
  raw(bytes: string | Buffer): Promise<string>;
  [Symbol.asyncDispose](): Promise<void>;
};

// biome-ignore lint/suspicious/noExplicitAny: a test reads members that it knows
export type Reply = { readonly status: number; readonly headers: Headers; readonly text: string; readonly body: any };

type Options = Partial<ServerDeps> & { readonly host?: HostTokens; readonly routes?: (server: Server) => void };

export const startServer = async ({ host, routes = registerThings, ...deps }: Options = {}): Promise<TestServer> => {
  const own = await createOwn();
  const tokens: Tokens = createTokens({ own, host: host ?? null });
  const server = await createServer({
    name: "test",
    errors: registry,
    tokens,
    publicJwks: () => own.publicJwks,
    logger: silent(),
    metrics: new Registry(),
    ready: async () => true,
    documentation: { title: "Test", version: "1", description: "A test", server: "http://127.0.0.1", tags: {} },
    validateResponses: true,
    drainGraceMs: 0,
    ...deps,
  });
  routes(server);
  await server.listen({ host: "127.0.0.1", port: 0 });
  const { port } = server.server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  return {
    server,
    url,
    port,
    bob: await own.sign({ sub: "bob" }),
    token: (claims) => own.sign(claims),
    async call(path, { token, headers, ...init } = {}) {
      const response = await fetch(`${url}${path}`, {
        ...init,
        headers: { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...headers },
      });
      const text = await response.text();
      const json = response.headers.get("content-type")?.startsWith("application/json") === true;
      return { status: response.status, headers: response.headers, text, body: json ? JSON.parse(text) : undefined };
    },
    async raw(bytes) {
      const socket = connect(port, "127.0.0.1");
      await once(socket, "connect");
      socket.write(bytes);
      return readAll(socket);
    },
    async [Symbol.asyncDispose]() {
      await server.close();
    },
  };
};

export const readAll = async (socket: Socket): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
};

export const post = (body: unknown): RequestInit => ({
  method: "POST",
  headers: { "content-type": "application/json" },
  body: typeof body === "string" ? body : body instanceof Uint8Array ? Uint8Array.from(body) : JSON.stringify(body),
});

export type HostPlatform = {
  readonly config: HostTokens;
  readonly http: HttpServer;
  /** What the endpoint serves; `null` is an endpoint that fails. */
  keys: readonly JWK[] | null;
  fetches: number;
  [Symbol.asyncDispose](): Promise<void>;
};

export const startHost = async (
  roles: readonly ("operator" | "platform")[] = ["operator", "platform"],
): Promise<HostPlatform> => {
  const http = createHttpServer((_request, response) => {
    platform.fetches += 1;
    if (platform.keys === null) response.writeHead(500).end();
    else response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ keys: platform.keys }));
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  const { port } = http.address() as AddressInfo;
  const platform: HostPlatform = {
    config: {
      jwksUrl: new URL(`http://127.0.0.1:${port}/jwks`),
      issuer: "https://host.example",
      audience: "parley-test",
      roles: new Set(roles),
      stepUp: false,
    },
    http,
    keys: [],
    fetches: 0,
    async [Symbol.asyncDispose]() {
      http.closeAllConnections();
      http.close();
      await once(http, "close");
    },
  };
  return platform;
};

/** A key of the host platform and what signs with it. */
export const createHostKey = async (alg: string, change: (jwk: JWK) => JWK = (jwk) => jwk) => {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const bare = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(bare);
  const jwk = change({ ...bare, kid, alg, use: "sig" });
  const sign = (claims: JWTPayload, header: Partial<JWTHeaderParameters> = {}) =>
    new SignJWT({ iss: "https://host.example", aud: "parley-test", exp: inSeconds(600), ...claims })
      .setProtectedHeader({ alg, kid, ...header })
      .sign(privateKey);
  return { jwk, kid, privateKey, publicKey, sign };
};

export type { Caller };
