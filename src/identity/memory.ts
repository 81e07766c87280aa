/** Who was found by a secret, remembered until something of theirs has changed, so that a check costs a look into a map. */
import { LRUCache } from "lru-cache";
import type { Caller } from "../http/index.ts";

/** One per person and device or program that is active at the moment, as many as issuers' tokens. */
const MAX_KNOWN = 20_000;

export type Remembered = { readonly caller: Caller };

export type Memory<Entry extends Remembered> = {
  get(secret: string): Entry | undefined;
  /** @param people whose; null: everybody */
  forget(people: ReadonlySet<string> | null): void;
  /** Asked for many times at once, it is read once. Rejects when the database does not answer. */
  lookUp(secret: string): Promise<Entry | null>;
};

export const createMemory = <Entry extends Remembered>(
  find: (secret: string) => Promise<Entry | null>,
): Memory<Entry> => {
  const known = new LRUCache<string, Entry>({ max: MAX_KNOWN });
  const pending = new Map<string, Promise<Entry | null>>();
  /** A look-up that began before a change may have read what was before it. */
  let generation = 0;

  const read = async (secret: string): Promise<Entry | null> => {
    const before = generation;
    const entry = await find(secret);
    if (entry !== null && generation === before) known.set(secret, entry);
    return entry;
  };

  return {
    get: (secret) => known.get(secret),
    forget(people) {
      generation++;
      pending.clear();
      if (people === null) known.clear();
      else for (const [secret, { caller }] of known.entries()) if (people.has(caller.traderId)) known.delete(secret);
    },
    lookUp(secret) {
      const shared = pending.get(secret);
      if (shared !== undefined) return shared;
      const search = read(secret).finally(() => {
        if (pending.get(secret) === search) pending.delete(secret);
      });
      pending.set(secret, search);
      return search;
    },
  };
};
