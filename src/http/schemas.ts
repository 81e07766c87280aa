/** Building blocks of request and response schemas. What validates is what the documentation shows. */
import { type Static, type TArray, type TObject, type TProperties, type TSchema, type TUnsafe, Type } from "typebox";
import { type ErrorEntry, type ErrorFormat, type ErrorRegistry, PLAIN_FORMAT } from "./errors.ts";
import { TEXT_FORMATS, type TextFormat } from "./text.ts";

type TextOptions = {
  readonly minLength?: number;
  readonly maxLength: number;
  readonly pattern?: string;
  readonly description?: string;
  readonly format?: TextFormat;
};

/** A text from outside: no U+0000, no lone surrogate; lengths count code points, as people do. */
export const Text = ({ format = "text", description, ...bounds }: TextOptions) => {
  const said = [description, format === "text" ? undefined : TEXT_FORMATS[format].fault].filter((part) => part);
  return Type.String({ ...bounds, format, ...(said.length === 0 ? {} : { description: said.join("; ") }) });
};

/** One of some words. */
export const Choice = <const Words extends readonly string[]>(
  words: Words,
  options: { description?: string; default?: Words[number] } = {},
) => Type.Unsafe<Words[number]>({ type: "string", enum: [...words], ...options });

/** The same, or null. */
export const Nullable = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);

type ObjectOptions = { $id?: string; description?: string };

/** An object without unknown members: what a body, a query or an answer is made of. */
export const Closed = <Properties extends TProperties>(
  properties: Properties,
  options: ObjectOptions = {},
): TObject<Properties> => Type.Object(properties, { ...options, additionalProperties: false });

/** `Id<OrderId>()`: which kind of id it is. The highest is what a JSON number holds exactly. */
export const Id = <Kind extends number = number>(description = "a positive integer") =>
  Type.Unsafe<Kind>({ type: "integer", minimum: 1, maximum: Number.MAX_SAFE_INTEGER, description });

/** What a schema describes, as views make it and routes send it: a value that nobody changes any more. */
export type AnswerOf<Schema extends TSchema> = Frozen<Static<Schema>>;

/** An id is a number and a brand, and stays what it is. */
type Frozen<Value> = Value extends string | number | bigint | boolean
  ? Value
  : Value extends readonly (infer Item)[]
    ? readonly Frozen<Item>[]
    : Value extends object
      ? { readonly [Name in keyof Value]: Frozen<Value[Name]> }
      : Value;

/** Points at a component that was added with `server.addSchema`; it has its name in the OpenAPI document. */
export const Ref = <Schema extends TSchema & { readonly $id?: string }>(schema: Schema): TUnsafe<Static<Schema>> => {
  const { $id } = schema as { readonly $id?: string };
  if ($id === undefined) throw new Error("a component needs an $id");
  return Type.Unsafe<Static<Schema>>({ $ref: `${$id}#` });
};

/** Enough for a screen; more is what `offset` is for. */
export const MAX_LIMIT = 100;
const DEFAULT_LIMIT = 20;
/** Deep pages cost what they skip. */
export const MAX_OFFSET = 10_000;

/** The two members that every list's query has. */
export const paging = (defaultLimit: number = DEFAULT_LIMIT) => ({
  limit: Type.Integer({ minimum: 1, maximum: MAX_LIMIT, default: defaultLimit }),
  offset: Type.Integer({ minimum: 0, maximum: MAX_OFFSET, default: 0 }),
});

/** Of a cursor's text: more than an instant and a UUID take, or the longest id of a person. */
const MAX_CURSOR = 96;
const CURSOR = "^[A-Za-z0-9_-]+$";
/** What a page gives out as `next` and takes as `cursor`. */
export const Cursor = Type.String({
  pattern: CURSOR,
  maxLength: MAX_CURSOR,
  description: "`next` of the page before: what came since shifts nothing",
});

/** For queries that no schema validates. */
export const isCursor = (value: unknown): value is string =>
  typeof value === "string" && value.length <= MAX_CURSOR && new RegExp(CURSOR).test(value);

/** The same for lists that page by key as well. */
export const cursorPaging = (defaultLimit: number = DEFAULT_LIMIT) => ({
  ...paging(defaultLimit),
  cursor: Type.Optional(Cursor),
});

/** A page of a list. */
export const Page = <Item extends TSchema>(item: Item): TObject<PageProperties<Item>> =>
  Closed({ items: Type.Array(item), limit: Type.Integer(), offset: Type.Integer(), has_more: Type.Boolean() });

type PageProperties<Item extends TSchema> = {
  items: TArray<Item>;
  limit: ReturnType<typeof Type.Integer>;
  offset: ReturnType<typeof Type.Integer>;
  has_more: ReturnType<typeof Type.Boolean>;
};

/** A page of a list that pages by key: `next` is the cursor of the page after it, null on the last one. */
export const CursorPage = <Item extends TSchema>(item: Item) =>
  Closed({ ...Page(item).properties, next: Nullable(Type.String({ description: "for `cursor`" })) });

type ErrorBody = {
  readonly code: string;
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
};
/** A response schema that lists the codes a status may carry. */
export type ErrorSchema = TUnsafe<ErrorBody>;

const CODES = Symbol("codes");

/** The body of one code's answer. A code that declares its details has those and no others; one that does not has none. */
export const singleErrorSchema = (registry: ErrorRegistry, { members, typed }: ErrorFormat, code: string): object => {
  const { when = "", details } = (Reflect.get(registry, code) as ErrorEntry | undefined) ?? {};
  const needed = details !== undefined && typed && (details.required?.length ?? 0) > 0;
  return {
    type: "object",
    description: `\`${code}\`: ${when}`,
    required: ["code", "message", ...(needed ? ["details"] : [])],
    additionalProperties: false,
    properties: {
      code: { type: "string", enum: [code] },
      message: { type: "string" },
      ...members,
      ...(details !== undefined && typed ? { details } : {}),
    },
  };
};

const errorSchema = (registry: ErrorRegistry, format: ErrorFormat, codes: readonly string[]): ErrorSchema => {
  const each = codes.map((code) => singleErrorSchema(registry, format, code));
  const description = codes.map((code) => `\`${code}\`: ${Reflect.get(registry, code)?.when ?? ""}`).join("; ");
  const schema = each.length === 1 ? { ...each[0] } : { description, oneOf: each };
  Object.defineProperty(schema, CODES, { value: codes });
  return Type.Unsafe<ErrorBody>(schema);
};

/** The codes of a schema that `errorResponses` made; null for any other. */
export const codesOf = (schema: unknown): readonly string[] | null =>
  typeof schema === "object" && schema !== null ? (Reflect.get(schema, CODES) ?? null) : null;

/** For a route's `response`: `{ 200: Order, ...errorResponses(["ORDER_NOT_FOUND"]) }`. What every route may answer is added by itself. */
export const errorResponsesOf =
  <Code extends string>(registry: ErrorRegistry<Code>, errorFormat: ErrorFormat = PLAIN_FORMAT) =>
  (codes: readonly Code[]): Record<number, ErrorSchema> => {
    const unknown = codes.find((code) => !Object.hasOwn(registry, code));
    if (unknown !== undefined) throw new Error(`"${unknown}" is not in the error registry`);
    // In the registry's order, whatever order rules and commands name them in.
    const known = (Object.keys(registry) as Code[]).filter((code) => codes.includes(code));
    const byStatus = Map.groupBy(known, (code) => registry[code].status);
    return Object.fromEntries(
      [...byStatus].map(([status, list]) => [status, errorSchema(registry, errorFormat, list)]),
    );
  };
