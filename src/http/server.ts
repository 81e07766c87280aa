/** One listener: a Fastify instance with everything that each of its routes needs. */
import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyRequest,
  type FastifyTypeProvider,
  LogController,
  type onRequestHookHandler,
  type onResponseHookHandler,
  type preHandlerHookHandler,
  type RawServerDefault,
  type RouteOptions,
} from "fastify";
import type { JSONWebKeySet } from "jose";
import type { Registry } from "prom-client";
import type { Static, TSchema } from "typebox";
import { refuse, SECOND } from "../kernel/index.ts";
import { type Access, createGuard, type Limit } from "./access.ts";
import { BODY_LIMIT, parseBody } from "./body.ts";
import { createBrokenRequestHandler } from "./broken-requests.ts";
import { DRAIN_GRACE, registerDraining } from "./draining.ts";
import { type ErrorFormat, type ErrorRegistry, handleError, PLAIN_FORMAT, RefusedError } from "./errors.ts";
import { registerHealth } from "./health.ts";
import { checkIdempotencyKey } from "./idempotency.ts";
import { ANONYMOUS_PER_WINDOW, createLimits } from "./limits.ts";
import { createTimer, registerMetrics } from "./metrics.ts";
import { DOCS_PATH, type Documentation, registerDocs, registerOpenApi } from "./openapi.ts";
import { createResponseCheck, type ResponseFault } from "./response-check.ts";
import { completeRoute, openUnder } from "./routes.ts";
import type { AnswerOf } from "./schemas.ts";
import { registerSecurityHeaders } from "./security-headers.ts";
import type { Caller, Tokens } from "./tokens.ts";
import { buildValidator, parseQuery } from "./validation.ts";

/** Above any reverse proxy's own (60 s as a rule), so that the proxy and never we close a connection it wants to use. */
const KEEP_ALIVE_TIMEOUT = 72 * SECOND;
/** A head is a few hundred bytes; who needs longer holds a connection for its own sake. */
const HEADERS_TIMEOUT = 10 * SECOND;
/** For a whole request to arrive, attachments over a phone's line included. */
const REQUEST_TIMEOUT = 60 * SECOND;
/** How often the two above are looked at. */
const TIMEOUT_CHECK = 5 * SECOND;
/** The longest part of a path of ours is an external id or a subject; a percent-encoded one is three times as long. */
const MAX_PARAM_LENGTH = 256;

/** Types of requests and answers come from a route's own schemas. An answer may also be JSON as text. */
export interface TypeBoxProvider extends FastifyTypeProvider {
  readonly validator: this["schema"] extends TSchema ? Static<this["schema"]> : unknown;
  readonly serializer: this["schema"] extends TSchema ? AnswerOf<this["schema"]> | string : unknown;
}

export type Server = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxProvider
>;

declare module "fastify" {
  interface FastifyRequest {
    /** Null for a public route's request without a token. */
    caller: Caller | null;
  }
  interface FastifyInstance {
    readonly errorRegistry: ErrorRegistry;
    readonly errorFormat: ErrorFormat;
    /** Filled with `validateResponses` only; tests assert that it is empty. */
    readonly responseFaults: readonly ResponseFault[];
    isDraining(): boolean;
  }
  interface FastifyContextConfig {
    access?: Access;
  }
}

export type ServerDeps = {
  /** The listener's name in metrics: `exchange` or `rail`. */
  readonly name: string;
  readonly errors: ErrorRegistry;
  readonly errorFormat?: ErrorFormat;
  /** Null: nobody calls with a token. */
  readonly tokens: Tokens | null;
  readonly publicJwks: () => JSONWebKeySet;
  readonly logger: FastifyBaseLogger;
  readonly metrics: Registry;
  readonly ready: () => Promise<boolean>;
  readonly documentation: Documentation;
  readonly writesPer10Seconds: number;
  readonly onCaller?: (caller: Caller) => Promise<void> | undefined;
  /** Whether the world reaches us by https. */
  readonly https?: boolean;
  readonly anonymousPer10Seconds?: number;
  /** Tests hold every answer against its schema. */
  readonly validateResponses?: boolean;
  /** Tests of slow requests and of limits cannot wait, or come from elsewhere. */
  readonly requestTimeoutMs?: number;
  readonly limitLoopback?: boolean;
  /** Of all headers of a request together; Node's own bound unless said otherwise. */
  readonly maxHeaderBytes?: number;
  /** Tests that start many servers need not wait for idle connections. */
  readonly drainGraceMs?: number;
};

/** Short, unique among processes, and sortable within one: what a client quotes finds the line in the log. */
const createRequestIds = (): (() => string) => {
  const process = randomBytes(4).toString("hex");
  let count = 0;
  return () => `${process}-${(++count).toString(36)}`;
};

