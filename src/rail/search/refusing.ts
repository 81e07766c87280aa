/** A bank's no, whichever way it came. The last one ends the search. */
import type { State, Write } from "../../engine/index.ts";
import type { Instant } from "../../kernel/index.ts";
import { endOfSearch, rejectedFrom } from "../orders/index.ts";
import { type Order, orderStates, phones, type Search } from "../tables/index.ts";

export const refusedBy = (
  state: State,
  order: Order,
  { asked }: Search,
  participantGuid: string,
  now: Instant,
): readonly Write[] => {
  const current = state.need(orderStates.at(order.guid));
  if (current.status !== "pending" || current.refused.includes(participantGuid)) return [];
  const next = { ...current, refused: [...current.refused, participantGuid] };
  const allRefused = asked.every((bank) => next.refused.includes(bank));
  // Linked by now, the order is about to be settled.
  const linked = state.need(phones.at(order.phoneHash ?? "")).participantGuid !== null;
  if (!allRefused || linked) return [orderStates.update(next)];
  return rejectedFrom(state, next, order, endOfSearch(state, order, now) ?? "NOT_LINKED", now);
};
