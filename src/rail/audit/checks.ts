/** What must be true of the rail's rows, foreign keys that the hot tables do without included. */
import type { Check, Slices, Statement } from "../../database/index.ts";

/** Slices of orders, with whatever is found by an order. */
const ORDERS: readonly Check[] = [
  {
    name: "each order has its state, its external id and its request",
    sql: (within) => `select 'order ' || o.guid as fault from rail.orders o
      left join rail.order_states s on s.order_guid = o.guid and ${within("s.order_guid")}
        and s.participant_guid = o.participant_guid and s.phone_hash is not distinct from o.phone_hash
      left join rail.links l on l.order_guid = o.guid and ${within("l.order_guid")}
      left join rail.participants p on p.guid = o.participant_guid and p.mode = o.mode
      left join lateral (select true as found from rail.external_ids e where e.participant_guid = o.participant_guid
        and e.kind = 'order' and e.external_id = o.external_id and e.target_guid = o.guid) e on true
      left join lateral (select true as found from rail.pay_requests r where r.guid = o.pay_request_guid
        and r.order_guid = o.guid and r.participant_guid = o.participant_guid) r on true
      where ${within("o.guid")} and (s.order_guid is null or p.guid is null or e.found is null
        or (o.type = 'link') <> (l.order_guid is not null) or o.type = 'phone' and r.found is null)`,
  },
  {
    name: "each state has its order",
    sql: (within) => `select 'state of ' || s.order_guid as fault from rail.order_states s
      left join rail.orders o on o.guid = s.order_guid and ${within("o.guid")}
      where ${within("s.order_guid")} and o.guid is null`,
  },
  {
    name: "each status change has one history row, and the last one is the state",
    sql: (within) => `select 'order ' || s.order_guid as fault from rail.order_states s left join (
        select order_guid, count(*) as rows, max(change) as last,
          (array_agg(status order by change desc))[1] as status,
          (array_agg(status_reason order by change desc))[1] as status_reason
        from rail.order_history where ${within("order_guid")} group by order_guid) h on h.order_guid = s.order_guid
      where ${within("s.order_guid")} and (h.rows is distinct from s.changes or h.last <> s.changes
        or h.status <> s.status or h.status_reason is distinct from s.status_reason)`,
  },
  {
    name: "states only move forward",
    sql: (within) => `select 'order ' || order_guid || ': ' || before || ' to ' || status as fault from (
        select order_guid, status, change, status_reason,
          lag(status) over w as before, lag(status_reason) over w as reason_before
        from rail.order_history where ${within("order_guid")}
        window w as (partition by order_guid order by change)) h
      where change > 1 and not (
        before = 'pending' and status in ('processing', 'rejected')
        or before in ('processing', 'created') and status = before
          and status_reason is not distinct from 'EXPIRED'
          and reason_before is null)`,
  },
  {
    name: "a pending order has its search and a deadline",
    sql: (within) => `select 'order ' || s.order_guid as fault from rail.order_states s
      join rail.orders o on o.guid = s.order_guid and ${within("o.guid")}
      where ${within("s.order_guid")} and s.status = 'pending' and (o.request_guid is null
        or not exists (select from rail.searches q where q.request_guid = o.request_guid and q.phone_hash = o.phone_hash)
        or not exists (select from rail.order_deadlines d where d.order_guid = o.guid))`,
  },
  {
    name: "an order, its alias and its banks are of one world",
    sql: (within) => `select 'order ' || o.guid as fault from rail.orders o
      join rail.order_states s on s.order_guid = o.guid and ${within("s.order_guid")}
      left join rail.participants c on c.guid = s.creditor_participant_guid
      left join lateral (select p.mode from rail.phones p where p.hash = o.phone_hash) p on true
      where ${within("o.guid")} and (c.mode <> o.mode or p.mode <> o.mode)`,
  },
  {
    name: "a phone order's request follows the order",
    sql: (within) => `select 'order ' || o.guid || ' is ' || s.status || ', its request ' || r.status as fault
      from rail.orders o join rail.order_states s on s.order_guid = o.guid and ${within("s.order_guid")}
      join lateral (select r.status from rail.pay_requests r where r.guid = o.pay_request_guid) r on true
      where ${within("o.guid")} and case s.status when 'pending' then r.status <> 'created'
        when 'rejected' then r.status <> 'failed' else r.status = 'created' end`,
  },
];

const PAY_REQUESTS: readonly Check[] = [
  {
    name: "an order, its alias and its banks are of one world",
    sql: (within) => `select 'pay request ' || r.guid as fault from rail.pay_requests r
      join lateral (select o.mode from rail.orders o where o.guid = r.order_guid) o on true
      join rail.participants p on p.guid = r.participant_guid where ${within("r.guid")} and p.mode <> o.mode`,
  },
  {
    name: "a payment took its request, and no other did",
    sql: (within) => `select 'pay request ' || r.guid as fault from rail.pay_requests r
      where ${within("r.guid")} and r.payment_guid is not null and not exists (
        select from rail.payments p where p.guid = r.payment_guid and p.pay_request_guid = r.guid)`,
  },
];

