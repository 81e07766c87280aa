/** One listener: a Fastify instance with everything that each of its routes needs. */
import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
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
import { createGuard } from "./access.ts";
import { type AccessLog, createAccessLog } from "./access-log.ts";
import { registerAdmission } from "./admission.ts";
import { BODY_LIMIT, parseBody } from "./body.ts";
import { type Bounds, DEFAULT_BOUNDS } from "./bounds.ts";
import { createBrokenRequestHandler } from "./broken-requests.ts";
import type { Access, Caller } from "./callers.ts";
import { type ClientAddress, createClientAddress } from "./client-address.ts";
import { registerCors } from "./cors.ts";
import { DRAIN_GRACE, registerDraining } from "./draining.ts";
import { type ErrorFormat, type ErrorRegistry, handleError, PLAIN_FORMAT, RefusedError } from "./errors.ts";
import { registerHealth } from "./health.ts";
import { checkIdempotencyKey, pathOf } from "./idempotency.ts";
import { createLimits, type Limits } from "./limits.ts";
import { createPathMethods, type PathMethods } from "./methods.ts";
import { createTimer } from "./metrics.ts";
import { DOCS_PATH, type Documentation, registerDocs, registerOpenApi } from "./openapi.ts";
import { createRepresentation } from "./representation.ts";
import { createResponseCheck, type ResponseFault } from "./response-check.ts";
import { completeRoute, openUnder } from "./routes.ts";
import type { AnswerOf } from "./schemas.ts";
import type { Need } from "./scopes.ts";
import { registerSecurityHeaders } from "./security-headers.ts";
import type { Sessions } from "./sessions.ts";
import { createPages, type Pages, registerStatic } from "./static.ts";
import type { StaticFiles } from "./static-files.ts";
import { demandFactor, type StepUp } from "./step-up.ts";
import type { Tokens } from "./tokens.ts";
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
    /** Whose signature vouched for it, where signatures do. */
    signedBy: string | null;
    /** Why it was turned away with 401 or 403: for the log alone. */
    refusedFor: string | null;
  }
  interface FastifyInstance {
    readonly errorRegistry: ErrorRegistry;
    readonly errorFormat: ErrorFormat;
    /** Filled with `validateResponses` only; tests assert that it is empty. */
    readonly responseFaults: readonly ResponseFault[];
    isDraining(): boolean;
    /** What a request counts for where no token does: its address, or what a trusted proxy says it is. */
    readonly addressOf: ClientAddress;
  }
  interface FastifyContextConfig {
    access?: Access;
    /** It sets the cookie of a session, so that it is for our own pages alone, whatever it comes with. */
    ownPage?: boolean;
    /** It needs the second factor of a few minutes ago. */
    stepUp?: StepUp;
    /** A page calls it by itself: no sign that somebody sits before it. */
    unattended?: boolean;
    /** Which personal token opens it. A write that says nothing is opened by none. */
    token?: Need;
  }
}

