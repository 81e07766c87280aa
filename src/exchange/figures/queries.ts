/** Reads the figures. None of them looks at what is finished: days are added up already, the rest is what is open. */
import type { Pool } from "pg";
import type { Feed } from "../../engine/index.ts";
import type { AnswerOf } from "../../http/index.ts";
import { type Instant, instant, SECOND, toRfc3339, toRfc3339OrNull } from "../../kernel/index.ts";
import type { OrderStatus } from "../tables/index.ts";
import type { FiguresSchema } from "./schemas.ts";

export type Figures = AnswerOf<typeof FiguresSchema>;

const DAYS_SHOWN = 31;
/** So long the same figures serve every operator on this node. */
const KEPT_MS = 15 * SECOND;

export type FiguresDeps = { readonly pool: Pool; readonly feed: Feed };

/** Read once for all who ask within a while. */
export const createFigures = (deps: FiguresDeps): (() => Promise<Figures>) => {
  let known: { readonly until: number; readonly figures: Promise<Figures> } | undefined;
  return () => {
    if (known !== undefined && Date.now() < known.until) return known.figures;
    const figures = readFigures(deps);
    const mine = { until: Date.now() + KEPT_MS, figures };
    known = mine;
    figures.catch(() => {
      if (known === mine) known = undefined;
    });
    return figures;
  };
};

const readFigures = async ({ pool, feed }: FiguresDeps): Promise<Figures> => {
  const [days, escrow, cases, feedState, audits] = await Promise.all([
    readDays(pool),
    readEscrow(pool),
    readCases(pool),
    readFeed(pool, feed.place().position),
    readAudits(pool),
  ]);
  return { made_at: toRfc3339(instant(Date.now())), ...days, escrow, cases, feed: feedState, ...audits };
};

const readDays = async (pool: Pool): Promise<Pick<Figures, "days" | "days_until">> => {
  const { rows } = await pool.query<Figures["days"][number] & { readonly until: Instant }>({
    name: "figures by day",
    text: `select m.until, d.day::text, d.created, d.completed, d.cancelled, d.disputed, d.volume
      from exchange.figures_mark m left join exchange.daily_figures d on d.day > (now() at time zone 'UTC')::date - $1::int
      order by d.day desc`,
    values: [DAYS_SHOWN],
  });
  const days = rows.filter(({ day }) => day !== null).map(({ until: _, ...day }) => day);
  return { days, days_until: toRfc3339(rows[0]?.until ?? instant(0)) };
};

/** An open order has a deadline, or a case that is not resolved. */
const readEscrow = async (pool: Pool): Promise<Figures["escrow"]> => {
  const { rows } = await pool.query<{ status: OrderStatus; orders: number; amount: number }>({
    name: "escrow by status",
    text: `select s.status, count(*) as orders, sum(s.escrow)::int8 as amount from exchange.order_states s
      join (select order_id from exchange.order_deadlines union
        select order_id from exchange.disputes where status in ('open', 'assigned')) o on o.order_id = s.order_id
      where s.completed is null group by 1 order by 1`,
  });
  return rows;
};

const readCases = async (pool: Pool): Promise<Figures["cases"]> => {
  const { rows } = await pool.query<Figures["cases"][number]>({
    name: "cases by age",
    text: `select u.status,
        count(d.age) filter (where d.age < interval '1 hour') as under_1_hour,
        count(d.age) filter (where d.age >= interval '1 hour' and d.age < interval '4 hours') as under_4_hours,
        count(d.age) filter (where d.age >= interval '4 hours' and d.age < interval '1 day') as under_1_day,
        count(d.age) filter (where d.age >= interval '1 day') as older
      from (values ('open'), ('assigned')) u(status)
      left join (select status, now() - opened_at as age from exchange.disputes
        where status in ('open', 'assigned')) d on d.status = u.status
      group by 1 order by 1 desc`,
  });
  return rows;
};

const readFeed = async (pool: Pool, read: number): Promise<Figures["feed"]> => {
  const { rows } = await pool.query<{ told: number; behind: number }>({
    name: "feed lag",
    text: `select f.position as told, coalesce((select greatest(extract(epoch from now() - e.at), 0)::float8
          from exchange.events e where e.position > $1 order by e.position limit 1), 0) as behind
      from exchange.feed f`,
    values: [read],
  });
  return { told: rows[0]?.told ?? 0, read, behind_seconds: rows[0]?.behind ?? 0 };
};

type AuditRow = Omit<Figures["audits"][number], "at"> & { readonly at: Instant };

const readAudits = async (pool: Pool): Promise<Pick<Figures, "audits" | "last_whole_audit_at">> => {
  const { rows } = await pool.query<AuditRow & { readonly last_whole: Instant | null }>({
    name: "last audits",
    text: `select s.system, a.at, a.whole, a.took_ms, a.checks, a.findings,
        (select max(w.at) from engine.audit_results w where w.system = 'exchange' and w.whole) as last_whole
      from (values ('exchange'), ('rail')) s(system)
      cross join lateral (select * from engine.audit_results r where r.system = s.system order by r.at desc limit 1) a`,
  });
  return {
    audits: rows.map(({ last_whole: _, at, ...audit }) => ({ ...audit, at: toRfc3339(at) })),
    last_whole_audit_at: toRfc3339OrNull(rows[0]?.last_whole ?? null),
  };
};
