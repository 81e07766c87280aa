/** Deadlines of searches, and what is left to do once a bank is not asked any more. */
import type { Pool } from "pg";
import { type Deadlines, submitAll, type WorkerDeps } from "../../engine/index.ts";
import { endAsk } from "./end-ask.ts";
import { meetSearchDeadline, type SearchDue } from "./meet-deadline.ts";

/** Meeting one moves it on, or ends the search. */
export const searchDeadlinesIn = (chores: Pool): Deadlines<SearchDue, SearchDue> => ({
  command: meetSearchDeadline,
  keyOf: ({ requestGuid }) => requestGuid,
  inputOf: (due) => due,
  async find(postponed, limit) {
    const { rows } = await chores.query<SearchDue>({
      text: `select request_guid as "requestGuid", unheard from rail.searches
        where ended_at is null and due_at <= now() and request_guid <> all($1::text[]) order by due_at limit $2`,
      values: [postponed, limit],
    });
    return rows;
  },
});

/** Asks that one round ends. */
const AT_ONCE = 500;

/** Ends what is asked still of banks that are suspended, or do not want to be asked any more. */
export const createAskEnder =
  (deps: WorkerDeps & { readonly chores: Pool }): (() => Promise<void>) =>
  async () => {
    const { chores } = deps;
    const { rows } = await chores.query<{ readonly bank: string; readonly ids: readonly string[] }>(
      "select participant_guid as bank, array_agg(id) as ids from rail.asks_to_end group by participant_guid",
    );
    for (const { bank, ids } of rows) {
      const { rows: asked } = await chores.query<{ readonly requestGuid: string }>({
        text: `select request_guid as "requestGuid" from rail.searches
          where ended_at is null and asking @> array[$1::text] limit ${AT_ONCE}`,
        values: [bank],
      });
      const ended = await submitAll(
        deps,
        endAsk,
        asked.map(({ requestGuid }) => ({ requestGuid, bank })),
      );
      if (asked.length === AT_ONCE || ended.includes(null)) continue;
      await chores.query({ text: "delete from rail.asks_to_end where id = any($1::int8[])", values: [ids] });
    }
  };
