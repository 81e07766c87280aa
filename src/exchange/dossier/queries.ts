/** Gathers an order's story from what was recorded when it happened. */
import type { Pool } from "pg";
import { type Instant, instant, toRfc3339 } from "../../kernel/index.ts";
import { type SystemLine, systemLine } from "../chat/index.ts";
import { displayName } from "../traders/index.ts";
import type { Story } from "./dossier.ts";

type FeedEvent = {
  readonly at: Instant;
  readonly place: number;
  readonly kind: string;
  readonly data: Record<string, unknown>;
};

/** What the parties know of a file: some line shows it, and none that was hidden. @param file in SQL */
const isShown = (file: string): string => `exists (
      select from exchange.messages m where m.order_id = $1 and ${file} = any(m.attachment_ids))
    and not exists (select from exchange.hidden_messages h join exchange.messages m using (order_id, seq)
      where h.order_id = $1 and ${file} = any(m.attachment_ids))`;

/** What is left in a wallet is its owner's business. At the same instant: the order, then money, then status, then what was said of it. */
const STORY = `
  select * from (
  select o.created_at as at, 0 as place, 'order' as kind, to_jsonb(o) - 'row_version' as data
    from exchange.orders o where o.id = $1
  union all select at, 1, 'transfer', to_jsonb(t) - 'at' - 'from_after' - 'to_after' from exchange.transfers t where t.order_id = $1
  union all select at, 2, 'status', to_jsonb(h) - 'at' - 'seq' from exchange.order_history h where h.order_id = $1
  union all select created_at, 3, 'attachment', to_jsonb(f) - 'row_version' - 'created_at'
    from exchange.attachments f where f.order_id = $1 and ($2 or ${isShown("f.id")})
  union all select created_at, 4, 'message', to_jsonb(m) - 'created_at' - 'client_id' || '{"event": null}'
    from exchange.messages m where m.order_id = $1
  union all select at, 4, 'message', jsonb_build_object('order_id', order_id, 'seq', seq, 'kind', 'system', 'sender', null,
      'event', jsonb_build_object('action', action, 'status', status, 'outcome', outcome), 'attachment_ids', '[]'::jsonb)
    from exchange.order_history h where h.order_id = $1
  union all select at, 5, 'hidden_message', case when $2 then to_jsonb(d) - 'at'
      else jsonb_build_object('order_id', d.order_id, 'seq', d.seq) end
    from exchange.hidden_messages d where d.order_id = $1
  union all select at, 5, 'read_mark', to_jsonb(r) - 'at' from exchange.read_marks r where r.order_id = $1
  union all select at, 6, 'rating', to_jsonb(g) - 'at' from exchange.ratings g where g.order_id = $1
  union all select at, 7, 'operator_act', to_jsonb(a) - 'at' from exchange.operator_acts a where a.order_id = $1 and $2) s
  order by at, place, (data ->> 'seq')::int, (data ->> 'id')`;

export type StoryView = {
  /**
   * Whether the operators' acts, what hidden lines said and files that no line shows are told: the parties see that a case
   * was resolved and that a line was hidden, not who read it, nor what it said.
   */
  readonly acts: boolean;
  /** The payment details as the order shows them by now. */
  readonly details: object;
};

export const storyOf = async (pool: Pool, order: number, view: StoryView): Promise<readonly Story[]> => {
  const { rows } = await pool.query<FeedEvent>({ name: "story", text: STORY, values: [order, view.acts] });
  const hidden = view.acts ? new Set<number>() : await hiddenLines(pool, order);
  const named = view.acts ? (data: Record<string, unknown>) => data : await namesFor(pool, rows);
  const told = (kind: string, row: Record<string, unknown>) => {
    if (kind === "order") return { ...row, payment_details: view.details };
    const data = named(row);
    if (kind !== "message") return data;
    const line = data.kind === "system" ? { ...data, message: systemLine(data.event as SystemLine).message } : data;
    return hidden.has(data.seq as number) ? { ...line, message: null, attachment_ids: [] } : line;
  };
  return rows.map(({ at, kind, data }) => ({
    at: toRfc3339(instant(at)),
    kind,
    data: told(kind, data),
  }));
};

/** Members that say who did something. */
const DOERS = ["actor", "sender", "uploader_id"] as const;

/** The parties know each other; an operator is told by name, and never by subject. */
const namesFor = async (pool: Pool, rows: readonly FeedEvent[]) => {
  const terms = rows.find(({ kind }) => kind === "order")?.data ?? {};
  const parties: ReadonlySet<unknown> = new Set([terms.buyer_id, terms.seller_id]);
  const isOther = (id: unknown): id is string => typeof id === "string" && !parties.has(id);
  const others = [...new Set(rows.flatMap(({ data }) => DOERS.map((doer) => data[doer]).filter(isOther)))];
  if (others.length === 0) return (data: Record<string, unknown>) => data;
  const { rows: people } = await pool.query<{ id: string; name: string | null }>({
    name: "names of operators",
    text: "select id, name from exchange.traders where id = any($1)",
    values: [others],
  });
  const names = new Map(people.map((person) => [person.id, displayName(person)]));
  return (data: Record<string, unknown>): Record<string, unknown> => {
    const doers = DOERS.filter((doer) => isOther(data[doer]));
    return {
      ...data,
      ...Object.fromEntries(
        doers.map((doer) => [doer, names.get(data[doer] as string) ?? displayName({ name: null })]),
      ),
    };
  };
};

const hiddenLines = async (pool: Pool, order: number): Promise<ReadonlySet<number>> => {
  const { rows } = await pool.query<{ seq: number }>({
    name: "hidden lines",
    text: "select seq from exchange.hidden_messages where order_id = $1",
    values: [order],
  });
  return new Set(rows.map(({ seq }) => seq));
};
