/** A party's orders. The cost of a page does not grow with what is finished. */
import type { Pool } from "pg";
import { amount, instant, type TraderId } from "../../kernel/index.ts";
import { type ListQuery, listPage, NEWEST, placeOf } from "../cursors.ts";
import { rowOf, select } from "../rows.ts";
import { type OrderStatus, orderStates, orders, ROLES, type Role, traders } from "../tables/index.ts";
import { type OrderDocument, orderDocument, STATE_COLUMNS } from "./views.ts";

const ORDER = select(orders, "o");
const STATE = select(orderStates, "s", STATE_COLUMNS);
const SELECTED = `select ${ORDER.list}, ${STATE.list}, coalesce(d.outstanding, 0) as owed, floor(extract(epoch from now()) * 1000)::int8 as server_time
  from exchange.orders o join exchange.order_states s on s.order_id = o.id
  left join exchange.debts d on d.order_id = o.id and s.payment_claim = 'compensated'`;

/** Null when there is none, or it is not the viewer's. */
export const findOrder = async (pool: Pool, viewer: TraderId, id: number): Promise<OrderDocument | null> =>
  (await ordersOf(pool, viewer, [id]))[0] ?? null;

/** Orders of the viewer by id, in any order; what is not the viewer's is left out. */
export const ordersOf = async (pool: Pool, viewer: TraderId, ids: readonly number[]): Promise<OrderDocument[]> => {
  const { rows } = await pool.query({
    name: "orders by id",
    text: `${SELECTED} where o.id = any($1) and $2 in (o.buyer_id, o.seller_id)`,
    values: [ids, viewer],
  });
  return documents(pool, viewer, rows);
};

export type OrdersQuery = ListQuery & { readonly status?: OrderStatus | undefined; readonly role?: Role | undefined };

/** Which orders have a status, by what their indexes know. */
const PHASES = ["completed is null", "completed is true", "completed is false"] as const;
const PHASE_OF: Readonly<Record<OrderStatus, (typeof PHASES)[number]>> = {
  pending: "completed is null",
  paid_by_buyer: "completed is null",
  disputed: "completed is null",
  completed: "completed is true",
  cancelled: "completed is false",
};

/** One walk of an index for each role and phase, newest first, so that no filter reads past a trader's history. */
const walksOf = ({ role, status }: OrdersQuery): string =>
  (role === undefined ? ROLES : [role])
    .flatMap((side) => (status === undefined ? PHASES : [PHASE_OF[status]]).map((phase) => ({ side, phase })))
    .map(
      ({ side, phase }) => `(select order_id from exchange.order_states
        where ${side}_id = $1 and ${phase} and order_id < $5 and ($4::text is null or status = $4)
        order by order_id desc limit $2::int + $3::int)`,
    )
    .join(" union all ");

export const listOrders = async (pool: Pool, viewer: TraderId, query: OrdersQuery) => {
  const { role = "either", status = "any" } = query;
  const { rows } = await pool.query({
    name: `orders of a party, ${role}, ${status === "any" ? status : PHASE_OF[status]}`,
    text: `${SELECTED} join (select order_id as id from (${walksOf(query)}) w
        order by order_id desc limit $2::int offset $3::int) k on k.id = o.id
      order by o.id desc`,
    values: [viewer, query.limit + 1, query.offset, query.status ?? null, placeOf(query, NEWEST).id],
  });
  return listPage(await documents(pool, viewer, rows), query, ({ id }) => ({ rank: 0, id }));
};

type OrderRecord = Readonly<Record<string, unknown>> & { readonly server_time: number; readonly owed: number };

const documents = async (pool: Pool, viewer: TraderId, records: readonly OrderRecord[]): Promise<OrderDocument[]> => {
  if (records.length === 0) return [];
  const rows = records.map((record) => ({
    order: ORDER.rowOf(record),
    state: STATE.rowOf(record),
    owed: amount(record.owed),
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
  return rows.map(({ now, order, state, owed }) => {
    const role = order.buyerId === viewer ? "buyer" : "seller";
    return orderDocument({ order, state, role, buyer: party(order.buyerId), seller: party(order.sellerId), owed }, now);
  });
};