export type ServerDeps = {
  /** The listener's name in metrics: `exchange` or `rail`. */
  readonly name: string;
  readonly errors: ErrorRegistry;
  readonly errorFormat?: ErrorFormat;
  /** Null: nobody calls with a token. */
  readonly tokens: Tokens | null;
  /** Null or left out: cookies are not looked at. */
  readonly sessions?: Sessions | null;
  readonly publicJwks: () => JSONWebKeySet;
  readonly logger: FastifyBaseLogger;
  /** Null or left out: requests are not logged. */
  readonly accessLog?: AccessLog | null;
  readonly metrics: Registry;
  readonly ready: () => Promise<boolean>;
  readonly documentation: Documentation;
  /** What differs from the usual ones. */
  readonly bounds?: Partial<Bounds>;
  readonly onCaller?: (caller: Caller) => Promise<void> | undefined;
  /** The web app; null where it was not built, or belongs elsewhere. */
  readonly webApp?: StaticFiles | null;
  /** Sites that may frame the web app below `/embed`. */
  readonly embedOrigins?: readonly string[];
  /** Whether the world reaches us by https. */
  readonly https?: boolean;
  /** Tests hold every answer against its schema. */
  readonly validateResponses?: boolean;
  /** For a whole request to arrive. */
  readonly requestTimeoutMs?: number;
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
    // Fastify's two lines per request cost more than a third of what the server can do; ours is in access-log.ts.
    logController: new LogController({ disableRequestLogging: true }),
    // Nor a logger per request: the few lines that there are name the request themselves.
    childLoggerFactory: (logger) => logger,
    genReqId: createRequestIds(),
    bodyLimit: BODY_LIMIT,
    exposeHeadRoutes: true,
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

/** After the body: the key, and then how many there were lately. Nobody's were counted by address already. */
const createWriteCheck =
  (limits: Limits): preHandlerHookHandler =>
  (request, _reply, done) => {
    try {
      checkIdempotencyKey(request);
      if (request.caller !== null) limits.write(request.caller.traderId);
    } catch (error) {
      done(error as Error);
      return;
    }
    done();
  };

/** Of a route whose body says whether it needs the second factor. */
const checkStepUp: preHandlerHookHandler = ({ body, caller, routeOptions: { config } }, _reply, done) => {
  try {
    if (caller !== null && typeof config.stepUp === "function" && config.stepUp(body)) demandFactor(caller, true);
  } catch (error) {
    done(error as Error);
    return;
  }
  done();
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
const registerRouteHooks = (server: Server, deps: ServerDeps, limits: Limits, faults: ResponseFault[]): void => {
  const { tokens, onCaller } = deps;
  const sessions = deps.sessions ?? null;
  const guard = createGuard({ tokens, sessions, limits, addressOf: server.addressOf, onCaller });
  const methods = createPathMethods();
  const represent = createRepresentation();
  const timer = createTimer(deps.metrics, deps.name);
  const logged = deps.accessLog == null ? null : createAccessLog(deps.accessLog, deps.name);
  /** What is noted of each answer. */
  const notes = (method: string, route: string): onResponseHookHandler[] =>
    [timer(method, route), logged?.(method, route)].filter((hook) => hook !== undefined);
  const say = {
    registry: deps.errors,
    errorFormat: deps.errorFormat ?? PLAIN_FORMAT,
    cookies: sessions !== null,
  };
  const writeCheck = createWriteCheck(limits);
  const responseCheck = deps.validateResponses === true ? createResponseCheck(server, faults) : null;

  server.addHook("onRoute", (route: RouteOptions) => {
    methods.note(route);
    const { access, need, write } = completeRoute(say, route);
    route.onRequest = before(guard({ access, need }), route.onRequest);
    const noted = notes(String(route.method), route.url);
    route.onResponse = route.onResponse === undefined ? noted : [...noted, ...[route.onResponse].flat()];
    if (write && access !== "signed") {
      route.preValidation = before(ensureBody, route.preValidation);
      const checked =
        typeof route.config?.stepUp === "function" ? before(checkStepUp, route.preHandler) : route.preHandler;
      route.preHandler = before(writeCheck, checked);
    }
    // Before a route's own, which for HEAD takes the text away; held against its schema before it is compressed.
    const checked = responseCheck !== null && route.schema?.response !== undefined ? responseCheck(route) : null;
    const sending = [checked, represent(route, access)].filter((hook) => hook !== null);
    if (sending.length > 0) route.onSend = [...sending, ...(route.onSend === undefined ? [] : [route.onSend].flat())];
  });
  const pages = deps.webApp == null ? null : createPages(deps.webApp, deps.embedOrigins ?? []);
  registerUnknownRoutes(server, {
    guard: guard({ access: "open", need: "session" }),
    notes: notes("any", "unknown"),
    methods,
    pages,
  });
};

type UnknownRoutes = {
  readonly guard: onRequestHookHandler;
  readonly notes: readonly onResponseHookHandler[];
  readonly methods: PathMethods;
  readonly pages: Pages | null;
};

/**
 * What leads to no route: a page of the web app, where somebody goes to one. Else an unknown route is unknown whatever its
 * token and body; of a known path it is said which methods it takes.
 */
const registerUnknownRoutes = (server: Server, { guard, notes, methods, pages }: UnknownRoutes): void => {
  const refusalOf = (request: FastifyRequest, reply: FastifyReply): RefusedError => {
    const allowed = methods.of(pathOf(request));
    if (allowed.length === 0) return new RefusedError(refuse("NOT_FOUND"));
    reply.header("allow", allowed.join(", "));
    return new RefusedError(refuse("METHOD_NOT_ALLOWED"));
  };
  server.setNotFoundHandler((request, reply) => handleError(new RefusedError(refuse("NOT_FOUND")), request, reply));
  server.addHook("onRequest", function (request, reply, done) {
    if (!request.is404) return done();
    guard.call(this, request, reply, (error) => {
      if (error !== undefined || pages?.answer(request, reply) !== true) done(error ?? refusalOf(request, reply));
    });
  });
  for (const note of notes)
    server.addHook("onResponse", function (request, reply, done) {
      if (!request.is404) return done();
      note.call(this, request, reply, done);
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
  const bounds: Bounds = { ...DEFAULT_BOUNDS, ...deps.bounds };
  const limits = createLimits(bounds.rates);
  const addressOf = createClientAddress(bounds.trustedProxies);
  server.decorate("errorRegistry", deps.errors);
  server.decorate("errorFormat", deps.errorFormat ?? PLAIN_FORMAT);
  server.decorate("responseFaults", faults);
  server.decorateRequest("caller", null);
  server.decorateRequest("signedBy", null);
  server.decorateRequest("refusedFor", null);
  server.decorate("addressOf", addressOf);
  registerAdmission(server, bounds.admission, addressOf);
  registerSecurityHeaders(server, deps.https === true);
  registerCors(server, { origins: bounds.corsOrigins, count: ({ raw }) => limits.anonymous(addressOf(raw)) });
  registerDraining(server, deps.drainGraceMs ?? DRAIN_GRACE);
  openUnder(server, DOCS_PATH);
  registerRouteHooks(server, deps, limits, faults);
  registerUnreadBodies(server);
  await registerOpenApi(server, deps.documentation, {
    errors: deps.errors,
    errorFormat: deps.errorFormat ?? PLAIN_FORMAT,
    cookies: deps.sessions?.cookie.name ?? null,
  });
  registerHealth(server, deps);
  registerDocs(server, deps.documentation);
  if (deps.webApp != null) registerStatic(server, deps.webApp);
  return server;
};
