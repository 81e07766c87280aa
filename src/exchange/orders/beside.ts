/** What happens to an order beside its status, which stays: a row of its history, a line of its chat, and the parties told. */
import type { Event, Write } from "../../engine/index.ts";
import { lineAdded, withNextLine } from "../chat/index.ts";
import { type OrderState, orderHistory, orderStates } from "../tables/index.ts";
import { type Doing, orderUpdated } from "./events.ts";
import { historyOf } from "./history.ts";

/** @property actor who did it, as the history has it; null for the clock */
type Beside = Doing & { readonly actor: string | null; readonly details?: object };

export const happenedBeside = (
  current: OrderState,
  { actor, details, ...doing }: Beside,
): { readonly writes: readonly Write[]; readonly events: readonly Event[] } => {
  const next = withNextLine({ ...current, changes: current.changes + 1 }, doing.at);
  return {
    writes: [orderStates.update(next), orderHistory.append(historyOf(next, doing.action, actor, doing.at, details))],
    events: [orderUpdated(next, doing), lineAdded(next, "system")],
  };
};
