/** Who it was: a party by name, an operator as the dossier names one, the clock by itself. */
import type { Case } from "../../data/types.ts";
import type { Catalogue } from "../../locales/index.ts";

export const nameOf = (of: Case, id: string | null, text: Catalogue): string => {
  if (id === null) return text.order.clock;
  const party = [of.buyer, of.seller].find((one) => one.id === id);
  return party === undefined ? id : (party.name ?? text.common.nameless);
};
