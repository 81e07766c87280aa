/** Reads public profiles. */
import type { Pool } from "pg";
import { instant, type TraderId } from "../../kernel/index.ts";
import { rowOf } from "../rows.ts";
import { traders } from "../tables/index.ts";
import { TRADES_COUNTED } from "./schemas.ts";
import { profileView } from "./views.ts";

export const findProfile = async (pool: Pool, id: string) => {
  const { rows } = await pool.query({
    name: "profile",
    text: "select * from exchange.traders where id = $1",
    values: [id],
  });
  return rows[0] === undefined ? null : profileView(rowOf(traders, rows[0]), instant(Date.now()));
};

/** The last completed orders of $1 on one side, as far as they are counted. */
const lastAs = (side: "buyer" | "seller", other: "buyer" | "seller"): string => `(
    select ${other}_id as other from exchange.order_states where ${side}_id = $1 and completed
    order by order_id desc limit ${TRADES_COUNTED})`;

/** How often the viewer has traded with somebody. Whoever never met costs one look at a key. */
export const countTrades = async (pool: Pool, viewer: TraderId, other: string): Promise<number> => {
  const { rows } = await pool.query<{ trades: number }>({
    name: "trades between two",
    text: `select case when exists (select from exchange.partners where trader_id = $1 and partner_id = $2) then (
        select count(*) from (${lastAs("buyer", "seller")} union all ${lastAs("seller", "buyer")}) o where o.other = $2)
      else 0 end::int8 as trades`,
    values: [viewer, other],
  });
  return rows[0]?.trades ?? 0;
};
