/** The OpenAPI document, made from the schemas that validate, and the page to read it in. */
import fastifySwagger from "@fastify/swagger";
import fastify, { type FastifyInstance, type FastifySchema, type RouteOptions } from "fastify";
import type { Access } from "./callers.ts";
import type { ErrorFormat, ErrorRegistry } from "./errors.ts";
import type { Examples } from "./examples.ts";
import { IDEMPOTENCY_KEY_PATTERN } from "./idempotency.ts";
import { JSON_ANSWER } from "./media-types.ts";
import { isWrite } from "./methods.ts";
import { completeDocument, type OpenApiDocument } from "./openapi-document.ts";
import { PAGE_CONTENT_SECURITY_POLICY } from "./security-headers.ts";

export type Documentation = {
  readonly title: string;
  readonly version: string;
  readonly description: string;
  /** Where it usually listens; a caller's own address takes its place. */
  readonly server: string;
  /** What each tag of its operations is about. */
  readonly tags: Readonly<Record<string, string>>;
  /** How requests of `signed` routes are signed; an API has these or tokens. */
  readonly signing?: string;
  /** Of a route's answer as a JWS, which its caller may ask for; a schema. */
  readonly signedAnswer?: object;
  /** What its bodies and answers look like; without, nothing shows it. */
  readonly examples?: Examples;
  /** What callers serve themselves, by its name: OpenAPI path items. */
  readonly webhooks?: Readonly<Record<string, object>>;
};

export const DOCS_PATH = "/docs";
const DOCUMENT_PATH = "/openapi.json";
const SCRIPT_PATH = `${DOCS_PATH}/start.js`;
const REFERENCE_PATH = `${DOCS_PATH}/reference/js/scalar.js`;
/** The reference's script is 4 MB and changes with its package only. */
const SCRIPT_CACHE = "public, max-age=86400";

const BEARER = "bearer";
const COOKIE = "cookie";
const SIGNATURE = "signature";
const SIGNATURE_HEADER = "CX-Authorization";
const SIGNED_ANSWER = "SignedAnswer";

type Alternatives = readonly Readonly<Record<string, readonly string[]>>[];

type Described = { readonly schema: FastifySchema; readonly url: string; readonly route: RouteOptions };

/** `hide` keeps a route out; the lock says which need a token. */
const transformOf =
  (cookies: boolean) =>
  ({ schema, url, route }: Described) => {
    const access = route.config?.access ?? "open";
    const write = [route.method].flat().some(isWrite);
    return { schema: { ...schema, security: securityOf(access, write, cookies) }, url };
  };

const securityOf = (access: Access, write: boolean, cookies: boolean): Alternatives => {
  if (access === "open" || access === "health") return [];
  // A body that is signed may vouch for itself; a read has none.
  if (access === "signed") return [{ [SIGNATURE]: [] }, { [BEARER]: [] }, ...(write ? [{}] : [])];
  const ways = [{ [BEARER]: [] }, ...(cookies ? [{ [COOKIE]: [] }] : [])];
  return access === "public" ? [{}, ...ways] : ways;
};

type Operation = {
  parameters?: unknown[];
  requestBody?: { required?: boolean; content?: Record<string, { schema?: { required?: unknown[] } }> };
  responses?: Record<string, { headers?: Record<string, unknown>; content?: Record<string, object> }>;
  security?: readonly Readonly<Record<string, unknown>>[];
};

/** A 401 is signed for nobody, and what broke signs nothing. */
const isSignable = (status: string): boolean => status !== "401" && Number(status) < 500;

const describeSignedAnswers = ({ security = [], responses = {} }: Operation): void => {
  if (!security.some((scheme) => SIGNATURE in scheme)) return;
  for (const [status, { content }] of Object.entries(responses))
    if (content !== undefined && "application/json" in content && isSignable(status))
      content["application/jwt"] = { schema: { $ref: `#/components/schemas/${SIGNED_ANSWER}` } };
};

/** What holds for every route is said here once, not in each schema. */
const describeOperation = (method: string, operation: Operation): void => {
  const write = isWrite(method.toUpperCase());
  if (write)
    operation.parameters = [...(operation.parameters ?? []), { $ref: "#/components/parameters/IdempotencyKey" }];
  const { requestBody } = operation;
  if (requestBody !== undefined) {
    // An absent body is {}, so it is required only where a member is.
    requestBody.required = Object.values(requestBody.content ?? {}).some(
      ({ schema }) => (schema?.required?.length ?? 0) > 0,
    );
  }
  for (const [status, response] of Object.entries(operation.responses ?? {})) {
    if (status === "429" || status === "503")
      response.headers = { "Retry-After": { $ref: "#/components/headers/RetryAfter" } };
    else if (write && status !== "401" && status !== "400" && status !== "500")
      response.headers = { "Idempotent-Replay": { $ref: "#/components/headers/IdempotentReplay" } };
  }
};

const cookieScheme = (name: string) => ({
  type: "apiKey" as const,
  in: "cookie" as const,
  name,
  description:
    "A session's, set by signing in; its name on one's own machine by plain http is `parley`. A write with it needs an " +
    "Origin that is this server's and a header Parley-Client, whatever it says. Never together with a bearer token.",
});

const securitySchemes = (signing: string | undefined, cookie: string | null) =>
  signing === undefined
    ? {
        [BEARER]: { type: "http" as const, scheme: "bearer", bearerFormat: "JWT" },
        ...(cookie === null ? {} : { [COOKIE]: cookieScheme(cookie) }),
      }
    : {
        [SIGNATURE]: {
          type: "apiKey" as const,
          in: "header" as const,
          name: SIGNATURE_HEADER,
          description: signing,
        },
        [BEARER]: {
          type: "http" as const,
          scheme: "bearer",
          bearerFormat: "JWT",
          description: `The same token as in ${SIGNATURE_HEADER}, which counts where both are there.`,
        },
      };

