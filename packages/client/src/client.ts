/** The client: typed calls by method and path, pages, the event stream. */
import { callOnce, type Request } from "./call.ts";
import { type ConnectionOptions, connect } from "./connection.ts";
import { itemsOf, type Page, pagesOf } from "./pages.ts";
import { type ParleyEvent, type StreamOptions, streamOf } from "./stream.ts";
import type { Data, Failure, Method, Operation, PathWith, Rest, Result } from "./types.ts";

type Call<M extends Method> = <P extends PathWith<M>>(
  path: P,
  ...rest: Rest<Operation<M, P>>
) => Promise<Result<Data<Operation<M, P>>, Failure<Operation<M, P>>>>;

/** Paths whose answers are pages. */
type ListPath = { [P in PathWith<"get">]: Data<Operation<"get", P>> extends Page ? P : never }[PathWith<"get">];
type PageAt<P extends ListPath> = Extract<Data<Operation<"get", P>>, Page>;

export type Client = {
  readonly get: Call<"get">;
  readonly post: Call<"post">;
  readonly put: Call<"put">;
  readonly patch: Call<"patch">;
  readonly delete: Call<"delete">;
  /** @throws ParleyError */
  pages<P extends ListPath>(path: P, ...rest: Rest<Operation<"get", P>>): AsyncGenerator<PageAt<P>, void, void>;
  /** Rows of all pages. @throws ParleyError */
  items<P extends ListPath>(
    path: P,
    ...rest: Rest<Operation<"get", P>>
  ): AsyncGenerator<PageAt<P>["items"][number], void, void>;
  /** What concerns the caller, as it happens; `reset` means: read everything anew. @throws ParleyError */
  events(options?: StreamOptions): AsyncGenerator<ParleyEvent, void, void>;
};

/** What a call is given, before its types are known. */
type Loose = Pick<Request, "key" | "signal" | "onUncertain" | "onProgress" | "query" | "body"> & {
  readonly path?: Request["pathValues"];
};

export const createClient = (options: ConnectionOptions = {}): Client => {
  const connection = connect(options);
  const call = (method: string, path: string, { path: pathValues, ...rest }: Loose = {}) =>
    callOnce(connection, { method, path, ...(pathValues === undefined ? {} : { pathValues }), ...rest });
  /** The one place where a path's text meets its type. */
  const typed = <M extends Method>(method: M) =>
    ((path: string, input?: Loose) => call(method.toUpperCase(), path, input)) as unknown as Call<M>;
  const pages = (path: string, input: Loose = {}) =>
    pagesOf((cursor) =>
      call(
        "GET",
        path,
        cursor === null ? input : { ...input, query: { ...input.query, cursor, offset: undefined } },
      ).then((result) => result as Result<Page, never>),
    );

  return {
    get: typed("get"),
    post: typed("post"),
    put: typed("put"),
    patch: typed("patch"),
    delete: typed("delete"),
    pages: pages as unknown as Client["pages"],
    items: ((path: string, input?: Loose) => itemsOf(pages(path, input))) as unknown as Client["items"],
    events: (streamOptions = {}) => streamOf(connection, streamOptions),
  };
};
