/** Deadlines of makers: the end of the time for which their strikes hide their ads. */
import type { Pool } from "pg";
import type { Deadlines } from "../../engine/index.ts";
import type { TraderId } from "../../kernel/index.ts";
import { type LiftStrikes, liftStrikes } from "./lift-strikes.ts";

type Due = { readonly id: TraderId };

/** The time is on the trader's own row, and lifting it removes it. @param chores may read */
export const strikeDeadlinesIn = (chores: Pool): Deadlines<Due, LiftStrikes> => ({
  command: liftStrikes,
  keyOf: ({ id }) => id,
  inputOf: ({ id }) => ({ traderId: id }),
  async find(postponed, limit) {
    const { rows } = await chores.query<Due>({
      text: `select id from exchange.traders where struck_out_until <= now() and id <> all($1::text[])
        order by struck_out_until limit $2`,
      values: [postponed, limit],
    });
    return rows;
  },
});