const components = {
  parameters: {
    IdempotencyKey: {
      in: "header" as const,
      name: "Idempotency-Key",
      required: false,
      description:
        "The same key with the same request within 24 hours gives the first answer again, without a second effect.",
      schema: { type: "string" as const, pattern: IDEMPOTENCY_KEY_PATTERN },
    },
  },
  headers: {
    RetryAfter: { description: "Seconds to wait.", schema: { type: "integer" as const, minimum: 1 } },
    IdempotentReplay: {
      description: "`true`: this is the answer of an earlier request with the same key.",
      schema: { type: "string" as const },
    },
  },
};

const LICENSE = { name: "Apache-2.0", identifier: "Apache-2.0" };
const CONTACT = { name: "Whoever runs this installation" };

/** Nothing that calls home, and nothing that a reader of the documentation does not need. */
const REFERENCE = {
  url: DOCUMENT_PATH,
  telemetry: false,
  withDefaultFonts: false,
  agent: { disabled: true },
  mcp: { disabled: true },
  hideClientButton: true,
  showDeveloperTools: "never",
  persistAuth: false,
};

const page = (title: string): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title.replaceAll("&", "&amp;").replaceAll("<", "&lt;")}</title>
<div id="app"></div>
<script src="${REFERENCE_PATH}"></script>
<script src="${SCRIPT_PATH}"></script>
</html>
`;

type Signable = { paths?: object; components?: { schemas?: object } };

const addSignedAnswers = (document: Signable, schema: object): void => {
  document.components = {
    ...document.components,
    schemas: { ...document.components?.schemas, [SIGNED_ANSWER]: schema },
  };
  for (const path of Object.values(document.paths ?? {}))
    for (const operation of Object.values(path ?? {})) describeSignedAnswers(operation as Operation);
};

type Answers = {
  readonly errors: ErrorRegistry;
  readonly errorFormat: ErrorFormat;
  /** The name of a session's cookie; null: none is looked at. */
  readonly cookies: string | null;
};

/** Before any route: it collects them. */
export const registerOpenApi = async (
  server: FastifyInstance,
  documentation: Documentation,
  { errors, errorFormat, cookies }: Answers,
): Promise<void> => {
  await server.register(fastifySwagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: documentation.title,
        version: documentation.version,
        description: documentation.description,
        license: LICENSE,
        contact: CONTACT,
      },
      servers: [{ url: documentation.server, description: "where it listens unless it is told otherwise" }],
      components: { securitySchemes: securitySchemes(documentation.signing, cookies), ...components },
    },
    // Components have the names of their schemas; the default would call them def-0, def-1 …
    refResolver: {
      buildLocalReference: (json, _base, _fragment, i) => (typeof json.$id === "string" ? json.$id : `Schema${i}`),
    },
    transform: transformOf(cookies !== null) as never,
    transformObject: (document) => {
      if (!("openapiObject" in document)) return document.swaggerObject;
      for (const path of Object.values(document.openapiObject.paths ?? {}))
        for (const [method, operation] of Object.entries(path ?? {})) describeOperation(method, operation as Operation);
      const { webhooks, tags, examples, signedAnswer } = documentation;
      const complete = {
        ...document.openapiObject,
        ...(webhooks === undefined ? {} : { webhooks: structuredClone(webhooks) }),
      };
      if (signedAnswer !== undefined) addSignedAnswers(complete, signedAnswer);
      completeDocument(complete as OpenApiDocument, {
        errors,
        errorFormat,
        tags,
        ...(examples === undefined ? {} : { examples }),
      });
      return complete;
    },
  });
};

/** The document, and a page to read it in, whose script comes from the package: no other host is asked for anything. */
export const registerDocs = (server: FastifyInstance, documentation: Documentation): void => {
  const open = { config: { access: "open" }, schema: { hide: true } } as const;
  let document: string | null = null;
  server.get(DOCUMENT_PATH, open, async (_request, reply) => {
    document ??= JSON.stringify(server.swagger());
    return reply.header("content-type", JSON_ANSWER).send(document);
  });
  server.get(DOCS_PATH, open, async (_request, reply) =>
    reply
      .header("content-security-policy", PAGE_CONTENT_SECURITY_POLICY)
      .header("content-type", "text/html; charset=utf-8")
      .send(page(documentation.title)),
  );
  server.get(SCRIPT_PATH, open, async (_request, reply) =>
    reply
      .header("content-type", "text/javascript; charset=utf-8")
      .send(`Scalar.createApiReference("#app", ${JSON.stringify(REFERENCE)});\n`),
  );
  let script: Promise<string> | undefined;
  server.get(REFERENCE_PATH, open, async (_request, reply) => {
    script ??= loadReference();
    reply.header("cache-control", SCRIPT_CACHE).header("content-type", "text/javascript; charset=utf-8");
    return reply.send(await script);
  });
};

/**
 * The reference's script. Its package serves it by a plugin alone, beside a page that starts itself by an inline script,
 * which our policy forbids. Loaded when somebody reads the page: it is 4 MB, and most starts never need it.
 */
const loadReference = async (): Promise<string> => {
  const { default: scalar } = await import("@scalar/fastify-api-reference");
  const shelf = fastify();
  await shelf.register(scalar, { routePrefix: "/reference", configuration: { url: DOCUMENT_PATH } });
  const { body } = await shelf.inject("/reference/js/scalar.js");
  await shelf.close();
  return body;
};