const createInstance = (deps: ServerDeps): Server => {
  const requestTimeout = deps.requestTimeoutMs ?? REQUEST_TIMEOUT;
  const server: Server = fastify({
    loggerInstance: deps.logger,
    // A line per request costs more than a third of what the server can do; failures are logged, durations are metrics.
    logController: new LogController({ disableRequestLogging: true }),
    // Nor a logger per request: the few lines that there are name the request themselves.
    childLoggerFactory: (logger) => logger,
    genReqId: createRequestIds(),
    bodyLimit: BODY_LIMIT,
    exposeHeadRoutes: false,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT,
    requestTimeout,
    http: {
      ...(deps.maxHeaderBytes === undefined ? {} : { maxHeaderSize: deps.maxHeaderBytes }),
      headersTimeout: Math.min(HEADERS_TIMEOUT, requestTimeout),
      connectionsCheckingInterval: Math.min(TIMEOUT_CHECK, requestTimeout),
    },
    // Our own draining does it, in our own words.
    return503OnClosing: false,
    forceCloseConnections: "idle",
    routerOptions: {
      maxParamLength: MAX_PARAM_LENGTH,
      querystringParser: parseQuery as (text: string) => Record<string, unknown>,
    },
    schemaController: { compilersFactory: { buildValidator: buildValidator as never } },
    clientErrorHandler: createBrokenRequestHandler(deps.errors, deps.errorFormat ?? PLAIN_FORMAT),
    frameworkErrors: handleError,
  });
  // Exactly what the handler gave. A schema-driven serialiser would drop or convert members in silence.
  server.setSerializerCompiler(() => (data) => JSON.stringify(data));
  server.setErrorHandler(handleError);
  server.removeAllContentTypeParsers();
  server.addContentTypeParser("application/json", { parseAs: "buffer" }, (_request, bytes, done) => {
    let body: object;
    try {
      body = parseBody(bytes as Buffer);
    } catch (error) {
      done(error as Error);
      return;
    }
    done(null, body);
  });
  return server;
};

/** After the body: the key, and then how many there were lately. */
const createWriteCheck =
  (limit: Limit): preHandlerHookHandler =>
  (request, _reply, done) => {
    try {
      checkIdempotencyKey(request);
    } catch (error) {
      done(error as Error);
      return;
    }
    const counting = limit(request);
    if (counting === undefined) done();
    else counting.then(() => done(), done);
  };

const ensureBody = (request: FastifyRequest, _reply: unknown, done: () => void): void => {
  if (request.body === undefined) request.body = {};
  done();
};

const before = <Hook>(hook: Hook, hooks: Hook | Hook[] | undefined): Hook[] => [
  hook,
  ...(hooks === undefined ? [] : ([hooks].flat() as Hook[])),
];

/** Gives each route its hooks when it is registered, so that none has to look up anything while it serves. */
const registerRouteHooks = (server: Server, deps: ServerDeps, faults: ResponseFault[]): void => {
  const limits = createLimits({
    writes: deps.writesPer10Seconds,
    anonymous: deps.anonymousPer10Seconds ?? ANONYMOUS_PER_WINDOW,
    spareLoopback: deps.limitLoopback !== true,
  });
  const guard = createGuard({ tokens: deps.tokens, addressLimit: limits.address, onCaller: deps.onCaller });
  const timer = createTimer(deps.metrics, deps.name);
  const say = { registry: deps.errors, errorFormat: deps.errorFormat ?? PLAIN_FORMAT };
  const writeCheck = createWriteCheck(limits.writes);
  const responseCheck = deps.validateResponses === true ? createResponseCheck(server, faults) : null;

  server.addHook("onRoute", (route: RouteOptions) => {
    const { access, write } = completeRoute(say, route);
    route.onRequest = before(guard(access), route.onRequest);
    route.onResponse = before(timer(String(route.method), route.url), route.onResponse);
    if (write && access !== "signed") {
      route.preValidation = before(ensureBody, route.preValidation);
      route.preHandler = before(writeCheck, route.preHandler);
    }
    if (responseCheck !== null && route.schema?.response !== undefined) {
      const own = route.onSend === undefined ? [] : [route.onSend].flat();
      route.onSend = [...own, responseCheck(route)];
    }
  });
  registerUnknownRoutes(server, guard("open"), timer("any", "unknown"));
};

/** An unknown route is unknown whatever its token, body or method. */
const registerUnknownRoutes = (server: Server, guard: onRequestHookHandler, time: onResponseHookHandler): void => {
  server.setNotFoundHandler((request, reply) => handleError(new RefusedError(refuse("NOT_FOUND")), request, reply));
  server.addHook("onRequest", function (request, reply, done) {
    if (!request.is404) return done();
    guard.call(this, request, reply, (error) => done(error ?? new RefusedError(refuse("NOT_FOUND"))));
  });
  server.addHook("onResponse", function (request, reply, done) {
    if (!request.is404) return done();
    time.call(this, request, reply, done);
  });
};

/**
 * What is left of a body that was refused before its end is thrown away, within the request timeout. Node does so by
 * itself only where nobody had begun to read; the next request on the connection would wait behind it for ever.
 */
const registerUnreadBodies = (server: Server): void => {
  server.addHook("onResponse", (request, _reply, done) => {
    if (!request.raw.complete) request.raw.resume();
    done();
  });
};

/** A server without routes of its own kind: the caller registers them, then listens. */
export const createServer = async (deps: ServerDeps): Promise<Server> => {
  const server = createInstance(deps);
  const faults: ResponseFault[] = [];
  server.decorate("errorRegistry", deps.errors);
  server.decorate("errorFormat", deps.errorFormat ?? PLAIN_FORMAT);
  server.decorate("responseFaults", faults);
  server.decorateRequest("caller", null);
  registerSecurityHeaders(server, deps.https === true);
  registerDraining(server, deps.drainGraceMs ?? DRAIN_GRACE);
  openUnder(server, DOCS_PATH);
  registerRouteHooks(server, deps, faults);
  registerUnreadBodies(server);
  await registerOpenApi(server, deps.documentation);
  registerHealth(server, deps);
  registerMetrics(server, deps.metrics);
  await registerDocs(server, deps.documentation);
  return server;
};