const PAYMENTS: readonly Check[] = [
  {
    name: "a payment took its request, and no other did",
    sql: (within) => `select 'payment ' || p.guid as fault from rail.payments p
      left join lateral (select * from rail.pay_requests r where r.guid = p.pay_request_guid) r on true
      where ${within("p.guid")} and (r.payment_guid is distinct from p.guid or r.order_guid <> p.order_guid
        or r.participant_guid <> p.participant_guid or p.status = 'failed' and r.status <> 'failed'
        or p.status <> 'failed' and r.status = 'failed' and not p.late
        or not exists (select from rail.external_ids e where e.participant_guid = p.participant_guid
          and e.kind = 'payment' and e.external_id = p.external_id and e.target_guid = p.order_guid
          and e.payment_guid = p.guid))`,
  },
  {
    name: "an order is paid once",
    sql: (within) => `select 'order ' || p.order_guid || ' has another payment than ' || p.guid as fault
      from rail.payments p where ${within("p.guid")} and p.status <> 'failed' and exists (
        select from rail.payments other
        where other.order_guid = p.order_guid and other.status <> 'failed' and other.guid <> p.guid)`,
  },
  {
    name: "an order shows its payment",
    sql: (within) => `select 'payment ' || p.guid as fault from rail.payments p
      left join lateral (select s.payment_guid from rail.order_states s where s.order_guid = p.order_guid) s on true
      left join lateral (select shown.order_guid from rail.payments shown where shown.guid = s.payment_guid) shown on true
      where ${within("p.guid")} and (shown.order_guid is distinct from p.order_guid
        or p.status <> 'failed' and not exists (select from rail.payments other where other.guid = s.payment_guid
          and other.status <> 'failed'))`,
  },
  {
    name: "a payment is of the order's amount and currency",
    sql: (within) => `select 'payment ' || p.guid as fault from rail.payments p
      join lateral (select o.currency, o.amount from rail.orders o where o.guid = p.order_guid) o on true
      where ${within("p.guid")} and (p.currency <> o.currency or (o.amount is not null and o.amount <> p.amount))`,
  },
];

/** Of payments as well. */
const RETURNED: readonly Check[] = [
  {
    name: "what was returned of a payment is the sum of its returns",
    sql: (within) => `select 'payment ' || p.guid as fault from rail.payments p
      left join lateral (select coalesce(sum(r.amount), 0) as amount, count(*) as n,
          bool_and(r.participant_guid = p.creditor_participant_guid and r.debtor_participant_guid = p.participant_guid
            and r.order_guid = p.order_guid and r.currency = p.currency) as fits
        from rail.returns r where r.payment_guid = p.guid) r on true
      where ${within("p.guid")} and (p.returned <> r.amount or p.returns <> r.n or not r.fits)`,
  },
  {
    name: "what is asked back is a completed payment's, by its bank",
    sql: (within) => `select 'payment ' || p.guid as fault from rail.payments p
      join lateral (select q.* from rail.return_requests q where q.payment_guid = p.guid) q on true
      where ${within("p.guid")} and (p.status <> 'completed' or q.participant_guid <> p.participant_guid
        or q.creditor_participant_guid <> p.creditor_participant_guid or q.order_guid <> p.order_guid
        or q.status = 'completed' and p.returns = 0)`,
  },
];

const SEARCHES: readonly Check[] = [
  {
    name: "whoever answers a search was asked",
    sql: (within) => `select 'search ' || q.request_guid as fault from rail.searches q
      where ${within("q.request_guid")} and not (q.asking <@ q.asked and q.unheard <@ q.asking and q.claimed <@ q.asked)`,
  },
  {
    name: "a phone is one search at a time, while nobody has it",
    sql: (within) => `select 'search ' || q.request_guid as fault from rail.searches q
      left join lateral (select p.participant_guid, p.mode from rail.phones p where p.hash = q.phone_hash) p on true
      where ${within("q.request_guid")} and q.ended_at is null and (p.mode is distinct from q.mode
        or p.participant_guid is not null or q.asking = '{}' or exists (select from rail.searches other
          where other.phone_hash = q.phone_hash and other.ended_at is null and other.request_guid <> q.request_guid))`,
  },
  {
    name: "a search counts the orders that wait for it",
    sql: (within) => `select 'search ' || q.request_guid as fault from rail.searches q
      where ${within("q.request_guid")} and q.ended_at is null and (q.waiting < 1 or q.waiting <> (
        select count(*) from rail.order_states s join rail.orders o on o.guid = s.order_guid
        where s.phone_hash = q.phone_hash and s.status = 'pending' and o.request_guid = q.request_guid))`,
  },
];

