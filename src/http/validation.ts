/**
 * Validation of requests: strict parsing of queries and paths, JSON schemas for the rest, and issues that say what to
 * change.
 */
import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import ajvFormats from "ajv-formats";
import { type Issue, invalid } from "./errors.ts";
import { cut, isSoundText, pointerTo, TEXT_FORMATS } from "./text.ts";

/** Fastify's names for the parts of a request, and the ones that clients see. */
const PARTS = { body: "body", querystring: "query", params: "path", headers: "header" } as const;
type Part = keyof typeof PARTS;

export type Schema = { readonly [keyword: string]: unknown };

/** Marks what a query string could not be read as; see `parseQuery`. */
const BROKEN = Symbol("broken");
type Query = { [name: string]: string | string[] } & { [BROKEN]?: true };

/** So often may a name stand that takes several values. What goes beyond is one more, which says that it does. */
export const MAX_REPEATS = 10;

/** Strict where the platform's parsers guess: bad percent-encoding is kept in mind, repeated names are lists. */
export const parseQuery = (text: string): Query => {
  const query: Query = Object.create(null);
  if (text === "") return query;
  for (const pair of text.split("&")) {
    if (pair === "") continue;
    const equals = pair.indexOf("=");
    try {
      const [name, value] = equals < 0 ? [pair, ""] : [pair.slice(0, equals), pair.slice(equals + 1)];
      const key = decodeURIComponent(name.replaceAll("+", " "));
      const decoded = decodeURIComponent(value.replaceAll("+", " "));
      const earlier = query[key];
      if (earlier === undefined) query[key] = decoded;
      else if (typeof earlier === "string") query[key] = [earlier, decoded];
      else if (earlier.length <= MAX_REPEATS) earlier.push(decoded);
    } catch {
      // Thrown from here it would end the connection, so the route's validator says it.
      query[BROKEN] = true;
    }
  }
  return query;
};

/** Plain decimal digits, exactly as we write numbers ourselves: never 1e3, 0x10, 1.0, 007 or blanks. */
const INTEGER = /^(0|-?[1-9]\d{0,15})$/;

/** The same with a few decimals. */
const DECIMAL = /^(0|-?[1-9]\d{0,9})\.\d{1,6}$/;

const readScalar = (schema: unknown, text: string): unknown => {
  const type = typeof schema === "object" && schema !== null ? Reflect.get(schema, "type") : undefined;
  if ((type === "integer" || type === "number") && INTEGER.test(text) && Number.isSafeInteger(Number(text)))
    return Number(text);
  if (type === "number" && DECIMAL.test(text)) return Number(text);
  if (type === "boolean" && (text === "true" || text === "false")) return text === "true";
  return text;
};

/** The schema of each value of a name that may stand several times; null for any other name. */
const itemOf = (schema: unknown): unknown => {
  if (typeof schema !== "object" || schema === null || Reflect.get(schema, "type") !== "array") return null;
  return Reflect.get(schema, "items") ?? {};
};

/** Texts of a URL as the types that the schema asks for; what does not fit stays text, and the schema refuses it. */
const readUrlPart = (part: Issue["in"], schema: Schema, data: object): Record<string, unknown> => {
  const properties = typeof schema.properties === "object" ? schema.properties : null;
  const issues: Issue[] = [];
  if (Reflect.get(data, BROKEN) === true)
    issues.push({ in: part, pointer: "", message: "is not valid percent-encoding" });
  const read: Record<string, unknown> = Object.create(null);
  const issue = (name: string, message: string) => issues.push({ in: part, pointer: pointerTo([name]), message });
  for (const [name, given] of Object.entries(data)) {
    const values: readonly string[] = typeof given === "string" ? [given] : given;
    const known: unknown = properties === null ? undefined : Reflect.get(properties, name);
    const item = itemOf(known);
    if (values.length > 1 && item === null) issue(name, "is given more than once");
    else if (values.length > MAX_REPEATS) issue(name, `is given more than ${MAX_REPEATS} times`);
    else if (!values.every(isSoundText)) issue(name, "holds a character that is not allowed");
    else
      read[name] = item === null ? readScalar(known, given as string) : values.map((value) => readScalar(item, value));
  }
  if (issues.length > 0) throw invalid(issues);
  return read;
};

const messageOf = (error: ErrorObject): string => {
  if (error.keyword === "enum") return `must be one of ${JSON.stringify(error.params.allowedValues)}`;
  if (error.keyword === "const") return `must be ${JSON.stringify(error.params.allowedValue)}`;
  if (error.keyword === "format") {
    const { format } = error.params;
    if (Object.hasOwn(TEXT_FORMATS, format)) return TEXT_FORMATS[format as keyof typeof TEXT_FORMATS].fault;
  }
  return error.message ?? "is not valid";
};

