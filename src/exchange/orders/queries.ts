/** A party's orders. The cost of a page does not grow with what is finished. */
import type { Pool } from "pg";
import { type Instant, instant, type TraderId } from "../../kernel/index.ts";
import { type PageQuery, page, rowOf } from "../rows.ts";
import { type OrderStatus, orderSides, orderStates, orders, type Phase, type Role, traders } from "../tables/index.ts";
import { type OrderDocument, orderDocument } from "./views.ts";

const SELECTED = `select o.*, s.status, s.outcome, s.changes, s.release_by, s.paid_at, s.disputed_at, s.completed_at,
    s.cancelled_at, s.released_amount, s.order_id, s.last_seq, s.files, s.activity_at,
    v.trader_id, v.role, v.phase, v.read_seq, v.lines, v.lines_read, v.rating, floor(extract(epoch from now()) * 1000)::int8 as server_time`;

/** Null when there is none, or it is not the viewer's. */
export const findOrder = async (pool: Pool, viewer: TraderId, id: number): Promise<OrderDocument | null> =>
  (await ordersOf(pool, viewer, [id]))[0] ?? null;

/** Orders of the viewer by id, in any order; what is not the viewer's is left out. */
export const ordersOf = async (pool: Pool, viewer: TraderId, ids: readonly number[]): Promise<OrderDocument[]> => {
  const { rows } = await pool.query({
    name: "orders by id",
    text: `${SELECTED} from exchange.orders o join exchange.order_states s on s.order_id = o.id
        join exchange.order_sides v on v.order_id = o.id and v.trader_id = $2
      where o.id = any($1)`,
    values: [ids, viewer],
  });
  return documents(pool, rows);
};

export type OrdersQuery = PageQuery & { readonly status?: OrderStatus | undefined; readonly role?: Role | undefined };

const PHASES: readonly Phase[] = ["open", "completed", "cancelled"];
const PHASE_OF: Readonly<Record<OrderStatus, Phase>> = {
  pending: "open",
  paid_by_buyer: "open",
  disputed: "open",
  completed: "completed",
  cancelled: "cancelled",
};

export const listOrders = async (pool: Pool, viewer: TraderId, query: OrdersQuery) => {
  const roles = query.role === undefined ? ["buyer", "seller"] : [query.role];
  const phases = query.status === undefined ? PHASES : [PHASE_OF[query.status]];
  // One walk of the index for each role and phase, newest first, so that no filter reads past a trader's history.
  const { rows } = await pool.query({
    name: "orders of a party",
    text: `select p.* from (
        select w.order_id as id from unnest($2::text[]) as r(role) cross join unnest($3::text[]) as h(phase)
        cross join lateral (
          select i.order_id from exchange.order_sides i join exchange.order_states s on s.order_id = i.order_id
          where i.trader_id = $1 and i.role = r.role and i.phase = h.phase and ($4::text is null or s.status = $4)
          order by i.order_id desc limit $5::int + $6::int) w
        order by id desc limit $5::int offset $6::int) k
      cross join lateral (${SELECTED} from exchange.orders o join exchange.order_states s on s.order_id = o.id
        join exchange.order_sides v on v.order_id = o.id and v.trader_id = $1 where o.id = k.id) p
      order by p.id desc`,
    values: [viewer, roles, phases, query.status ?? null, query.limit + 1, query.offset],
  });
  return page(await documents(pool, rows), query);
};

type OrderRecord = Readonly<Record<string, unknown>> & {
  readonly buyer_id: string;
  readonly seller_id: string;
  readonly server_time: number;
};

const documents = async (pool: Pool, rows: readonly OrderRecord[]): Promise<OrderDocument[]> => {
  if (rows.length === 0) return [];
  const ids = [...new Set(rows.flatMap(({ buyer_id, seller_id }) => [buyer_id, seller_id]))];
  const parties = await pool.query({
    name: "parties",
    text: "select * from exchange.traders where id = any($1)",
    values: [ids],
  });
  const byId = new Map(parties.rows.map((row) => [row.id as string, rowOf(traders, row)]));
  const party = (id: string) => {
    const found = byId.get(id);
    if (found === undefined) throw new Error("an order's party has no row");
    return found;
  };
  return rows.map((row) => {
    const now: Instant = instant(row.server_time);
    const source = { order: rowOf(orders, row), state: rowOf(orderStates, row), side: rowOf(orderSides, row) };
    return orderDocument({ ...source, buyer: party(row.buyer_id), seller: party(row.seller_id) }, now);
  });
};