const PHONES: readonly Check[] = [
  {
    name: "an alias is what its history says",
    sql: (within) => `select 'phone ' || left(p.hash, 8) as fault from rail.phones p left join lateral (
        select act, participant_guid, account from rail.alias_history h
        where h.phone_hash = p.hash and act in ('linked', 'moved', 'unlinked') order by id desc limit 1) h on true
      where ${within("p.hash")} and (
        p.participant_guid is distinct from case when h.act in ('linked', 'moved') then h.participant_guid end
        or p.account is distinct from case when h.act in ('linked', 'moved') then h.account end)`,
  },
  {
    name: "a phone has its place on the account that it leads to, or is to lead to",
    sql: (within) => `select 'phone ' || left(p.hash, 8) as fault from rail.phones p
      cross join lateral (
        select p.account, p.participant_guid as bank
        union all select m.to_account, m.to_participant_guid from rail.alias_moves m
          where m.phone_hash = p.hash and m.ended_at is null) as led
      where ${within("p.hash")} and led.account is not null and not exists (select from rail.account_phones a
        where a.account in (p.mode || ' ' || led.account, p.mode || ' ' || led.account || ' ' || led.bank)
          and a.phone_hash = p.hash and a.kept)`,
  },
  {
    name: "a move waits for the bank that has the phone, one at a time",
    sql: (within) => `select 'phone ' || left(p.hash, 8) as fault from rail.phones p
      join rail.alias_moves m on m.phone_hash = p.hash and m.ended_at is null
      where ${within("p.hash")} and (m.from_participant_guid is distinct from p.participant_guid
        or m.to_participant_guid = m.from_participant_guid or m.mode <> p.mode or exists (select from rail.alias_moves other
          where other.phone_hash = p.hash and other.ended_at is null and other.guid <> m.guid))`,
  },
];

/** What grows with orders and phones. Rows carry the time at which they came, which finds the day's. */
export const SLICES: readonly Slices[] = [
  {
    table: "rail.orders",
    key: "guid",
    type: "text",
    checks: ORDERS,
    changedSince: (instant) => `select order_guid as key from rail.order_history where at > ${instant}
      union all select order_guid from rail.pay_requests where created_at > ${instant}
      union all select order_guid from rail.payments where created_at > ${instant}`,
  },
  {
    table: "rail.pay_requests",
    key: "guid",
    type: "text",
    checks: PAY_REQUESTS,
    changedSince: (instant) => `select guid as key from rail.pay_requests where created_at > ${instant}
      union all select pay_request_guid from rail.payments where created_at > ${instant}`,
  },
  {
    table: "rail.payments",
    key: "guid",
    type: "text",
    checks: [...PAYMENTS, ...RETURNED],
    changedSince: (instant) => `select guid as key from rail.payments where created_at > ${instant}
      union all select payment_guid from rail.returns where created_at > ${instant}`,
  },
  {
    table: "rail.searches",
    key: "request_guid",
    type: "text",
    checks: SEARCHES,
    changedSince: (instant) => `select request_guid as key from rail.searches where started_at > ${instant}
      union all select request_guid from rail.searches where ended_at is null`,
  },
  {
    table: "rail.phones",
    key: "hash",
    type: "text",
    checks: PHONES,
    changedSince: (instant) => `select phone_hash as key from rail.alias_history where at > ${instant}`,
  },
];

/** Banks are few, and claims pass after a day; of those that are kept a constraint says the same. */
export const STATEMENTS: readonly Statement[] = [
  {
    name: "each bank code belongs to the participant that lists it",
    sql: `select 'bank code ' || b.code as fault from rail.bank_codes b
      left join rail.participants p on p.guid = b.participant_guid and p.mode = b.mode
      where b.participant_guid is not null and (p.guid is null or not b.code = any(p.bank_codes))
      union all
      select 'participant ' || p.guid || ' code ' || c.code from rail.participants p, unnest(p.bank_codes) as c(code)
      where not exists (select from rail.bank_codes b
        where b.mode = p.mode and b.code = c.code and b.participant_guid = p.guid)`,
  },
  {
    name: "each participant has its quota, each key its participant",
    sql: `select 'participant ' || p.guid as fault from rail.participants p
      where not exists (select from rail.quotas q where q.participant_guid = p.guid)
      union all
      select 'key ' || k.kid from rail.keys k
      where not exists (select from rail.participants p where p.guid = k.participant_guid)`,
  },
  {
    name: "no claim is left half taken",
    sql: "select scope || ' ' || key as fault from rail.claims_passing where answer is null",
  },
];
