/**
 * Examples for the OpenAPI document. They are put together from words, one list for each name of a member, so that the same
 * thing looks the same wherever it is shown, and from what a component or an operation says of itself. A member without a
 * word throws, so that none is added without an example.
 */

type Json = { readonly [member: string]: unknown };

export type Examples = {
  /** By the name of a member: the first that its schema takes is shown. */
  readonly words: Readonly<Record<string, readonly unknown[]>>;
  /** By the name of a component: what its words do not say, and which of its optional members are shown. */
  readonly components: Readonly<Record<string, Json>>;
  /** By operation or webhook, likewise. */
  readonly operations: Readonly<Record<string, { readonly request?: unknown; readonly answer?: unknown }>>;
  /** Makes a signed text of a payload, for bodies that are one. */
  readonly sign?: (payload: unknown) => string;
};

type Schema = {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly pattern?: string;
  readonly format?: string;
  readonly contentSchema?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
};

const isJson = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);

const FORMATS: Readonly<Record<string, RegExp>> = {
  uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  date: /^\d{4}-\d{2}-\d{2}$/,
  "date-time": /^\d{4}-\d{2}-\d{2}T/,
};

const typeOf = (value: unknown): string => {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return Number.isInteger(value) ? "integer" : typeof value;
};

/** As far as it takes to choose among words. That what comes of it is valid, a test sees. */
const takes = (schema: Schema, value: unknown): boolean => {
  if (schema.enum !== undefined) return schema.enum.includes(value);
  if (schema.const !== undefined) return schema.const === value;
  const type = typeOf(value);
  const types = [schema.type ?? []].flat();
  if (!types.includes(type) && !(type === "integer" && types.includes("number"))) return false;
  if (typeof value !== "string") return true;
  const format = schema.format === undefined ? undefined : FORMATS[schema.format];
  return (format?.test(value) ?? true) && (schema.pattern === undefined || new RegExp(schema.pattern, "u").test(value));
};

/** Of two things said of one place: member by member, the nearer one counts. */
const joined = (far: unknown, near: unknown): unknown => {
  if (near === undefined) return far;
  if (!isJson(far) || !isJson(near)) return near;
  const names = [...new Set([...Object.keys(far), ...Object.keys(near)])];
  return Object.fromEntries(names.map((name) => [name, joined(far[name], near[name])]));
};

/** An alternative that may be what is said of it. */
const suits = (schema: Schema, said: unknown): boolean => {
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives !== undefined) return alternatives.some((one) => suits(one, said));
  if (!isJson(said) || schema.properties === undefined) return said === undefined || takes(schema, said);
  const { properties } = schema;
  return Object.entries(said).every(([name, value]) => {
    const member = properties[name];
    if (member === undefined) return false;
    const decides = member.const !== undefined || member.enum !== undefined;
    return !decides || takes(member, value);
  });
};

const lastPart = (ref: string): string => ref.split("/").at(-1) ?? "";

export type ExampleMaker = {
  /** @param place what it is of, for whoever has to add a word @param said what is known of it already */
  of(place: string, schema: unknown, said?: unknown): unknown;
};

/** The word of a member that is neither an object nor a list. */
const wordFor = (words: Examples["words"], place: string, name: string, schema: Schema): unknown => {
  const word = words[name]?.find((value) => takes(schema, value));
  if (word !== undefined) return word;
  if (schema.const !== undefined || schema.enum?.length === 1) return schema.const ?? schema.enum?.[0];
  throw new Error(`${place}: no word for "${name}" fits: give the documentation's examples one`);
};

