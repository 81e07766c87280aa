/**
 * What the OpenAPI document says beyond the routes' own schemas: a name for every operation, one component for each error
 * code and one response for each class of errors, tags with their descriptions, and nothing required that has a default.
 */
import type { ErrorEntry, ErrorFormat, ErrorRegistry, HttpCode } from "./errors.ts";
import { addExamples, type Examples } from "./examples.ts";
import { singleErrorSchema } from "./schemas.ts";

type Schema = Readonly<Record<string, unknown>>;
type Media = { schema?: Schema };
type Response = { description?: string; headers?: Record<string, object>; content?: Record<string, Media> };
type Parameter = { name?: string; in?: string; required?: boolean; schema?: Schema };
type Operation = {
  operationId?: string;
  summary?: string;
  description?: string;
  tags?: string[];
  parameters?: Parameter[];
  requestBody?: { required?: boolean; content?: Record<string, Media> };
  responses?: Record<string, Response | { $ref: string }>;
};
export type OpenApiDocument = {
  paths?: Record<string, Record<string, Operation>>;
  webhooks?: Record<string, { post?: Operation }>;
  tags?: { name: string; description: string }[];
  components?: { schemas?: Record<string, unknown>; responses?: Record<string, unknown> };
};

export type DocumentParts = {
  readonly errors: ErrorRegistry;
  readonly errorFormat: ErrorFormat;
  /** What each tag is about. */
  readonly tags: Readonly<Record<string, string>>;
  readonly examples?: Examples;
};

/** Changes the document in place. Throws where a route left out what only it can say. */
export const completeDocument = (document: OpenApiDocument, parts: DocumentParts): void => {
  const { errors, errorFormat, tags, examples } = parts;
  const operations = operationsOf(document);
  const used = new Set<string>();
  for (const { method, path, operation } of operations) {
    operation.operationId ??= operationIdOf(method, path);
    const id = operation.operationId;
    if (used.has(id)) throw new Error(`${method} ${path}: another operation is called ${id}; give it an operationId`);
    used.add(id);
    operation.description ??= sentence(operation.summary ?? id);
    for (const parameter of operation.parameters ?? [])
      if (parameter.schema?.default !== undefined) parameter.required = false;
    describeFile(operation);
    describeResponses(operation);
  }
  for (const [name, { post }] of Object.entries(document.webhooks ?? {}))
    if (post) post.operationId ??= `on${pascal(name)}`;
  document.tags = tagsOf(operations, tags);
  const served = Object.entries(document.webhooks ?? {}).flatMap(([name, { post }]) => (post ? [[name, post]] : []));
  const answered = operations.map(({ operation }) => [operation.operationId, operation]);
  shareErrors(document, operations, { errors, errorFormat });
  if (examples !== undefined)
    addExamples(Object.fromEntries([...answered, ...served]), document.components?.schemas ?? {}, examples);
};

type Located = { readonly method: string; readonly path: string; readonly operation: Operation };

const operationsOf = ({ paths = {} }: OpenApiDocument): readonly Located[] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );

const sentence = (text: string): string => (text.endsWith(".") ? text : `${text}.`);

// ── names ────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Parts of every path, which say nothing. */
const COMMON_PARTS: ReadonlySet<string> = new Set(["api", "v1", "p2p", ".well-known"]);

