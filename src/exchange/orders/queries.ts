/** A party's orders. The cost of a page does not grow with what is finished. */

import type { Pool } from "pg";
import { instantOf, type ListQuery, NEWEST, placeOf, walkedPage } from "../../database/index.ts";
import { amount, type Instant, instant, type TraderId } from "../../kernel/index.ts";
import type { Period } from "../periods.ts";
import { rowOf, select } from "../rows.ts";
import { RAIL_METHOD } from "../settings.ts";
import {
  disputes,
  ORDER_STATUSES,
  type OrderStatus,
  orderStates,
  orders,
  ROLES,
  type Role,
  settlements,
  traders,
} from "../tables/index.ts";
import { awaitedFrom, CLAIMED_SIDE } from "./awaited.ts";
import { SETTLEMENT_COLUMNS } from "./settlement.ts";
import { DISPUTE_COLUMNS, type OrderDocument, orderDocument, STATE_COLUMNS } from "./views.ts";

const ORDER = select(orders, "o");
const STATE = select(orderStates, "s", STATE_COLUMNS);
const DISPUTE = select(disputes, "d", DISPUTE_COLUMNS);
const SETTLEMENT = select(settlements, "r", SETTLEMENT_COLUMNS);
const SELECTED = `select ${ORDER.list}, ${STATE.list}, d.order_id is not null as is_disputed, ${DISPUTE.list},
    r.order_id is not null as is_settled, ${SETTLEMENT.list}, coalesce(e.outstanding, 0) as owed, floor(extract(epoch from now()) * 1000)::int8 as server_time
  from exchange.orders o join exchange.order_states s on s.order_id = o.id
  left join exchange.disputes d on d.order_id = o.id and s.disputed_at is not null
  left join exchange.settlements r on r.order_id = o.id and o.payment_method = '${RAIL_METHOD}'
  left join exchange.debts e on e.order_id = o.id and s.payment_claim = 'compensated'`;

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

export type OrdersQuery = ListQuery & {
  /** Any of them. */
  readonly status?: readonly OrderStatus[] | undefined;
  readonly role?: Role | undefined;
  /** Only what waits for the viewer: open orders, and claims that the viewer may honour. */
  readonly needs_me?: boolean | undefined;
  readonly ad_id?: number | undefined;
  /** When the order was made. */
  readonly period?: Period;
};

/** Which orders have a status, by what their indexes know. */
const PHASES = ["completed is null", "completed is true", "completed is false", "payment_claim = 'open'"] as const;
type Phase = (typeof PHASES)[number];
const PHASE_OF: Readonly<Record<OrderStatus, Phase>> = {
  pending: "completed is null",
  paid_by_buyer: "completed is null",
  disputed: "completed is null",
  completed: "completed is true",
  cancelled: "completed is false",
};

/** Where orders of a status that are asked for stand, on one side; null where none is meant. */
const phaseOf = (role: Role, status: OrderStatus, needsMe: boolean): Phase | null => {
  if (!needsMe || awaitedFrom({ role, status, claim: null }) !== null) return PHASE_OF[status];
  return status === "cancelled" && role === CLAIMED_SIDE ? "payment_claim = 'open'" : null;
};

/** The statuses that are asked for, on one side; none where the question cannot be met there. */
const statusesOf = (side: Role, { status = ORDER_STATUSES, needs_me: needsMe = false }: OrdersQuery) =>
  status.filter((one) => phaseOf(side, one, needsMe) !== null);

/**
 * Rows of a trader's own history that a page may look at for a filter which no index answers. Beyond them the page ends,
 * shorter than asked for, with a cursor to go on from.
 */
const WALK = 10_000;

type Walk = { readonly side: Role; readonly phase: Phase };

const walksOf = (query: OrdersQuery): readonly Walk[] =>
  (query.role === undefined ? ROLES : [query.role]).flatMap((side) => {
    const { needs_me: needsMe = false } = query;
    const phases = new Set(statusesOf(side, query).map((status) => phaseOf(side, status, needsMe)));
    return PHASES.filter((phase) => phases.has(phase)).map((phase) => ({ side, phase }));
  });

const STATUSES_AT: Readonly<Record<Role, string>> = { buyer: "$7", seller: "$8" };

/** One walk of an index for each role and phase, newest first, so that no status reads past a trader's history. */
const walkText = ({ side, phase }: Walk): string => `(select order_id from exchange.order_states
    where ${side}_id = $1 and ${phase} and order_id < $2 and order_id >= $3 and status = any(${STATUSES_AT[side]}::text[])
    order by order_id desc limit $4::int)`;

/** An id that no order made before an instant reaches: ids rise with time, but for what nodes differ by. */
const MARGIN = "interval '1 minute'";

/**
 * By halving, each step one look into the primary key. The first of the pair: every order made from the instant on has a
 * higher id; the second: every order made before it has a lower one.
 */
