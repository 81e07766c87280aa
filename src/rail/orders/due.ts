/** What the clock looks for: deadlines that are over. Every node may do it. */
import type { Pool } from "pg";
import { type Command, type Executor, Unavailable } from "../../engine/index.ts";
import { isRefusal, SECOND } from "../../kernel/index.ts";
import { expireOrder, NOT_DUE } from "./expire-order.ts";
import type { OrderRef } from "./settle-search.ts";

/** Looked at in one round. */
const AT_ONCE = 500;
/** Submitted together: fewer than the places that one caller may hold in the queue. */
const TOGETHER = 100;
/** What failed is left alone for so long, so that it is never in the way of others. */
const POSTPONED_MS = 10 * SECOND;

export type DueDeps = {
  readonly executor: Executor;
  readonly chores: Pool;
  readonly onFailure: (what: string, error: unknown) => void;
};

/** Whether there is nothing more to do. Too early, a deadline stays. */
export const submitAll = async <Item>(
  { executor, onFailure }: DueDeps,
  command: Command<Item, null>,
  items: readonly Item[],
): Promise<readonly boolean[]> => {
  const settle = async (item: Item): Promise<boolean> => {
    try {
      const { outcome } = await executor.submit(command, item, { caller: "clock" });
      return !(isRefusal(outcome) && outcome.refusal === NOT_DUE);
    } catch (error) {
      if (!(error instanceof Unavailable)) onFailure(command.name, error);
      return false;
    }
  };
  const settled: boolean[] = [];
  for (let start = 0; start < items.length; start += TOGETHER) {
    settled.push(...(await Promise.all(items.slice(start, start + TOGETHER).map(settle))));
  }
  return settled;
};

/** @property open whether it is the deadline that the order waits for now */
type Deadline = { readonly guid: string; readonly due_at: string; readonly open: boolean | null };

/** @returns a chore */
export const createDueOrders = (deps: DueDeps): (() => Promise<void>) => {
  const postponed = new Map<string, number>();
  return async () => {
    for (const [guid, until] of postponed) if (until < Date.now()) postponed.delete(guid);
    const { rows } = await deps.chores.query<Deadline>({
      text: `select d.order_guid as guid, d.due_at::text, s.status_reason is null and now() >=
          case s.status when 'pending' then coalesce(q.until, o.expires_at) else o.expires_at end as open
        from rail.order_deadlines d join rail.order_states s on s.order_guid = d.order_guid
        join rail.orders o on o.guid = d.order_guid left join rail.searches q on q.request_guid = o.request_guid
        where d.due_at <= now() and d.order_guid <> all($1::text[]) order by d.due_at limit ${AT_ONCE}`,
      values: [[...postponed.keys()]],
    });
    if (rows.length === 0) return;
    // The deadline of a search that ended well is over; the order then waits for another.
    const [open, over] = [rows.filter((row) => row.open === true), rows.filter((row) => row.open !== true)];
    const met = await submitAll<OrderRef>(deps, expireOrder, open);
    for (const [index, row] of open.entries()) {
      if (met[index]) over.push(row);
      else postponed.set(row.guid, Date.now() + POSTPONED_MS);
    }
    await deps.chores.query({
      text: `delete from rail.order_deadlines d using unnest($1::text[], $2::timestamptz[]) as u(order_guid, due_at)
        where d.due_at = u.due_at and d.order_guid = u.order_guid`,
      values: [over.map(({ guid }) => guid), over.map(({ due_at }) => due_at)],
    });
  };
};
