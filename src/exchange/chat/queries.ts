/** Reads the lines of a chat: messages and the order's history, merged by their numbers. */

import type { Pool } from "pg";
import { type ListQuery, listPage, OLDEST, placeOf } from "../../database/index.ts";
import type { Instant, TraderId } from "../../kernel/index.ts";
import type { MessageKind, OrderStatus, Outcome } from "../tables/index.ts";
import { displayName } from "../traders/index.ts";
import { systemLine } from "./lines.ts";
import { type FileSource, type MessageDocument, messageDocument } from "./views.ts";

export type MessagesQuery = ListQuery & {
  readonly afterSeq?: number | undefined;
  /** Pages go backwards from it. */
  readonly beforeSeq?: number | undefined;
};

/** The column's. */
export const MAX_SEQ = 2_147_483_647;

type LineRow = {
  readonly seq: number;
  readonly kind: MessageKind;
  readonly sender: string | null;
  /** The viewer's own. */
  readonly client_id: string | null;
  /** Of what somebody wrote. */
  readonly message: string;
  /** Of what happened. */
  readonly action: string;
  readonly status: OrderStatus;
  readonly outcome: Outcome | null;
  readonly created_at: Instant;
  readonly attachments: readonly FileSource[];
  readonly read_at: Instant | null;
  readonly hidden: boolean;
};

/** Operators are called by their names: who they are is nobody else's business. */
const NAMELESS_OPERATOR = displayName({ name: null });

/** What was written, and what happened, as lines of one chat. */
const WRITTEN = `select order_id, seq, kind, sender, client_id, message, attachment_ids, null as action, null as status, null as outcome,
    created_at from exchange.messages`;
const HAPPENED = `select order_id, seq, 'system', null, null, null, '{}', action, status, outcome, at from exchange.order_history`;

/** In SQL. */
export type Lines = {
  /** Of an order's lines. */
  readonly condition: string;
  /** Of those that are needed. */
  readonly limit: string;
  readonly viewer: string;
  /** From which end. */
  readonly order?: "asc" | "desc";
};

/** Lines of an order. What happened is a handful of rows, what was written may be thousands. */
export const linesOf = ({ condition, limit, viewer, order = "asc" }: Lines): string => `
  select m.seq, m.kind, case m.kind when 'operator' then coalesce(
      (select t.name from exchange.traders t where t.id = m.sender), '${NAMELESS_OPERATOR}') else m.sender end as sender,
    case when m.sender = ${viewer} then m.client_id end as client_id, m.message, m.action, m.status, m.outcome,
    m.created_at,
    exists (select from exchange.hidden_messages h where h.order_id = m.order_id and h.seq = m.seq) as hidden,
    (select min(r.at) from exchange.read_marks r
      where r.order_id = m.order_id and r.up_to_seq >= m.seq and r.trader_id is distinct from m.sender) as read_at,
    (select coalesce(jsonb_agg(jsonb_build_object('id', f.id, 'name', f.name, 'sha256', f.sha256, 'type', f.type,
        'size', f.size, 'originalSha256', f.original_sha256) order by array_position(m.attachment_ids, f.id)), '[]') from exchange.attachments f
      where f.id = any(m.attachment_ids)) as attachments
  from (select * from (
      (${WRITTEN} where ${condition} order by seq ${order} limit ${limit}) union all (${HAPPENED} where ${condition})) l
    order by seq ${order} limit ${limit}) m`;

/** A line is read when somebody else than its sender has marked it. */
export const lineOf = ({ action, status, outcome, ...row }: LineRow): MessageDocument =>
  messageDocument({
    ...row,
    ...(row.kind === "system" ? systemLine({ action, status, outcome }) : {}),
    clientId: row.client_id,
    createdAt: row.created_at,
    readAt: row.read_at,
    files: row.attachments,
  });

/** The rank of cursors that lead backwards; the others' is nothing. */
const BACKWARDS = 1;