const boundsOf = async (pool: Pool, at: Instant): Promise<{ readonly low: number; readonly high: number }> => {
  const { rows } = await pool.query<{ low: number; high: number }>({
    name: "orders by time",
    text: `with recursive search(instant, low, high) as (
        select s.instant, 0::int8, (select coalesce(max(id), 0) + 1 from exchange.orders)
        from (values (${instantOf("$1")} - ${MARGIN}), (${instantOf("$1")} + ${MARGIN})) as s(instant)
        union all
        select instant, case when early then mid else low end, case when early then high else mid end
        from (select s.*, (low + high) / 2 as mid, (
            select o.created_at < s.instant from exchange.orders o where o.id <= (s.low + s.high) / 2 and o.id > s.low
            order by o.id desc limit 1) is not false as early
          from search s where high - low > 1) n)
      select min(low) as low, max(high) as high from search where high - low <= 1`,
    values: [at],
  });
  return rows[0] ?? { low: 0, high: NEWEST.id };
};

type Named = { readonly id: number };

/**
 * The ids of a page, newest first. Of a filter that needs the order's terms a walk looks at a bounded number of orders.
 * @returns `walked`: the last id that was looked at, where more may be behind it
 */
const findIds = async (pool: Pool, viewer: TraderId, query: OrdersQuery) => {
  const { ad_id: adId, period: { from, to } = {}, limit, offset } = query;
  const walks = walksOf(query);
  if (walks.length === 0) return { ids: [], walked: null };
  const filtered = adId !== undefined || from !== undefined || to !== undefined;
  const lowest = from === undefined ? 0 : (await boundsOf(pool, from)).low;
  const highest = to === undefined ? NEWEST.id : (await boundsOf(pool, to)).high;
  const reach = filtered ? WALK : limit + 1 + offset;
  const { rows } = await pool.query<Named & { readonly looked: number; readonly last: number }>({
    name: `orders of a party ${walks.map(({ side, phase }) => `${side[0]}${PHASES.indexOf(phase)}`).join("")} ${filtered}`,
    text: `with w as materialized (select order_id from (${walks.map(walkText).join(" union all ")}) u
        where $7::text[] is not null and $8::text[] is not null order by order_id desc limit $4::int),
      k as (select w.order_id as id from w ${
        filtered
          ? `join exchange.orders o on o.id = w.order_id and ($9::int8 is null or o.ad_id = $9)
              and ($10::int8 is null or o.created_at >= ${instantOf("$10")})
              and ($11::int8 is null or o.created_at < ${instantOf("$11")})`
          : ""
      } order by w.order_id desc limit $5::int offset $6::int)
      select k.id, e.looked, e.last from (select count(*)::int as looked, min(order_id) as last from w) e
      left join k on true order by k.id desc`,
    values: [
      viewer,
      Math.min(placeOf(query, NEWEST).id, highest + 1),
      lowest,
      reach,
      limit + 1,
      offset,
      statusesOf("buyer", query),
      statusesOf("seller", query),
      ...(filtered ? [adId ?? null, from ?? null, to ?? null] : []),
    ],
  });
  const [first] = rows;
  const exhausted = !filtered || first === undefined || first.looked < WALK;
  return { ids: rows.flatMap(({ id }) => (id === null ? [] : [id])), walked: exhausted ? null : first.last };
};

/** Newest first. */
export const listOrders = async (pool: Pool, viewer: TraderId, query: OrdersQuery) => {
  const { ids, walked } = await findIds(pool, viewer, query);
  const { items: shown, ...found } = walkedPage(
    ids.map((id) => ({ id })),
    query,
    walked,
  );
  const byId = new Map(
    (
      await ordersOf(
        pool,
        viewer,
        shown.map(({ id }) => id),
      )
    ).map((order) => [order.id as number, order]),
  );
  return { ...found, items: shown.flatMap(({ id }) => byId.get(id) ?? []) };
};

type OrderRecord = Readonly<Record<string, unknown>> & {
  readonly server_time: number;
  readonly is_disputed: boolean;
  readonly is_settled: boolean;
  readonly owed: number;
};

const documents = async (pool: Pool, viewer: TraderId, records: readonly OrderRecord[]): Promise<OrderDocument[]> => {
  if (records.length === 0) return [];
  const rows = records.map((record) => ({
    order: ORDER.rowOf(record),
    state: STATE.rowOf(record),
    dispute: record.is_disputed ? DISPUTE.rowOf(record) : null,
    settlement: record.is_settled ? SETTLEMENT.rowOf(record) : null,
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
  return rows.map(({ now, order, state, dispute, settlement, owed }) => {
    const role = order.buyerId === viewer ? "buyer" : "seller";
    const [buyer, seller] = [party(order.buyerId), party(order.sellerId)];
    return orderDocument({ order, state, role, buyer, seller, dispute, settlement, owed }, now);
  });
};