/** @param components the document's, which its references lead to */
export const createExampleMaker = (
  components: Readonly<Record<string, unknown>>,
  { words, components: known, sign }: Examples,
): ExampleMaker => {
  const objectOf = (place: string, schema: Schema, said: unknown): Json => {
    const own = isJson(said) ? said : {};
    const shown = Object.entries(schema.properties ?? {}).filter(
      ([name]) => (schema.required ?? []).includes(name) || own[name] !== undefined,
    );
    // What stands in the text of a body is said of the body.
    const saidOf = (name: string, { contentSchema }: Schema) => (contentSchema === undefined ? own[name] : own);
    return Object.fromEntries(
      shown.map(([name, member]) => [name, compose(`${place}.${name}`, name, member, saidOf(name, member))]),
    );
  };

  const choose = (place: string, name: string, schemas: readonly Schema[], said: unknown): unknown => {
    const resolved = schemas.map((schema) => resolve(schema, said));
    const word =
      said === undefined ? words[name]?.find((value) => schemas.some((one) => takes(one, value))) : undefined;
    if (word !== undefined) return word;
    const chosen = resolved.find(({ schema, said: own }) => suits(schema, said === undefined ? undefined : own));
    if (chosen === undefined) throw new Error(`${place}: no alternative is what the example says`);
    return compose(place, name, chosen.schema, chosen.said);
  };

  const resolve = (schema: Schema, said: unknown): { readonly schema: Schema; readonly said: unknown } => {
    if (schema.$ref === undefined) return { schema, said };
    const component = lastPart(schema.$ref);
    const target = components[component];
    if (!isJson(target)) throw new Error(`there is no component "${component}"`);
    return resolve(target as Schema, joined(known[component], said));
  };

  const compose = (place: string, name: string, given: Schema, near: unknown): unknown => {
    const { schema, said } = resolve(given, near);
    if (said === null) return null;
    if (schema.contentSchema !== undefined && sign !== undefined && typeof said !== "string")
      return sign(compose(place, name, schema.contentSchema, said));
    if (schema.properties !== undefined) return objectOf(place, schema, said);
    if (schema.items !== undefined) return arrayOf(place, name, schema.items, said);
    const alternatives = schema.anyOf ?? schema.oneOf;
    if (alternatives !== undefined) return choose(place, name, alternatives, said);
    return said === undefined ? wordFor(words, place, name, schema) : said;
  };

  const arrayOf = (place: string, name: string, items: Schema, said: unknown): readonly unknown[] => {
    const each: readonly unknown[] = Array.isArray(said) ? said : (listOf(name) ?? [undefined]);
    return each.map((one) => compose(`${place}[]`, name, items, one));
  };

  /** A list that is a word itself. */
  const listOf = (name: string): readonly unknown[] | undefined =>
    words[name]?.find((value): value is readonly unknown[] => Array.isArray(value));

  return { of: (place, schema, said) => compose(place, place, schema as Schema, said) };
};

type Media = { schema?: unknown; example?: unknown };
type Content = Readonly<Record<string, Media>>;
type Operation = {
  readonly requestBody?: { readonly content?: Content };
  readonly responses?: Readonly<Record<string, { readonly content?: Content } | { readonly $ref: string }>>;
};

/** Of an error its schema says all: a code, its message, and details of one form. */
const isError = (status: string): boolean => Number(status) >= 400;

/** Bytes have none. */
const isBytes = ({ schema }: Media): boolean => isJson(schema) && schema.format === "binary";

/**
 * Gives each body and each answer of an operation its example, in place.
 * @param operations by their ids; webhooks by their names
 */
export const addExamples = (
  operations: Readonly<Record<string, Operation>>,
  components: Readonly<Record<string, unknown>>,
  examples: Examples,
): void => {
  const maker = createExampleMaker(components, examples);
  const stray = Object.keys(examples.operations).find((id) => operations[id] === undefined);
  if (stray !== undefined) throw new Error(`there is an example of "${stray}", and no such operation`);
  for (const [id, { requestBody, responses = {} }] of Object.entries(operations)) {
    const said = examples.operations[id];
    for (const media of Object.values(requestBody?.content ?? {}))
      media.example = maker.of(id, media.schema, said?.request);
    for (const [status, response] of Object.entries(responses)) {
      if ("$ref" in response || isError(status)) continue;
      // An answer that may also come signed is shown as JSON.
      const { "application/json": json, ...others } = response.content ?? {};
      for (const media of json === undefined ? Object.values(others) : [json])
        if (!isBytes(media)) media.example = maker.of(id, media.schema, said?.answer);
    }
  }
};
