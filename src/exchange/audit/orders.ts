/** What must be true of an order and of whatever is found by its id: slices of ids. */
import type { Check, Slices } from "../../database/index.ts";

const MONEY: readonly Check[] = [
  {
    name: "escrow accounts equal open orders",
    sql: (within) => `
      select 'order ' || o.id || ' is ' || s.status || ', its escrow holds ' || s.escrow as fault
      from exchange.orders o join exchange.order_states s on s.order_id = o.id and ${within("s.order_id")}
      where ${within("o.id")}
        and s.escrow <> case when s.status in ('pending', 'paid_by_buyer', 'disputed') then o.usdt_amount else 0 end`,
  },
  {
    name: "an escrow is filled once and emptied once",
    sql: (within) => `
      select 'order ' || o.id || ': ' || coalesce(t.holds, 0) || ' holds, ' || coalesce(t.outs, 0) || ' ways out' as fault
      from exchange.orders o join exchange.order_states s on s.order_id = o.id and ${within("s.order_id")}
      left join (
        select order_id, count(*) filter (where kind = 'escrow_hold') as holds,
          sum(amount) filter (where kind = 'escrow_hold') as held,
          sum(amount) filter (where kind in ('escrow_release', 'escrow_refund')) as out,
          count(*) filter (where kind in ('escrow_release', 'escrow_refund')) as outs
        from exchange.transfers where ${within("order_id")} group by order_id) t on t.order_id = o.id
      where ${within("o.id")} and (t.holds is distinct from 1
        or (s.outcome is null and (t.outs > 0 or t.held <> s.escrow))
        or (s.outcome is not null and t.out is distinct from o.usdt_amount))`,
  },
  {
    name: "what was released is what the transfers say",
    sql: (within) => `
      select 'order ' || s.order_id as fault from exchange.order_states s left join (
        select order_id, sum(amount) as released from exchange.transfers
        where kind = 'escrow_release' and ${within("order_id")} group by order_id) t on t.order_id = s.order_id
      where ${within("s.order_id")} and s.released_amount <> coalesce(t.released, 0)`,
  },
];

const CLAIMS: readonly Check[] = [
  {
    name: "a claim moved what its history says",
    sql: (within) => `
      select 'order ' || s.order_id || ' is ' || coalesce(s.payment_claim, 'not claimed') || ', its transfers come to '
        || coalesce(t.honoured, 0) || ' and ' || coalesce(t.compensated, 0) as fault
      from exchange.order_states s join exchange.orders o on o.id = s.order_id and ${within("o.id")}
      left join (
        select order_id, sum(amount) filter (where kind = 'claim_honoured') as honoured,
          sum(amount) filter (where kind = 'claim_compensated') as compensated
        from exchange.transfers where ${within("order_id")} group by order_id) t on t.order_id = s.order_id
      left join (
        select order_id, (details ->> 'amount')::bigint as amount from exchange.order_history
        where action = 'compensate' and ${within("order_id")}) h on h.order_id = s.order_id
      left join exchange.debts d on d.order_id = s.order_id and ${within("d.order_id")}
      where ${within("s.order_id")}
        and (coalesce(t.honoured, 0) <> case s.payment_claim when 'honoured' then o.usdt_amount else 0 end
          or coalesce(t.compensated, 0) + coalesce(d.amount, 0)
            <> case s.payment_claim when 'compensated' then coalesce(h.amount, -1) else 0 end
          or h.amount > o.usdt_amount)`,
  },
  {
    name: "a debt shrinks by what was paid, from its debtor to its creditor",
    sql: (within) => `
      select 'order ' || s.order_id || ' left ' || coalesce(d.amount, 0) || ' owed, ' || coalesce(t.paid, 0)
        || ' was paid, ' || coalesce(d.outstanding, 0) || ' is outstanding' as fault
      from exchange.order_states s
      left join exchange.debts d on d.order_id = s.order_id and ${within("d.order_id")}
      left join (
        select order_id, sum(amount) as paid, array_agg(distinct from_account || '>' || to_account) as ways
        from exchange.transfers where kind = 'debt_payment' and ${within("order_id")} group by order_id) t
        on t.order_id = s.order_id
      where ${within("s.order_id")} and (coalesce(d.amount - d.outstanding, 0) <> coalesce(t.paid, 0)
        or (d.debtor_id, d.creditor_id) <> (s.seller_id, s.buyer_id)
        or t.ways <> array['available/' || s.seller_id || '>available/' || s.buyer_id])`,
  },
];

