/** The operators' queue. */
import type { Pool } from "pg";
import { instant } from "../../kernel/index.ts";
import { type PageQuery, page, rowOf } from "../rows.ts";
import { type DisputeStatus, disputes, traders } from "../tables/index.ts";
import { profileView } from "../traders/index.ts";
import { disputeDocument } from "./views.ts";

/** Oldest first, but for the operator's own: nobody judges those. */
export const listDisputes = async (pool: Pool, operator: string, status: DisputeStatus, query: PageQuery) => {
  const { rows } = await pool.query({
    name: "disputes",
    text: `select d.*, o.usdt_amount from exchange.disputes d join exchange.orders o on o.id = d.order_id
      where d.status = $1 and $4 not in (d.buyer_id, d.seller_id)
      order by d.opened_at, d.order_id limit $2 offset $3`,
    values: [status, query.limit + 1, query.offset, operator],
  });
  const ids = rows.flatMap(({ buyer_id, seller_id }) => [buyer_id, seller_id]);
  const parties = await pool.query({
    name: "parties",
    text: "select * from exchange.traders where id = any($1)",
    values: [ids],
  });
  const now = instant(Date.now());
  const profiles = new Map(parties.rows.map((row) => [row.id as string, profileView(rowOf(traders, row), now)]));
  return page(
    rows.map((row) => ({
      ...disputeDocument(rowOf(disputes, row)),
      buyer: profiles.get(row.buyer_id) ?? null,
      seller: profiles.get(row.seller_id) ?? null,
      usdt_amount: row.usdt_amount as number,
    })),
    query,
  );
};

export const isAssigned = async (pool: Pool, operator: string, order: number): Promise<boolean> => {
  const { rows } = await pool.query({
    name: "assigned",
    text: "select from exchange.disputes where order_id = $1 and assigned_to = $2",
    values: [order, operator],
  });
  return rows.length > 0;
};
