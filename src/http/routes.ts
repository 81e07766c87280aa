/**
 * What all routes have in common: errors that any of them may answer with, and declarations that none may leave out.
 */
import type { FastifyInstance, RouteOptions } from "fastify";
import type { Access } from "./callers.ts";
import type { ErrorFormat, ErrorRegistry, HttpCode, SessionCode } from "./errors.ts";
import { isWrite } from "./methods.ts";
import { Closed, codesOf, type ErrorSchema, errorResponsesOf } from "./schemas.ts";
import { type Need, needOf } from "./scopes.ts";
import { asksForStepUp, type StepUp } from "./step-up.ts";

type CommonTerms = {
  readonly need: Need;
  readonly write: boolean;
  readonly cookies: boolean;
  readonly factors: boolean;
  readonly stepUp: StepUp | undefined;
};

/** What any route may answer, so that no route has to repeat it. */
const commonCodes = (
  access: Access,
  { need, write, cookies, factors, stepUp }: CommonTerms,
): readonly (HttpCode | SessionCode)[] => {
  if (access === "signed") return signedCodes(write);
  return [
    ...tokenCodes(access, write),
    ...(write && cookies ? (["CROSS_SITE"] as const) : []),
    ...(need !== "read" && cookies && access !== "open" && access !== "health"
      ? (["INSUFFICIENT_SCOPE"] as const)
      : []),
    ...(factors && asksForStepUp(access, stepUp) ? (["SECOND_FACTOR_REQUIRED"] as const) : []),
  ];
};

const signedCodes = (write: boolean): readonly HttpCode[] => [
  "UNAUTHORIZED",
  "RATE_LIMITED",
  "OVERLOADED",
  "INTERNAL_ERROR",
  ...(write ? (["VALIDATION_ERROR", "IDEMPOTENCY_KEY_REUSED", "BUSY", "OUTCOME_UNKNOWN"] as const) : []),
];

const tokenCodes = (access: Access, write: boolean): readonly HttpCode[] => [
  "RATE_LIMITED",
  "OVERLOADED",
  "INTERNAL_ERROR",
  ...(access === "open" || access === "health" ? [] : (["VALIDATION_ERROR", "UNAUTHORIZED"] as const)),
  ...(access === "operator" || access === "platform" || access === "rail_operator" ? (["FORBIDDEN"] as const) : []),
  ...(write
    ? ([
        "VALIDATION_ERROR",
        "PAYLOAD_TOO_LARGE",
        "UNSUPPORTED_MEDIA_TYPE",
        "IDEMPOTENCY_KEY_REUSED",
        "BUSY",
        "OUTCOME_UNKNOWN",
      ] as const)
    : []),
];

/** A route's own codes and the common ones, by status; an answer that is no error stays as it is. */
const withCommonErrors = (
  registry: ErrorRegistry,
  errorFormat: ErrorFormat,
  response: object,
  common: readonly (HttpCode | SessionCode)[],
): object => {
  const own = Object.values(response).flatMap((schema) => codesOf(schema) ?? []);
  const errors: Record<number, ErrorSchema> = errorResponsesOf(
    registry,
    errorFormat,
  )([...new Set([...own, ...common.map((code): string => Reflect.get(errorFormat.codes, code) ?? code)])]);
  const others = Object.entries(response).filter(([, schema]) => codesOf(schema) === null);
  const clash = others.find(([status]) => status in errors);
  if (clash !== undefined) throw new Error(`status ${clash[0]} is an error's: declare it with errorResponses`);
  return { ...errors, ...Object.fromEntries(others) };
};

/** An open object would let typing errors pass as members and parameters that nobody reads. */
const requireClosed = (route: string, part: string, schema: unknown): void => {
  if (typeof schema !== "object" || schema === null || Reflect.get(schema, "type") !== "object") return;
  if (Reflect.get(schema, "additionalProperties") === undefined)
    throw new Error(`${route}: the ${part} must be Closed({...})`);
};

const STREAM = "text/event-stream";

/** A stream is opened for whoever reads it: HEAD has its head and nothing else. */
const answerHead = (route: RouteOptions): void => {
  const answer: unknown = Reflect.get(Object(route.schema?.response), "200");
  const content: unknown = Reflect.get(Object(answer), "content");
  if (route.method !== "HEAD" || Reflect.get(Object(content), STREAM) === undefined) return;
  route.handler = async (_request, reply) => reply.header("content-type", `${STREAM}; charset=utf-8`).send("");
};

type CommonAnswers = {
  readonly registry: ErrorRegistry;
  readonly errorFormat: ErrorFormat;
  /** Whether callers by cookie come here. */
  readonly cookies: boolean;
};

/** Fills in what every route has in common and refuses, at the start, what a route must not leave out. */
export const completeRoute = (
  { registry, errorFormat, cookies }: CommonAnswers,
  route: RouteOptions,
): { access: Access; need: Need; write: boolean } => {
  const methods = [route.method].flat();
  const name = `${methods.join(",")} ${route.url}`;
  answerHead(route);
  const access = route.config?.access;
  if (access === undefined) throw new Error(`${name} does not say who may call it: config.access`);
  const write = methods.some(isWrite);
  const need = needOf({ url: route.url, access, write, declared: route.config?.token });
  const schema = route.schema ?? {};
  // A host platform's callers may be asked for it as well, where there are no cookies.
  const factors = Object.hasOwn(registry, "SECOND_FACTOR_REQUIRED");
  // A signed request is judged by its feature, check by check: schemas describe it.
  if (access === "signed") route.validatorCompiler = () => () => true;
  else {
    requireClosed(name, "body", schema.body);
    requireClosed(name, "querystring", schema.querystring);
  }
  if (schema.response === undefined && access !== "open" && access !== "health")
    throw new Error(`${name} does not say what it answers: schema.response`);
  const declared = typeof schema.response === "object" && schema.response !== null ? schema.response : null;
  route.schema = {
    ...schema,
    // Actions without a body accept none, or an empty one.
    ...(write && access !== "signed" && schema.body === undefined ? { body: Closed({}) } : {}),
    ...(declared === null
      ? {}
      : {
          response: withCommonErrors(
            registry,
            errorFormat,
            declared,
            commonCodes(access, { need, write, cookies, factors, stepUp: route.config?.stepUp }),
          ),
        }),
  };
  return { access, need, write };
};

/** Routes of plugins that cannot say so themselves. */
export const openUnder = (server: FastifyInstance, path: string): void => {
  server.addHook("onRoute", (route) => {
    if (route.url.startsWith(`${path}/`)) route.config = { access: "open", ...route.config };
  });
};
