/** What must be true of a trader's record: slices of traders, with all orders of each, which the lists' indexes find. */
import type { Check, Slices, Within } from "../../database/index.ts";
import { LIMITS } from "../settings.ts";

const WINDOW = `interval '${LIMITS.strikeWindowMs} milliseconds'`;

/** From either side: the orders of the traders of a slice, `open` ones or `completed` ones. */
export const ordersOf = (within: Within, which: "open" | "completed"): string => {
  const condition = which === "open" ? "completed is null" : "completed";
  const day = "floor(extract(epoch from completed_at) / 86400)::int as day";
  return `select buyer_id as trader_id, seller_id as partner_id, order_id, status, ${day}, true as bought
      from exchange.order_states where ${condition} and ${within("buyer_id")}
    union all select seller_id, buyer_id, order_id, status, ${day}, false
      from exchange.order_states where ${condition} and ${within("seller_id")}`;
};

/** What the platform gave to a trader `t` or took, as both the books and the audit trail have it. */
const MOVED = `
  select 'credit' as act, kind, amount, external_id, at from exchange.transfers
    where to_account = 'available/' || t.id and to_account like 'available/%' and from_account = 'platform'
  union all
  select 'debit', kind, amount, external_id, at from exchange.transfers
    where from_account = 'available/' || t.id and from_account like 'available/%' and to_account = 'platform'`;

/** What moved before the trail was begun is in the books alone. */
const TRAIL_BEGAN = "coalesce((select min(at) from exchange.platform_acts), 'infinity')";

