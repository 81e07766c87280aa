/**
 * Payment details at rest are ciphertext, bound to the trader who is paid there. Only routes open them. What was opened
 * lately is kept in this process's memory, because every answer to a party of an order shows it.
 */
import { LRUCache } from "lru-cache";
import type { Sealing } from "../keys/index.ts";

export type PaymentDetails = Readonly<Record<string, string>>;

/** Those of the orders that are under way on a busy node. */
const MAX_OPENED = 5_000;
/** Details can be long: the bytes are the tighter bound then. */
const MAX_OPENED_BYTES = 8_388_608;
/** A character takes two bytes of memory at most. */
const BYTES_PER_CHARACTER = 2;

export type DetailsCipher = {
  /** Null for none, so that an empty object says the same as an absent one. */
  seal(details: PaymentDetails | undefined, owner: string): string | null;
  open(sealed: string | null, owner: string): PaymentDetails;
  same(a: string | null, b: string | null, owner: string): boolean;
};

export const createDetailsCipher = (sealing: Sealing): DetailsCipher => {
  const context = (owner: string) => `payment-details ${owner}`;
  /** By owner and ciphertext: details that were sealed for somebody else are never found. */
  const opened = new LRUCache<string, PaymentDetails>({
    max: MAX_OPENED,
    maxSize: MAX_OPENED_BYTES,
    // The key holds the ciphertext, which is longer than the text.
    sizeCalculation: (_, key) => 2 * key.length * BYTES_PER_CHARACTER,
  });
  const open = (sealed: string | null, owner: string): PaymentDetails => {
    if (sealed === null) return {};
    const key = `${owner} ${sealed}`;
    const known = opened.get(key);
    if (known !== undefined) return known;
    const details: PaymentDetails = Object.freeze(JSON.parse(sealing.open(sealed, context(owner))));
    opened.set(key, details);
    return details;
  };
  const canonical = (sealed: string | null, owner: string): string =>
    JSON.stringify(Object.entries(open(sealed, owner)).sort(([a], [b]) => (a < b ? -1 : 1)));
  return {
    seal: (details, owner) =>
      details === undefined || Object.keys(details).length === 0
        ? null
        : sealing.seal(JSON.stringify(details), context(owner)),
    open,
    same: (a, b, owner) => canonical(a, owner) === canonical(b, owner),
  };
};
