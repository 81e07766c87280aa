/** Lists, page by page and row by row, by the place that each page names: what comes meanwhile shifts nothing. */
import { unwrap } from "./failures.ts";
import type { AnyFailure, Result } from "./types.ts";

export type Page<Row = unknown> = { readonly items: readonly Row[]; readonly next?: string | null };

export async function* pagesOf<Found extends Page>(
  load: (cursor: string | null) => Promise<Result<Found, AnyFailure>>,
): AsyncGenerator<Found, void, void> {
  let cursor: string | null = null;
  do {
    const page: Found = unwrap(await load(cursor));
    yield page;
    cursor = page.next ?? null;
  } while (cursor !== null);
}

export async function* itemsOf<Row>(pages: AsyncIterable<Page<Row>>): AsyncGenerator<Row, void, void> {
  for await (const { items } of pages) yield* items;
}
