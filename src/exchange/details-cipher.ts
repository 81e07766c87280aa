/** Payment details at rest are ciphertext, bound to the trader who is paid there. Only routes open them. */
import type { Sealing } from "../keys/index.ts";

export type PaymentDetails = Readonly<Record<string, string>>;

export type DetailsCipher = {
  /** Null for none, so that an empty object says the same as an absent one. */
  seal(details: PaymentDetails | undefined, owner: string): string | null;
  open(sealed: string | null, owner: string): PaymentDetails;
  same(a: string | null, b: string | null, owner: string): boolean;
};

export const createDetailsCipher = (sealing: Sealing): DetailsCipher => {
  const context = (owner: string) => `payment-details ${owner}`;
  const open = (sealed: string | null, owner: string): PaymentDetails =>
    sealed === null ? {} : (JSON.parse(sealing.open(sealed, context(owner))) as PaymentDetails);
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
