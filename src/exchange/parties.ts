/** The two sides of an order: who is one, and the gates that a command on the order holds. */

import type { TraderId } from "../kernel/index.ts";
import { traders } from "./tables/index.ts";

export type Parties = { readonly buyerId: TraderId; readonly sellerId: TraderId };

export const isParty = ({ buyerId, sellerId }: Parties, person: TraderId): boolean =>
  person === buyerId || person === sellerId;

/** Both parties' gates, with those of whoever else acts. */
export const gatesOf = ({ buyerId, sellerId }: Parties, ...others: readonly TraderId[]) =>
  [...others, buyerId, sellerId].map((person) => traders.at(person));
