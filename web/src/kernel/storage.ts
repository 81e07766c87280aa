/**
 * What this browser remembers: choices and drafts. A browser may refuse to store, and what is stored may be of another
 * version or somebody's prank: whatever does not read as what it should be counts as absent.
 */

export type Shelf = Pick<Storage, "getItem" | "setItem" | "removeItem">;

const PREFIX = "parley.";

/** The browser's storage, or one that lasts as long as the page where there is none. */
const shelf = (): Shelf => {
  try {
    localStorage.getItem(PREFIX);
    return localStorage;
  } catch {
    return inMemory;
  }
};

const memory = new Map<string, string>();
const inMemory: Shelf = {
  getItem: (key) => memory.get(key) ?? null,
  setItem: (key, value) => void memory.set(key, value),
  removeItem: (key) => void memory.delete(key),
};

export type Stored<Value> = {
  readonly read: () => Value | null;
  readonly write: (value: Value) => void;
  readonly forget: () => void;
};

/** One remembered thing. @param check what it must be, else it is absent */
export const stored = <Value>(
  name: string,
  check: (value: unknown) => value is Value,
  on: () => Shelf = shelf,
): Stored<Value> => {
  const key = PREFIX + name;
  return {
    read: () => {
      try {
        const value: unknown = JSON.parse(on().getItem(key) ?? "null");
        return check(value) ? value : null;
      } catch {
        return null;
      }
    },
    write: (value) => {
      try {
        on().setItem(key, JSON.stringify(value));
      } catch {
        // A full or forbidden storage loses a convenience, not money.
      }
    },
    forget: () => {
      try {
        on().removeItem(key);
      } catch {
        // As above.
      }
    },
  };
};

export const isText = (value: unknown): value is string => typeof value === "string";

/** What a person wrote and has not sent, by its place: an order's chat, a form. */
export const draft = (place: string): Stored<string> => stored(`draft.${place}`, isText);

/** Everything that one person leaves on a shared device when signing out: drafts go, choices stay. */
export const forgetDrafts = (on: Storage = localStorage): void => {
  try {
    for (const key of Object.keys(on)) if (key.startsWith(`${PREFIX}draft.`)) on.removeItem(key);
  } catch {
    // Nothing was stored where nothing can be read.
  }
};
