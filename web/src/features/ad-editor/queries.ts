/** An ad is made, or made another one. */
import { api } from "../../data/client.ts";
import type { ActCall } from "../../data/mutations.ts";
import type { OwnAd } from "../../data/types.ts";
import { type Detail, type Draft, figuresOf, termsOf } from "./draft.ts";

export type Written = {
  readonly draft: Draft;
  readonly details: readonly Detail[];
  /** Null: it is a new one. */
  readonly ad: OwnAd | null;
};

/** Two lists, or two records whose members may stand in any order. */
const isSame = (one: object, other: object = {}): boolean => {
  const sorted = (of: object) => JSON.stringify(Object.entries(of).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return sorted(one) === sorted(other);
};

export const publish = ({ draft, details, ad }: Written, call: ActCall) => {
  const terms = termsOf(draft, details);
  const { total } = figuresOf(draft);
  if (ad !== null) {
    // Where one is paid is said only where it changes: to say it asks for the second factor.
    const { payment_details, ...others } = terms;
    const isElsewhere =
      !isSame(ad.payment_details, payment_details) || !isSame(ad.payment_methods, terms.payment_methods);
    // A total that is left empty is the maximum, also where another one was set before.
    const body = { ...(isElsewhere ? terms : others), total_amount: total ?? terms.max_amount };
    return api.put("/p2p/ads/{id}", { path: { id: ad.id }, body, ...call });
  }
  const own = draft.total.trim() === "" || total === null ? {} : { total_amount: total };
  return api.post("/p2p/ads", {
    body: { type: draft.side, fiat_currency: draft.currency, ...terms, ...own },
    ...call,
  });
};
