/** A party's orders. The cost of a page does not grow with what is finished. */
import type { Pool } from "pg";
import { instant, type TraderId } from "../../kernel/index.ts";
import { type PageQuery, page, rowOf, select } from "../rows.ts";
import { type OrderStatus, orderSides, orderStates, orders, type Phase, type Role, traders } from "../tables/index.ts";
import { type OrderDocument, orderDocument, SIDE_COLUMNS, STATE_COLUMNS } from "./views.ts";

const ORDER = select(orders, "o");
const STATE = select(orderStates, "s", STATE_COLUMNS);
const SIDE = select(orderSides, "v", SIDE_COLUMNS);
const SELECTED = `select ${ORDER.list}, ${STATE.list}, ${SIDE.list},
  floor(extract(epoch from now()) * 1000)::int8 as server_time`;

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
      order by p.o_id desc`,
    values: [viewer, roles, phases, query.status ?? null, query.limit + 1, query.offset],
  });
  return page(await documents(pool, rows), query);
};

type OrderRecord = Readonly<Record<string, unknown>> & { readonly server_time: number };

const documents = async (pool: Pool, records: readonly OrderRecord[]): Promise<OrderDocument[]> => {
  if (records.length === 0) return [];
  const rows = records.map((record) => ({
    order: ORDER.rowOf(record),
    state: STATE.rowOf(record),
    side: SIDE.rowOf(record),
    now: instant(record.server_time),
  }));
  const ids = [...new Set(rows.flatMap(({ order }) => [order.buyerId, order.sellerId]))];
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
  return rows.map(({ now, ...row }) =>
    orderDocument({ ...row, buyer: party(row.order.buyerId), seller: party(row.order.sellerId) }, now),
  );
};
