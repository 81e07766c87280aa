/**
 * The whole story of an order as one document that can be shown to a bank: entries in the order of time, each with the
 * hash of all before it, the last one signed with our key.
 */
import { createHash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import type { AnswerOf } from "../../http/index.ts";
import type { DossierSchema } from "./schemas.ts";

export type Dossier = AnswerOf<typeof DossierSchema>;

/** One thing that happened. `hash` is over `previous` and the entry without both, in canonical JSON. */
export type Entry = Dossier["entries"][number];

export type Story = Pick<Entry, "at" | "kind" | "data">;

/** The members of RFC 7638, and no other: one that no seal covers could say anything. */
export type PublicKey = Dossier["key"];

/** What the signature says: all that the document says besides its entries, their number, and the last one's hash. */
export type Seal = {
  readonly version: Dossier["version"];
  readonly order_id: number;
  readonly made_at: string;
  readonly entries: number;
  readonly head: string;
};

/** The header's `typ`: never a token to call us with. */
export const DOSSIER_TYPE = "parley-dossier+jws";

/** Before the first entry. */
const NOTHING = "0".repeat(64);

/** Members in the order of their names, no blanks: the same bytes whoever writes it. */
export const canonical = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  members.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(",")}}`;
};

const hashOf = (previous: string, { at, kind, data }: Story): string =>
  createHash("sha256").update(previous).update(canonical({ at, kind, data })).digest("hex");

/** Entries between which others have their turn: of the longest lines, some milliseconds' work. */
const AT_ONCE = 20;

export type Chain = {
  readonly length: number;
  /** The last entry's hash. */
  readonly head: string;
  /** Of the entries as JSON, one after the other with commas: putting long texts together would take a turn of its own. */
  readonly bytes: readonly Buffer[];
};

/** Hashed and written entry by entry, so that the longest story holds nobody up. */
export const chain = async (stories: readonly Story[]): Promise<Chain> => {
  const bytes: Buffer[] = [];
  let length = 0;
  let head = NOTHING;
  for (const story of stories) {
    const hash = hashOf(head, story);
    bytes.push(
      Buffer.from(`${length === 0 ? "" : ","}${JSON.stringify({ ...story, previous: head, hash } satisfies Entry)}`),
    );
    head = hash;
    if (++length % AT_ONCE === 0) await setImmediate();
  }
  return { length, head, bytes };
};

const DOCUMENT = "entries key made_at order_id signature version";
const KEY = "crv kty x y";
const ENTRY = "at data hash kind previous";

const holds = (value: unknown, members: string): value is object =>
  typeof value === "object" && value !== null && Object.keys(value).sort().join(" ") === members;

/** From a file, anything may come. A member that no hash covers could say anything. */
const isEntry = (entry: unknown): entry is Entry => holds(entry, ENTRY);

/** Whether it has a dossier's members, and no more. Its entries are judged by `faultOf`. */
export const isDossier = (value: unknown): value is Dossier =>
  holds(value, DOCUMENT) &&
  Reflect.get(value, "version") === 1 &&
  holds(Reflect.get(value, "key"), KEY) &&
  Array.isArray(Reflect.get(value, "entries"));

/** Whether a seal is of this document. */
export const isSealOf = (seal: Seal, { version, order_id, made_at, entries }: Dossier): boolean =>
  canonical(seal) ===
  canonical({ version, order_id, made_at, entries: entries.length, head: entries.at(-1)?.hash ?? NOTHING });

/** The first fault of a chain, as a sentence; null when it is whole. */
export const faultOf = (entries: readonly Entry[]): string | null => {
  let previous = NOTHING;
  for (const [index, entry] of entries.entries()) {
    if (!isEntry(entry)) return `entry ${index + 1} is not an entry, or holds more than one does`;
    if (entry.previous !== previous) return `entry ${index + 1} does not follow the one before it`;
    if (entry.hash !== hashOf(previous, entry)) return `entry ${index + 1} was changed`;
    previous = entry.hash;
  }
  return null;
};
