/** Records that a bank does not have the phone, whichever way it answered. The last refusal ends the search. */
import type { State, Write } from "../../engine/index.ts";
import type { Instant } from "../../kernel/index.ts";
import { endOfSearch, rejectFrom } from "../orders/index.ts";
import { type Order, orderStates, phones, type Search } from "../tables/index.ts";

export const recordRefusal = (
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
  return rejectFrom(state, next, order, endOfSearch(state, order, now) ?? "NOT_LINKED", now);
};