const STATES: readonly Check[] = [
  {
    name: "each order has its state and its parties, and is listed as what it is",
    sql: (within) => `
      select 'order ' || o.id as fault from exchange.orders o
      left join exchange.order_states s on s.order_id = o.id and ${within("s.order_id")}
        and s.buyer_id = o.buyer_id and s.seller_id = o.seller_id
      left join exchange.ads a on a.id = o.ad_id and a.maker_id = o.maker_id and a.type = o.ad_type
      left join exchange.traders b on b.id = o.buyer_id
      left join exchange.traders v on v.id = o.seller_id
      where ${within("o.id")} and (s.order_id is null or a.id is null or b.id is null or v.id is null
        or s.completed is distinct from case s.status when 'completed' then true when 'cancelled' then false end
        or s.ended_activity_at is distinct from case when s.completed is not null then s.activity_at end)`,
  },
  {
    name: "each status change has one history row",
    sql: (within) => `
      select 'order ' || s.order_id as fault from exchange.order_states s left join (
        select order_id, count(*) as rows, max(change) as last,
          (array_agg(status order by change desc))[1] as status, (array_agg(outcome order by change desc))[1] as outcome
        from exchange.order_history where ${within("order_id")} group by order_id) h on h.order_id = s.order_id
      where ${within("s.order_id")} and (h.rows is distinct from s.changes or h.last <> s.changes
        or h.status <> s.status or h.outcome is distinct from s.outcome)`,
  },
  {
    name: "a deadline waits for each order that has one",
    sql: (within) => `
      select 'order ' || s.order_id as fault from exchange.order_states s
      join exchange.orders o on o.id = s.order_id and ${within("o.id")}
      where ${within("s.order_id")} and s.status in ('pending', 'paid_by_buyer') and not exists (
        select from exchange.order_deadlines d where d.order_id = s.order_id
          and d.due_at = case s.status when 'pending' then o.pay_by else s.release_by end)`,
  },
  {
    name: "each dispute and each claim has its case, resolved with it",
    sql: (within) => `
      select 'order ' || s.order_id as fault from exchange.order_states s
      left join exchange.disputes d on d.order_id = s.order_id and ${within("d.order_id")}
      where ${within("s.order_id")} and (
        d.kind is distinct from case when s.disputed_at is not null then 'dispute' when s.payment_claim is not null then 'claim' end
        or (d.status = 'resolved') <> case d.kind when 'claim' then s.payment_claim <> 'open' else s.outcome is not null end)`,
  },
  {
    name: "each side's rating is the one it gave",
    sql: (within) => `
      select 'order ' || s.order_id as fault from exchange.order_states s
      left join exchange.ratings b on b.order_id = s.order_id and b.rater_id = s.buyer_id and ${within("b.order_id")}
      left join exchange.ratings v on v.order_id = s.order_id and v.rater_id = s.seller_id and ${within("v.order_id")}
      where ${within("s.order_id")}
        and (s.buyer_rating is distinct from b.rating or s.seller_rating is distinct from v.rating)`,
  },
];

const CHAT: readonly Check[] = [
  {
    name: "chat sequences have no gap and no repeat",
    sql: (within) => `
      select 'order ' || s.order_id || ' counts ' || s.last_seq || ' lines, has ' || coalesce(m.lines, 0) as fault
      from exchange.order_states s left join (
        select order_id, count(*) as lines, count(distinct seq) as numbers, max(seq) as last from (
          select order_id, seq from exchange.messages where ${within("order_id")}
          union all select order_id, seq from exchange.order_history where ${within("order_id")}) l
        group by order_id) m on m.order_id = s.order_id
      where ${within("s.order_id")}
        and (m.lines, m.numbers, m.last) is distinct from (s.last_seq::bigint, s.last_seq::bigint, s.last_seq)`,
  },
  {
    name: "the lines of a history come in its order",
    sql: (within) => `
      select 'order ' || order_id || ' change ' || change as fault from (
        select order_id, change, seq, lag(seq, 1, 0) over (partition by order_id order by change) as before
        from exchange.order_history where ${within("order_id")}) h where seq <= before`,
  },
  {
    name: "each side counts the others' lines",
    sql: (within) => `
      select 'order ' || s.order_id as fault from exchange.order_states s left join (
        select m.order_id,
          count(*) filter (where m.sender <> i.buyer_id) as to_buyer,
          count(*) filter (where m.sender <> i.buyer_id and m.seq <= i.buyer_read_seq) as read_by_buyer,
          count(*) filter (where m.sender <> i.seller_id) as to_seller,
          count(*) filter (where m.sender <> i.seller_id and m.seq <= i.seller_read_seq) as read_by_seller
        from exchange.messages m join exchange.order_states i on i.order_id = m.order_id and ${within("i.order_id")}
        where ${within("m.order_id")} group by m.order_id) m on m.order_id = s.order_id
      where ${within("s.order_id")}
        and (s.buyer_lines, s.buyer_lines_read, s.seller_lines, s.seller_lines_read) <> (coalesce(m.to_buyer, 0),
          coalesce(m.read_by_buyer, 0), coalesce(m.to_seller, 0), coalesce(m.read_by_seller, 0))`,
  },
  {
    name: "each order's files are as many, and as large, as it counts",
    sql: (within) => `
      select 'order ' || s.order_id || ' counts ' || s.files || ' files of ' || s.file_bytes || ' bytes and has '
        || coalesce(f.files, 0) || ' of ' || coalesce(f.bytes, 0) as fault
      from exchange.order_states s left join (
        select order_id, count(*) as files, sum(original_size) as bytes
        from exchange.attachments where ${within("order_id")} group by order_id) f on f.order_id = s.order_id
      where ${within("s.order_id")} and (s.files <> coalesce(f.files, 0) or s.file_bytes <> coalesce(f.bytes, 0))`,
  },
];

/** Whatever happens to an order leaves a row with its time; a debt that is paid in part is one that is not paid. */
export const ORDERS: Slices = {
  table: "exchange.orders",
  key: "id",
  type: "bigint",
  checks: [...MONEY, ...CLAIMS, ...STATES, ...CHAT],
  changedSince: (instant) => `select order_id as key from exchange.order_history where at > ${instant}
    union all select order_id from exchange.debts where outstanding > 0
    union all select order_id from exchange.messages where created_at > ${instant}
    union all select order_id from exchange.read_marks where at > ${instant}
    union all select order_id from exchange.attachments where created_at > ${instant}
    union all select order_id from exchange.ratings where at > ${instant}`,
};
