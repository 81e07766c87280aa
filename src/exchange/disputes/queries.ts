/** Reads the queue of cases for operators. */

import type { Pool } from "pg";
import { instantOf, type ListQuery, listPage, OLDEST, placeOf } from "../../database/index.ts";
import type { AnswerOf } from "../../http/index.ts";
import { instant, type TraderId, toNumber } from "../../kernel/index.ts";
import { select } from "../rows.ts";
import { type DisputeStatus, disputes, orders, traders } from "../tables/index.ts";
import { fullProfileView, PROFILE_COLUMNS, type ProfileView } from "../traders/index.ts";
import type { QueuedDisputeSchema } from "./schemas.ts";
import { disputeDocument } from "./views.ts";

const DISPUTE = select(disputes, "d");
const ORDER = select(orders, "o", ["usdtAmount"]);
const PARTY = select(traders, "t", PROFILE_COLUMNS);

const SELECTED = `select ${DISPUTE.list}, ${ORDER.list}
  from exchange.disputes d join exchange.orders o on o.id = d.order_id`;

export type DisputesQuery = ListQuery & {
  readonly status: DisputeStatus;
  /** Only what the operator has taken. */
  readonly mine?: boolean | undefined;
};

/** Oldest first, but for the operator's own: nobody judges those. */
export const listDisputes = async (pool: Pool, operator: TraderId, query: DisputesQuery) => {
  const start = placeOf(query, OLDEST);
  const { rows } = await pool.query({
    name: "disputes",
    text: `${SELECTED} where d.status = $1 and $4 not in (d.buyer_id, d.seller_id)
        and (d.opened_at, d.order_id) > (${instantOf("$5")}, $6::int8) and (not $7::bool or d.assigned_to = $4)
      order by d.opened_at, d.order_id limit $2 offset $3`,
    values: [query.status, query.limit + 1, query.offset, operator, start.rank, start.id, query.mine ?? false],
  });
  const found = listPage(rows.map(caseOf), query, ({ dispute }) => ({ rank: dispute.openedAt, id: dispute.orderId }));
  return { ...found, items: await documents(pool, operator, found.items) };
};

/** Cases by their orders, in any order; the operator's own are left out. */
export const casesOf = async (pool: Pool, operator: TraderId, orderIds: readonly number[]) => {
  const { rows } = await pool.query({
    name: "cases by order",
    text: `${SELECTED} where d.order_id = any($1) and $2 not in (d.buyer_id, d.seller_id)`,
    values: [orderIds, operator],
  });
  return documents(pool, operator, rows.map(caseOf));
};

const caseOf = (row: Readonly<Record<string, unknown>>) => ({ dispute: DISPUTE.rowOf(row), order: ORDER.rowOf(row) });

export type QueuedDispute = AnswerOf<typeof QueuedDisputeSchema>;

const documents = async (
  pool: Pool,
  operator: TraderId,
  cases: readonly ReturnType<typeof caseOf>[],
): Promise<readonly QueuedDispute[]> => {
  if (cases.length === 0) return [];
  const profile = await profilesOf(
    pool,
    cases.flatMap(({ dispute }) => [dispute.buyerId, dispute.sellerId]),
  );
  return cases.map(({ dispute, order }) => ({
    ...disputeDocument(dispute, operator),
    buyer: profile(dispute.buyerId),
    seller: profile(dispute.sellerId),
    usdt_amount: toNumber(order.usdtAmount),
  }));
};

const profilesOf = async (pool: Pool, ids: readonly TraderId[]): Promise<(id: TraderId) => ProfileView> => {
  const { rows } = await pool.query({
    name: "parties of disputes",
    text: `select ${PARTY.list} from exchange.traders t where t.id = any($1)`,
    values: [ids],
  });
  const now = instant(Date.now());
  const profiles = new Map(
    rows.map((row) => PARTY.rowOf(row)).map((trader) => [trader.id, fullProfileView(trader, now)]),
  );
  return (id) => {
    const found = profiles.get(id);
    if (found === undefined) throw new Error("a dispute's party has no row");
    return found;
  };
};

/** Whether somebody wrote a line, or the system said it. */
export const isWritten = async (pool: Pool, order: number, seq: number): Promise<boolean> => {
  const { rows } = await pool.query({
    name: "written line",
    text: "select from exchange.messages where order_id = $1 and seq = $2",
    values: [order, seq],
  });
  return rows.length > 0;
};

export const isAssigned = async (pool: Pool, operator: string, order: number): Promise<boolean> => {
  const { rows } = await pool.query({
    name: "assigned",
    text: "select from exchange.disputes where order_id = $1 and assigned_to = $2",
    values: [order, operator],
  });
  return rows.length > 0;
};
