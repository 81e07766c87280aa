/**
 * Adds up orders by day, behind the trades and not in them: a counter that every trade raised would be a row that every
 * trade waits for. What came since the last time is found by its time, counted once, and the mark moves in the same
 * transaction.
 */
import type { Pool } from "pg";
import { DAY, MINUTE } from "../../kernel/index.ts";

/** Between the time that a row carries and the commit that shows it: a transaction of ours is given up long before. */
const MARGIN_MS = MINUTE;
/** Added up at once, where the mark is far behind. */
const SPAN_MS = DAY;

/** @param marginMs how old a row has to be at least */
export const addFigures = async (pool: Pool, marginMs: number = MARGIN_MS): Promise<void> => {
  while (await addSpan(pool, marginMs)) {
    // On to the present, a span at a time.
  }
};

/** @returns whether there is more */
const addSpan = async (pool: Pool, marginMs: number): Promise<boolean> => {
  const client = await pool.connect();
  try {
    await client.query("begin");
    // Nodes take turns; whoever comes second finds the mark moved.
    const { rows } = await client.query<{ from: string; to: string; now: boolean }>(
      `select until::text as from, least(until + $2 * interval '1 millisecond', edge)::text as to,
          until + $2 * interval '1 millisecond' >= edge as now
        from exchange.figures_mark, (select now() - $1 * interval '1 millisecond' as edge) e
        where until < edge for update of figures_mark skip locked`,
      [marginMs, SPAN_MS],
    );
    const [span] = rows;
    if (span !== undefined) {
      await client.query(ADDED, [span.from, span.to]);
      await client.query("update exchange.figures_mark set until = $1", [span.to]);
    }
    await client.query("commit");
    return span !== undefined && !span.now;
  } catch (error) {
    await client.query("rollback").catch(() => {});
    throw error;
  } finally {
    client.release();
  }
};

const ADDED = `insert into exchange.daily_figures as f (day, created, completed, cancelled, disputed, volume)
  select (h.at at time zone 'UTC')::date, count(*) filter (where h.change = 1),
    count(*) filter (where h.status = 'completed'), count(*) filter (where h.status = 'cancelled'),
    count(*) filter (where h.status = 'disputed'), coalesce(sum(s.released_amount), 0)
  from exchange.order_history h
  left join exchange.order_states s on s.order_id = h.order_id and h.status = 'completed'
  where h.at > $1 and h.at <= $2 group by 1
  on conflict (day) do update set created = f.created + excluded.created, completed = f.completed + excluded.completed,
    cancelled = f.cancelled + excluded.cancelled, disputed = f.disputed + excluded.disputed,
    volume = f.volume + excluded.volume`;
