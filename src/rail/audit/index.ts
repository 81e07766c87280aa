/** What must be true of the rail's rows, foreign keys that the hot tables do without included. */
import { type Audit, type Check, runChecks } from "../../database/index.ts";

const CHECKS: readonly Check[] = [
  {
    name: "each order has its state, its external id and its request",
    sql: `select 'order ' || o.guid as fault from rail.orders o
      left join rail.order_states s on s.order_guid = o.guid
        and s.participant_guid = o.participant_guid and s.phone_hash is not distinct from o.phone_hash
      where s.order_guid is null
        or not exists (select from rail.participants p where p.guid = o.participant_guid and p.mode = o.mode)
        or not exists (select from rail.external_ids e where e.participant_guid = o.participant_guid
          and e.kind = 'order' and e.external_id = o.external_id and e.target_guid = o.guid)
        or (o.type = 'link') <> exists (select from rail.links l where l.order_guid = o.guid)
        or (o.type = 'phone') and not exists (select from rail.pay_requests r where r.guid = o.pay_request_guid
          and r.order_guid = o.guid and r.participant_guid = o.participant_guid)`,
  },
  {
    name: "each state has its order",
    sql: `select 'state of ' || s.order_guid as fault from rail.order_states s
      where not exists (select from rail.orders o where o.guid = s.order_guid)`,
  },
  {
    name: "each status change has one history row, and the last one is the state",
    sql: `select 'order ' || s.order_guid as fault from rail.order_states s left join (
        select order_guid, count(*) as rows, max(change) as last,
          (array_agg(status order by change desc))[1] as status,
          (array_agg(status_reason order by change desc))[1] as status_reason
        from rail.order_history group by order_guid) h on h.order_guid = s.order_guid
      where h.rows is distinct from s.changes or h.last <> s.changes or h.status <> s.status
        or h.status_reason is distinct from s.status_reason`,
  },
  {
    name: "states only move forward",
    sql: `select 'order ' || order_guid || ': ' || before || ' to ' || status as fault from (
        select order_guid, status, change, status_reason,
          lag(status) over w as before, lag(status_reason) over w as reason_before
        from rail.order_history window w as (partition by order_guid order by change)) h
      where change > 1 and not (
        before = 'pending' and status in ('processing', 'rejected')
        or before in ('processing', 'created') and status = before and status_reason = 'EXPIRED'
          and reason_before is null)`,
  },
  {
    name: "a pending order has its search and a deadline",
    sql: `select 'order ' || s.order_guid as fault from rail.order_states s join rail.orders o on o.guid = s.order_guid
      where s.status = 'pending' and (o.request_guid is null
        or not exists (select from rail.searches q where q.request_guid = o.request_guid and q.order_guid = o.guid)
        or not exists (select from rail.order_deadlines d where d.order_guid = o.guid))`,
  },
  {
    name: "whoever refused was asked",
    sql: `select 'order ' || s.order_guid as fault from rail.order_states s join rail.orders o on o.guid = s.order_guid
      left join rail.searches q on q.request_guid = o.request_guid
      where cardinality(s.refused) > 0 and not (s.refused <@ coalesce(q.asked, '{}'))`,
  },
  {
    name: "an alias is what its history says",
    sql: `select 'phone ' || left(p.hash, 8) as fault from rail.phones p left join lateral (
        select act, participant_guid, account from rail.alias_history h
        where h.phone_hash = p.hash and act in ('linked', 'moved', 'unlinked') order by id desc limit 1) h on true
      where p.participant_guid is distinct from case when h.act in ('linked', 'moved') then h.participant_guid end
        or p.account is distinct from case when h.act in ('linked', 'moved') then h.account end`,
  },
  {
    name: "an order, its alias and its banks are of one world",
    sql: `select 'order ' || o.guid as fault from rail.orders o join rail.order_states s on s.order_guid = o.guid
      left join rail.participants c on c.guid = s.creditor_participant_guid
      left join rail.phones p on p.hash = o.phone_hash
      where c.mode <> o.mode or p.mode <> o.mode
      union all
      select 'pay request ' || r.guid from rail.pay_requests r join rail.orders o on o.guid = r.order_guid
        join rail.participants p on p.guid = r.participant_guid where p.mode <> o.mode`,
  },
  {
    name: "a phone order's request follows the order",
    sql: `select 'order ' || o.guid || ' is ' || s.status || ', its request ' || r.status as fault
      from rail.orders o join rail.order_states s on s.order_guid = o.guid
      join rail.pay_requests r on r.guid = o.pay_request_guid
      where case s.status when 'pending' then r.status <> 'created' when 'rejected' then r.status <> 'failed'
        else r.status = 'created' end`,
  },
  {
    name: "a payment took its request, and no other did",
    sql: `select 'payment ' || p.guid as fault from rail.payments p
      left join rail.pay_requests r on r.guid = p.pay_request_guid
      where r.payment_guid is distinct from p.guid or r.order_guid <> p.order_guid
        or r.participant_guid <> p.participant_guid
        or (p.status = 'failed') <> (r.status = 'failed')
        or not exists (select from rail.external_ids e where e.participant_guid = p.participant_guid
          and e.kind = 'payment' and e.external_id = p.external_id and e.target_guid = p.order_guid
          and e.payment_guid = p.guid)
      union all
      select 'pay request ' || r.guid from rail.pay_requests r where r.payment_guid is not null
        and not exists (select from rail.payments p where p.guid = r.payment_guid and p.pay_request_guid = r.guid)`,
  },
  {
    name: "an order is paid once",
    sql: `select 'order ' || order_guid || ': ' || count(*) || ' payments' as fault from rail.payments
      where status <> 'failed' group by order_guid having count(*) > 1`,
  },
  {
    name: "a payment is of the order's amount and currency",
    sql: `select 'payment ' || p.guid as fault from rail.payments p join rail.orders o on o.guid = p.order_guid
      where p.currency <> o.currency or (o.amount is not null and o.amount <> p.amount)`,
  },
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
    sql: "select scope || ' ' || key as fault from rail.claims where answer is null",
  },
];

/** @param connectionString of a role that may read; the audit writes nothing */
export const auditRail = (connectionString: string): Promise<Audit> => runChecks(connectionString, CHECKS);
