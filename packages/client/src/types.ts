/** What a call takes and gives, read from the document's types. No code. */
import type { components, paths } from "./api.ts";

export type Schemas = components["schemas"];

/** Every path is below it, and is named without it. */
export const API = "/api/v1";

export type Method = "get" | "post" | "put" | "patch" | "delete";
type Described = { readonly responses: object };
type Short<Path> = Path extends `${typeof API}${infer Rest}` ? Rest : never;
type Full<Path extends string> = `${typeof API}${Path}` & keyof paths;

/** Paths that know this method, without `/api/v1`. */
export type PathWith<M extends Method> = {
  [P in keyof paths]: paths[P] extends { readonly [Key in M]: Described } ? Short<P> : never;
}[keyof paths];

export type Operation<M extends Method, P extends PathWith<M>> = paths[Full<P>][M];

type Parameters<Op, In extends string> = Op extends { readonly parameters: { readonly [Key in In]?: infer Values } }
  ? Exclude<Values, undefined>
  : never;

type Needed<Values, Name extends string> = [Values] extends [never]
  ? unknown
  : Record<never, never> extends Values
    ? { readonly [Key in Name]?: Values }
    : { readonly [Key in Name]: Values };

type Content<Body> = Body extends { readonly content: infer Media } ? Media[keyof Media] : never;
type AnswerOf<Body> = Body extends { readonly content: { readonly "application/octet-stream": unknown } }
  ? Blob
  : Body extends { readonly content: { readonly "text/csv": infer Text } }
    ? Text
    : JsonOf<Body>;
type JsonOf<Body> = Body extends { readonly content: { readonly "application/json": infer Json } } ? Json : never;

type BodyOf<Op> = Op extends { readonly requestBody: infer Body }
  ? { readonly body: Sendable<Body> }
  : Op extends { readonly requestBody?: infer Body }
    ? [Exclude<Body, undefined>] extends [never]
      ? unknown
      : { readonly body?: Sendable<Exclude<Body, undefined>> }
    : unknown;

/** A form is sent as it is: a browser and Node both know `FormData`. */
type Sendable<Body> = Body extends { readonly content: { readonly "multipart/form-data": unknown } }
  ? FormData
  : Content<Body>;

/** Path, query and body as the document asks for them. */
export type Input<Op> = Needed<Parameters<Op, "path">, "path"> & Needed<Parameters<Op, "query">, "query"> & BodyOf<Op>;

type Success = 200 | 201 | 202;
type Responses<Op> = Op extends { readonly responses: infer All } ? All : never;

/** What it answers when it is done: JSON, a text, a file as a `Blob`; null where there is nothing to say. */
export type Data<Op> = {
  [Status in keyof Responses<Op>]: Status extends Success
    ? AnswerOf<Responses<Op>[Status]>
    : Status extends 204
      ? null
      : never;
}[keyof Responses<Op>];

type Refusals<Op> = {
  [Status in keyof Responses<Op>]: Status extends Success | 204 ? never : JsonOf<Responses<Op>[Status]>;
}[keyof Responses<Op>];

/**
 * Nobody answered, or not in our words. A write may have happened all the same: the same call with the same `key` finds
 * out, and does nothing twice.
 */
export type NoAnswer = {
  readonly code: "NO_ANSWER";
  readonly message: string;
  readonly details: { readonly key: string | null; readonly cause: unknown };
};

/** The caller gave up, by `signal`. Of a write it is not known whether it happened. */
export type Aborted = {
  readonly code: "ABORTED";
  readonly message: string;
  readonly details: { readonly key: string | null };
};

/** A union by `code`, of what the operation documents and what may go wrong on the way. */
export type Failure<Op> = Refusals<Op> | NoAnswer | Aborted;

/** Every code of every operation. */
export type ErrorCode = Schemas[Extract<keyof Schemas, `${string}Error`>]["code"];
export type AnyFailure = {
  readonly code: ErrorCode | "NO_ANSWER" | "ABORTED";
  readonly message: string;
  readonly details?: unknown;
};

/** @property replayed a repeat under its key: this is the first answer again */
export type Result<Answer, Fault> =
  | { readonly ok: true; readonly status: number; readonly data: Answer; readonly replayed: boolean }
  | { readonly ok: false; readonly status: number | null; readonly error: Fault };

/**
 * @property key of a write: kept by the caller who may have to repeat it after a restart; made for this call otherwise
 * @property onUncertain an answer was lost, and the call is repeated under its key: "finding out…"
 * @property onProgress of a form, in a browser: which share of it is sent, 0 to 1
 */
export type CallOptions = {
  readonly key?: string;
  readonly signal?: AbortSignal;
  readonly onUncertain?: () => void;
  readonly onProgress?: (share: number) => void;
};

/** The last argument of a call: it may be left out where the operation needs nothing. */
export type Rest<Op> =
  Record<never, never> extends Input<Op>
    ? readonly [input?: Input<Op> & CallOptions]
    : readonly [input: Input<Op> & CallOptions];