const toIssue = (part: Issue["in"], error: ErrorObject): Issue => {
  const { additionalProperty, missingProperty } = error.params;
  if (error.keyword === "additionalProperties")
    return {
      in: part,
      pointer: cut(`${error.instancePath}${pointerTo([additionalProperty])}`),
      message: "is not a known member",
    };
  if (error.keyword === "required")
    return { in: part, pointer: cut(`${error.instancePath}${pointerTo([missingProperty])}`), message: "is required" };
  if (error.propertyName !== undefined)
    return {
      in: part,
      pointer: cut(`${error.instancePath}${pointerTo([error.propertyName])}`),
      message: `has a name that ${messageOf(error)}`,
    };
  return { in: part, pointer: cut(error.instancePath), message: messageOf(error) };
};

/** What they hold together fails with one of its parts, and the parts say more. */
const SUMMARIES: ReadonlySet<string> = new Set(["anyOf", "oneOf", "propertyNames"]);

/** A failed union reports each of its branches and then itself; the branches say more. */
const issuesOf = (part: Issue["in"], errors: readonly ErrorObject[]): readonly Issue[] => {
  const telling = errors.filter(({ keyword }) => !SUMMARIES.has(keyword));
  const issues = (telling.length > 0 ? telling : errors).map((error) => toIssue(part, error));
  return [...new Map(issues.map((issue) => [`${issue.pointer} ${issue.message}`, issue])).values()];
};

type Compile = (schema: Schema) => ValidateFunction;

/** Compiles schemas that may point at components. Each component is taken up by the first schema that points at it. */
const createAjv = (components: Readonly<Record<string, unknown>>, useDefaults: boolean): Compile => {
  const ajv = new Ajv({
    allErrors: true,
    coerceTypes: false,
    removeAdditional: false,
    useDefaults,
    strictTypes: false,
    // Ours are made by TypeBox and compiled at the start, where a fault throws; the meta-schema cost a second of each start.
    meta: false,
    validateSchema: false,
  });
  ajvFormats.default(ajv, ["uuid", "date-time", "date", "uri"]);
  for (const [name, { accepts }] of Object.entries(TEXT_FORMATS)) ajv.addFormat(name, accepts);
  ajv.addFormat("binary", true);
  // For readers of the documentation only.
  ajv.addVocabulary(["example"]);
  const taken = new Set<string>();
  const takeUp = (schema: unknown): void => {
    for (const id of pointsAt(schema)) {
      const component = components[id];
      if (taken.has(id) || typeof component !== "object" || component === null) continue;
      taken.add(id);
      ajv.addSchema(component);
      takeUp(component);
    }
  };
  return (schema) => {
    takeUp(schema);
    return ajv.compile(schema);
  };
};

/** The components that a schema names: `{ $ref: "Order#" }`. */
const pointsAt = (schema: unknown): readonly string[] => {
  if (typeof schema !== "object" || schema === null) return [];
  return Object.entries(schema).flatMap(([keyword, value]) =>
    keyword === "$ref" && typeof value === "string" ? [value.split("#", 1).join("")] : pointsAt(value),
  );
};

/** Of what is not changed by being validated, such as answers. */
export const createCompiler = (components: Readonly<Record<string, unknown>>): Compile => createAjv(components, false);

type Validator = (data: unknown) => { readonly value: unknown } | { readonly error: Error };

/** For Fastify's schema controller: its own compiler would turn "5" into 5 and drop unknown members in silence. */
export const buildValidator = (components: Readonly<Record<string, unknown>>) => {
  // Bodies are taken as they are, so that a fingerprint is of what was sent; only URLs have defaults.
  const compileBody = createAjv(components, false);
  const compileUrlPart = createAjv(components, true);
  return ({ schema, httpPart }: { readonly schema: Schema; readonly httpPart?: string }): Validator => {
    const part: Issue["in"] = PARTS[(httpPart ?? "body") as Part];
    const inUrl = part === "query" || part === "path";
    const validate = (inUrl ? compileUrlPart : compileBody)(schema);
    return (data) => {
      try {
        const value = inUrl ? readUrlPart(part, schema, data ?? {}) : data;
        return validate(value) ? { value } : { error: invalid(issuesOf(part, validate.errors ?? [])) };
      } catch (error) {
        return { error: error instanceof Error ? error : new Error("validation failed", { cause: error }) };
      }
    };
  };
};