const pascal = (text: string): string =>
  text
    .split(/[-_. ]/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");

/** One thing each, whatever their last letter. */
const SINGULARS: ReadonlySet<string> = new Set(["alias", "settings", "limits", "figures"]);
const isPlural = (word: string): boolean => word.endsWith("s") && !SINGULARS.has(word);
const singular = (word: string): string => (isPlural(word) ? word.replace(/ies$/, "y").replace(/s$/, "") : word);

/** `GET /p2p/orders` is `listOrders`, `POST /p2p/orders/{id}/cancel` is `cancelOrder`. */
export const operationIdOf = (method: string, path: string): string => {
  const parts = path.split("/").filter((part) => part !== "" && !COMMON_PARTS.has(part));
  const words = parts.filter((part) => !part.startsWith("{"));
  const ofOne = parts.at(-1)?.startsWith("{") === true;
  const last = words.at(-1) ?? "";
  const owners = words.slice(0, -1).map((word) => pascal(singular(word)));
  const name = (form: (word: string) => string) => [...owners, pascal(form(last))].join("");
  const plain = (word: string) => word;
  if (method === "GET") return ofOne ? `get${name(singular)}` : `${isPlural(last) ? "list" : "get"}${name(plain)}`;
  if (method === "DELETE") return `delete${name(singular)}`;
  if (method === "PUT" || method === "PATCH") return `update${name(singular)}`;
  if (isPlural(last)) return `create${name(singular)}`;
  const action = pascal(last);
  return action.charAt(0).toLowerCase() + action.slice(1) + owners.join("");
};

const tagsOf = (operations: readonly Located[], tags: DocumentParts["tags"]) => {
  const named = new Set(operations.flatMap(({ operation }) => operation.tags ?? []));
  const unknown = [...named].find((name) => !Object.hasOwn(tags, name));
  if (unknown !== undefined) throw new Error(`the tag "${unknown}" has no description`);
  return Object.entries(tags)
    .filter(([name]) => named.has(name))
    .map(([name, description]) => ({ name, description }));
};

// ── bodies and answers ───────────────────────────────────────────────────────────────────────────────────────────────

const FILE_BODY = {
  type: "object",
  required: ["file"],
  properties: {
    file: { type: "string", contentMediaType: "application/octet-stream", description: "the file itself" },
  },
};

/** What is uploaded is one file, which no JSON schema could check. */
const describeFile = ({ requestBody }: Operation): void => {
  const media = requestBody?.content?.["multipart/form-data"];
  if (requestBody === undefined || media === undefined) return;
  media.schema = FILE_BODY;
  requestBody.required = true;
};

const ANSWERS: Readonly<Record<string, string>> = {
  "200": "What was asked for, or what it is now.",
  "201": "It was made.",
  "202": "It was taken, and is under way.",
  "204": "It is gone.",
};

const describeResponses = ({ responses = {} }: Operation): void => {
  for (const [status, response] of Object.entries(responses)) {
    if ("description" in response && response.description === "Default Response")
      response.description = ANSWERS[status] ?? "An answer.";
  }
};

// ── errors ───────────────────────────────────────────────────────────────────────────────────────────────────────────

const nameOf = (code: string): string => pascal(code.toLowerCase());
const componentOf = (code: string): string => nameOf(code).replace(/(Error)?$/, "Error");
const refTo = (kind: string, name: string) => ({ $ref: `#/components/${kind}/${name}` });

/** A class of more codes than this has no name that anybody would want to read. */
const MOST_CODES_IN_A_NAME = 3;

/** The codes of an error's schema, as `errorResponses` made it. */
const codesIn = (schema: unknown): readonly string[] => {
  const parts: unknown = typeof schema === "object" && schema !== null ? Reflect.get(schema, "oneOf") : undefined;
  if (Array.isArray(parts)) return parts.flatMap(codesIn);
  const code = (
    schema as { readonly properties?: { readonly code?: { readonly enum?: readonly string[] } } } | undefined
  )?.properties?.code?.enum;
  return code ?? [];
};

const shareErrors = (
  document: OpenApiDocument,
  operations: readonly Located[],
  { errors, errorFormat }: Pick<DocumentParts, "errors" | "errorFormat">,
): void => {
  const schemas: Record<string, unknown> = {};
  const responses: Record<string, unknown> = {};
  for (const { operation } of operations) {
    for (const [status, response] of Object.entries(operation.responses ?? {})) {
      if ("$ref" in response || Number(status) < 400) continue;
      const codes = codesIn(response.content?.["application/json"]?.schema);
      if (codes.length === 0) continue;
      for (const code of codes) schemas[componentOf(code)] ??= singleErrorSchema(errors, errorFormat, code);
      const shared = { ...response, content: contentOf(codes) };
      if (codes.length > MOST_CODES_IN_A_NAME) {
        operation.responses = { ...operation.responses, [status]: shared };
        continue;
      }
      const name = codes.map(nameOf).join("Or");
      responses[name] ??= shared;
      operation.responses = { ...operation.responses, [status]: refTo("responses", name) };
    }
  }
  if (Object.hasOwn(errors, WRONG_METHOD)) {
    schemas[componentOf(WRONG_METHOD)] = singleErrorSchema(errors, errorFormat, WRONG_METHOD);
    responses[nameOf(WRONG_METHOD)] = wrongMethod(errors);
    for (const { operation } of operations)
      operation.responses = { ...operation.responses, "405": refTo("responses", nameOf(WRONG_METHOD)) };
  }
  const inOrder = (of: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(of).sort(([a], [b]) => (a < b ? -1 : 1)));
  document.components = {
    ...document.components,
    schemas: { ...document.components?.schemas, ...inOrder(schemas) },
    responses: { ...document.components?.responses, ...inOrder(responses) },
  };
};

/** No route answers it: it is said of a path, whatever the operation. */
const WRONG_METHOD = "METHOD_NOT_ALLOWED" satisfies HttpCode;

const wrongMethod = (errors: ErrorRegistry): Response => ({
  description: `\`${WRONG_METHOD}\`: ${(Reflect.get(errors, WRONG_METHOD) as ErrorEntry).when}`,
  headers: { Allow: { description: "The methods that the path takes.", schema: { type: "string" } } },
  content: contentOf([WRONG_METHOD]),
});

/** A client tells the errors of a status apart by their code. */
const contentOf = (codes: readonly string[]) => {
  const refs = codes.map((code) => refTo("schemas", componentOf(code)));
  const mapping = Object.fromEntries(codes.map((code) => [code, refTo("schemas", componentOf(code)).$ref]));
  const schema = refs.length === 1 ? refs[0] : { oneOf: refs, discriminator: { propertyName: "code", mapping } };
  return { "application/json": { schema: schema as Schema } };
};