/** Between which numbers a page lies, and from which end it is cut. */
const spanOf = (query: MessagesQuery) => {
  const { rank, id } = placeOf(query, OLDEST);
  const at = Math.min(id, MAX_SEQ);
  const backwards = query.beforeSeq !== undefined || rank === BACKWARDS;
  return {
    backwards,
    after: Math.max(query.afterSeq ?? 0, backwards ? 0 : at),
    before: Math.min(query.beforeSeq ?? MAX_SEQ, rank === BACKWARDS ? at : MAX_SEQ),
  };
};

/** Each page oldest first. Null when the order is not the viewer's. */
export const listMessages = async (pool: Pool, viewer: string, order: number, query: MessagesQuery) => {
  const { backwards, after, before } = spanOf(query);
  const lines = {
    condition: "order_id = s.order_id and seq > $3 and seq < $6",
    limit: "$4::int + $5::int",
    viewer: "$2",
    order: backwards ? ("desc" as const) : ("asc" as const),
  };
  const { rows } = await pool.query<LineRow & { readonly last_seq: number }>({
    name: `messages ${lines.order}`,
    text: `select s.last_seq, m.* from exchange.order_states s
      left join lateral (${linesOf(lines)} order by m.seq ${lines.order} offset $5) m on true
      where s.order_id = $1 and $2 in (s.buyer_id, s.seller_id) order by m.seq ${lines.order}`,
    values: [order, viewer, after, query.limit + 1, query.offset, before],
  });
  const [first] = rows;
  if (first === undefined) return null;
  const found = listPage(
    rows.filter(({ seq }) => seq !== null),
    query,
    ({ seq }) => ({ rank: backwards ? BACKWARDS : 0, id: seq }),
  );
  const items = found.items.map(lineOf);
  return { ...found, items: backwards ? items.toReversed() : items, last_seq: first.last_seq };
};

/** A line by its order and number. */
export type LineKey = { readonly orderId: number; readonly seq: number };

/** The lines of those keys as the viewer sees them now, in any order; what is of no order of the viewer's is left out. */
export const linesAt = async (pool: Pool, viewer: TraderId, keys: readonly LineKey[]) => {
  const { rows } = await pool.query<LineRow & { readonly order_id: number }>({
    name: "lines by number",
    text: `select s.order_id, m.* from unnest($1::int8[], $2::int4[]) as k(order_id, seq)
      join exchange.order_states s on s.order_id = k.order_id
      join lateral (${linesOf({ condition: "order_id = s.order_id and seq = k.seq", limit: "1", viewer: "$3" })}) m on true
      where $3 in (s.buyer_id, s.seller_id)`,
    values: [keys.map(({ orderId }) => orderId), keys.map(({ seq }) => seq), viewer],
  });
  return rows.map(({ order_id: orderId, ...row }) => ({ orderId, message: lineOf(row) }));
};

/** How many lines the viewer has not marked as read, by order. */
export const unreadIn = async (
  pool: Pool,
  viewer: TraderId,
  orderIds: readonly number[],
): Promise<ReadonlyMap<number, number>> => {
  const { rows } = await pool.query<{ order_id: number; unread: number }>({
    name: "unread by order",
    text: `select order_id, case $1 when buyer_id then buyer_lines - buyer_lines_read
        else seller_lines - seller_lines_read end as unread
      from exchange.order_states where order_id = any($2) and $1 in (buyer_id, seller_id)`,
    values: [viewer, orderIds],
  });
  return new Map(rows.map(({ order_id, unread }) => [order_id, unread]));
};

/** The others' user and operator lines up to a number. */
export const countLines = async (pool: Pool, viewer: string, order: number, upToSeq: number): Promise<number> => {
  const { rows } = await pool.query<{ lines: number }>({
    name: "count lines",
    text: `select count(*) as lines from exchange.messages m join exchange.order_states s using (order_id)
      where m.order_id = $1 and m.seq <= $3 and m.sender <> $2
        and $2 in (s.buyer_id, s.seller_id)`,
    values: [order, viewer, upToSeq],
  });
  return rows[0]?.lines ?? 0;
};