const CHECKS: readonly Check[] = [
  {
    name: "each credit and debit has its act in the audit trail, and each act its transfer",
    sql: (within) => `
      select 'trader ' || t.id || ': ' || d.fault as fault from exchange.traders t cross join lateral (
        select coalesce(m.act, a.act) || ' ' || coalesce(m.external_id, a.external_id, '')
          || case when a.act is null then ' has no act' else ' has no transfer' end as fault
        from (select * from (${MOVED}) o where at >= ${TRAIL_BEGAN}) m
        full join (
          select act, details ->> 'kind' as kind, (details ->> 'amount')::bigint as amount,
            details ->> 'external_id' as external_id
          from exchange.platform_acts where trader_id = t.id) a
        on a.act = m.act and a.kind = m.kind and a.amount = m.amount and a.external_id = m.external_id
        where a.act is null or m.act is null) d
      where ${within("t.id")}`,
  },
  {
    name: "a taker has one active order of each kind at most, and its slot holds it",
    sql: (within) => `
      with taken as (
        select o.taker_id, o.ad_type,
          coalesce(array_agg(o.id) filter (where s.status <> 'disputed'), '{}') as active,
          coalesce(array_agg(o.id) filter (where s.status = 'disputed'), '{}') as disputed
        from (${ordersOf(within, "open")}) s join exchange.orders o on o.id = s.order_id and o.taker_id = s.trader_id
        group by o.taker_id, o.ad_type)
      select 'trader ' || t.id as fault from exchange.traders t
      cross join lateral (values ('sell', t.open_deposit_order), ('buy', t.open_withdraw_order)) v(type, slot)
      left join taken k on k.taker_id = t.id and k.ad_type = v.type
      where ${within("t.id")} and case
        when cardinality(k.active) > 0 then k.active <> array[v.slot]
        else v.slot is not null and not coalesce(v.slot = any(k.disputed), false) end`,
  },
  {
    name: "each side counts its open disputes",
    sql: (within) => `
      select 'trader ' || t.id as fault from exchange.traders t left join (
        select trader_id, count(*) as disputed from (${ordersOf(within, "open")}) s where status = 'disputed'
        group by trader_id) d on d.trader_id = t.id
      where ${within("t.id")} and t.open_disputes <> coalesce(d.disputed, 0)`,
  },
  {
    name: "a trader's record counts the completed orders, a pair once a day",
    sql: (within) => `
      select 'trader ' || t.id || ' has ' || t.orders_count || ', not ' || coalesce(c.completed, 0) as fault
      from exchange.traders t left join (
        select trader_id, count(distinct (partner_id, day)) as completed
        from (${ordersOf(within, "completed")}) d group by trader_id) c
        on c.trader_id = t.id
      where ${within("t.id")} and t.orders_count <> coalesce(c.completed, 0)`,
  },
  {
    name: "a trader's partners are those of completed orders",
    sql: (within) => `
      select 'trader ' || t.id as fault from exchange.traders t
      left join (
        select trader_id, count(*) as partners from (
          select distinct trader_id, partner_id from (${ordersOf(within, "completed")}) d) m group by trader_id) p
        on p.trader_id = t.id
      left join (
        select trader_id, count(*) as rows from exchange.partners where ${within("trader_id")} group by trader_id) q
        on q.trader_id = t.id
      where ${within("t.id")}
        and (t.partners_count <> coalesce(p.partners, 0) or t.partners_count <> coalesce(q.rows, 0))`,
  },
  {
    name: "partners know when one last bought of the other",
    sql: (within) => `
      select 'trader ' || p.trader_id || ' and ' || p.partner_id as fault from exchange.partners p left join (
        select trader_id, partner_id, max(day) as day from (${ordersOf(within, "completed")}) d where bought
        group by trader_id, partner_id) b on b.trader_id = p.trader_id and b.partner_id = p.partner_id
      where ${within("p.trader_id")} and p.bought_day is distinct from b.day`,
  },
  {
    name: "a rating is the mean of the latest per pair and day",
    sql: (within) => `
      select 'trader ' || t.id as fault from exchange.traders t left join (
        select ratee_id, sum(rating) as sum, count(*) as count from (
          select distinct on (ratee_id, rater_id, (at at time zone 'UTC')::date) ratee_id, rating from exchange.ratings
          where ${within("ratee_id")}
          order by ratee_id, rater_id, (at at time zone 'UTC')::date, at desc, order_id desc) l group by ratee_id) r
        on r.ratee_id = t.id
      where ${within("t.id")} and (t.rating_sum <> coalesce(r.sum, 0) or t.ratings_count <> coalesce(r.count, 0)
        or t.rating is distinct from round(r.sum * 100.0 / r.count))`,
  },
  {
    name: "a trader owes what its debts come to",
    sql: (within) => `
      select 'trader ' || t.id || ' owes ' || t.owed || ', its debts come to ' || coalesce(d.owed, 0) as fault
      from exchange.traders t left join (
        select debtor_id, sum(outstanding) as owed from exchange.debts where outstanding > 0 and ${within("debtor_id")}
        group by debtor_id) d on d.debtor_id = t.id
      where ${within("t.id")} and t.owed <> coalesce(d.owed, 0)`,
  },
  {
    // One that is over may be waiting for the clock still, when another strike comes.
    name: "who is struck out has the strikes for it",
    sql: (within) => `
      select 'trader ' || id as fault from (
        select id, strikes, struck_out_until, case when cardinality(strikes) = ${LIMITS.strikes}
          and strikes[${LIMITS.strikes}] - strikes[1] < ${WINDOW} then strikes[1] + ${WINDOW} end as expected
        from exchange.traders where ${within("id")}) t
      where struck_out_until <> coalesce(expected, 'infinity')
        and not coalesce(strikes[${LIMITS.strikes}] >= struck_out_until, false)`,
  },
  {
    name: "a trader's files are as large as they are counted",
    sql: (within) => `
      select 'trader ' || t.id || ' counts ' || t.file_bytes || ' bytes and has ' || coalesce(f.bytes, 0) as fault
      from exchange.traders t left join (
        select uploader_id, sum(original_size) as bytes
        from exchange.attachments where ${within("uploader_id")} group by uploader_id) f on f.uploader_id = t.id
      where ${within("t.id")} and t.file_bytes <> coalesce(f.bytes, 0)`,
  },
  {
    name: "each trader has an account",
    sql: (within) => `
      select 'trader ' || t.id as fault from exchange.traders t
      left join exchange.accounts a on a.id = 'available/' || t.id and a.owner = t.id
      where ${within("t.id")} and a.id is null`,
  },
];

export const TRADERS = { table: "exchange.traders", key: "id", type: "text" } as const;

/** Both parties of the orders whose status changed. */
export const tradedSince = (instant: string): string => `
  select p.id as key from exchange.order_history h join exchange.order_states s on s.order_id = h.order_id,
    lateral (values (s.buyer_id), (s.seller_id)) p(id) where h.at > ${instant}`;

/** Records change with orders, ratings and debts. */
export const RECORDS: Slices = {
  ...TRADERS,
  checks: CHECKS,
  changedSince: (instant) => `${tradedSince(instant)}
    union all select debtor_id from exchange.debts where outstanding > 0
    union all select id from exchange.traders where owed > 0
    union all select ratee_id from exchange.ratings where at > ${instant}
    union all select uploader_id from exchange.attachments where created_at > ${instant}
    union all select trader_id from exchange.platform_acts where at > ${instant}
    union all select id from exchange.traders where joined_at > ${instant}`,
};
