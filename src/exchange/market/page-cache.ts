/**
 * Pages of the market from memory: what many ask for at the same moment is read once. The market shows everybody the
 * same, so that a query alone is a page's key.
 *
 * Promises: a page that was read before a change was known is given to nobody who asks after it; no page is older than
 * `freshMs`; a read that failed is not remembered; what is kept is bounded.
 */
import { LRUCache } from "lru-cache";

/** Twenty ads are some 15 KB, so that the bytes are the tighter bound. */
const MAX_PAGES = 4_096;
const MAX_BYTES = 33_554_432;
/** A character takes two bytes of memory at most. */
const BYTES_PER_CHARACTER = 2;

export type PageCache = {
  /** A page as JSON: at once when it is in memory. */
  page(query: object, read: () => Promise<object>): string | Promise<string>;
  /** Something that pages show has changed. */
  drop(): void;
};

export type PageCacheOptions = {
  /** 0: every page is read. */
  readonly freshMs: number;
  /** Milliseconds from anywhere, never going back. */
  readonly now?: () => number;
  readonly maxPages?: number;
  readonly maxBytes?: number;
};

/** `begun`: before the page was read, so that it is no older. */
type Page = { readonly begun: number; readonly text: string };
type Flight = { readonly begun: number; readonly text: Promise<string> };

export const createPageCache = (options: PageCacheOptions): PageCache => {
  const { freshMs, now = () => performance.now(), maxPages = MAX_PAGES, maxBytes = MAX_BYTES } = options;
  const pages = new LRUCache<string, Page>({
    max: maxPages,
    maxSize: maxBytes,
    sizeCalculation: ({ text }, key) => (text.length + key.length) * BYTES_PER_CHARACTER,
  });
  const flights = new Map<string, Flight>();
  const isFresh = ({ begun }: { readonly begun: number }): boolean => now() - begun < freshMs;

  const fly = (key: string, read: () => Promise<object>): Promise<string> => {
    // A flight that was dropped is another's by now, or nobody's: those who wait for it asked before the change.
    const isCurrent = () => flights.get(key) === flight;
    const begun = now();
    const flight: Flight = {
      begun,
      text: read()
        .then((found) => {
          const text = JSON.stringify(found);
          if (isCurrent()) pages.set(key, { begun, text });
          return text;
        })
        .finally(() => {
          if (isCurrent()) flights.delete(key);
        }),
    };
    flights.set(key, flight);
    return flight.text;
  };

  return {
    page(query, read) {
      const key = JSON.stringify(query);
      const known = pages.get(key);
      if (known !== undefined && isFresh(known)) return known.text;
      const flight = flights.get(key);
      return flight !== undefined && isFresh(flight) ? flight.text : fly(key, read);
    },
    drop() {
      // Clearing costs what the cache could hold, and most changes find it empty.
      if (pages.size > 0) pages.clear();
      flights.clear();
    },
  };
};
