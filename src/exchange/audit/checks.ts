/** What must be true of the exchange, foreign keys that the hot tables do without included. */
import { atOnce, type Proof, type Statement } from "../../database/index.ts";
import { COPIES, copiesIn } from "../../engine/index.ts";
import { booksProof } from "../../ledger/index.ts";
import type { Settings } from "../settings.ts";

/** Events are kept for seven days; those of the last hours may be on their way out. */
const EVENTS_SINCE = "now() - interval '6 days'";

const ORDERS: readonly Statement[] = [
  {
    name: "escrow accounts equal open orders",
    sql: `select 'order ' || o.id || ' is ' || s.status || ', its escrow holds ' || s.escrow as fault
      from exchange.orders o join exchange.order_states s on s.order_id = o.id
      where s.escrow <> case when s.status in ('pending', 'paid_by_buyer', 'disputed') then o.usdt_amount else 0 end`,
  },
  {
    name: "an escrow is filled once and emptied once",
    sql: `select 'order ' || order_id || ': ' || holds || ' holds, ' || outs || ' ways out' as fault from (
        select o.id as order_id, count(*) filter (where t.kind = 'escrow_hold') as holds,
          sum(t.amount) filter (where t.kind = 'escrow_hold') as held, s.escrow,
          sum(t.amount) filter (where t.kind in ('escrow_release', 'escrow_refund')) as out,
          count(*) filter (where t.kind in ('escrow_release', 'escrow_refund')) as outs, o.usdt_amount, s.outcome
        from exchange.orders o join exchange.order_states s on s.order_id = o.id
        left join exchange.transfers t on t.order_id = o.id group by o.id, s.order_id) x
      where holds <> 1 or (outcome is null and (outs > 0 or held <> escrow)) or (outcome is not null and out is distinct from usdt_amount)`,
  },
  {
    name: "what was released is what the transfers say",
    sql: `select 'order ' || s.order_id as fault from exchange.order_states s left join (
        select order_id, sum(amount) as released from exchange.transfers where kind = 'escrow_release' group by order_id) t
        on t.order_id = s.order_id where s.released_amount <> coalesce(t.released, 0)`,
  },
  {
    name: "each order has its state and its parties, and is listed as what it is",
    sql: `select 'order ' || o.id as fault from exchange.orders o
      left join exchange.order_states s on s.order_id = o.id and s.buyer_id = o.buyer_id and s.seller_id = o.seller_id
      where s.order_id is null
        or not exists (select from exchange.ads a where a.id = o.ad_id and a.maker_id = o.maker_id and a.type = o.ad_type)
        or (select count(*) from exchange.traders t where t.id in (o.buyer_id, o.seller_id)) <> 2
        or s.completed is distinct from case s.status when 'completed' then true when 'cancelled' then false end
        or s.ended_activity_at is distinct from case when s.completed is not null then s.activity_at end`,
  },
  {
    name: "each order's files are as many as it counts",
    sql: `select 'order ' || s.order_id || ' counts ' || s.files || ' files and has ' || coalesce(f.files, 0) as fault
      from exchange.order_states s left join (
        select order_id, count(*) as files from exchange.attachments group by order_id) f on f.order_id = s.order_id
      where s.files <> coalesce(f.files, 0)`,
  },
  {
    name: "each status change has one history row",
    sql: `select 'order ' || s.order_id as fault from exchange.order_states s left join (
        select order_id, count(*) as rows, max(change) as last,
          (array_agg(status order by change desc))[1] as status, (array_agg(outcome order by change desc))[1] as outcome
        from exchange.order_history group by order_id) h on h.order_id = s.order_id
      where h.rows is distinct from s.changes or h.last <> s.changes or h.status <> s.status
        or h.outcome is distinct from s.outcome`,
  },
  {
    name: "each status change has one event for each party",
    sql: `select 'order ' || h.order_id || ' change ' || h.change || ': ' || count(e.recipient) || ' events' as fault
      from exchange.order_history h join exchange.orders o on o.id = h.order_id
      left join ${copiesIn("exchange")} e on e.type = 'order.updated' and e.recipient in (o.buyer_id, o.seller_id)
        and (e.data ->> 'order_id')::bigint = h.order_id and (e.data ->> 'change')::int = h.change
      where h.at > ${EVENTS_SINCE} group by h.order_id, h.change having count(e.recipient) <> 2`,
  },
  {
    name: "a deadline waits for each order that has one",
    sql: `select 'order ' || s.order_id as fault from exchange.order_states s join exchange.orders o on o.id = s.order_id
      where s.status in ('pending', 'paid_by_buyer') and not exists (
        select from exchange.order_deadlines d where d.order_id = s.order_id
          and d.due_at = case s.status when 'pending' then o.pay_by else s.release_by end)`,
  },
];

const ADS: readonly Statement[] = [
  {
    name: "an ad's open amount is what its open orders hold",
    sql: `select 'ad ' || a.id || ' says ' || a.open_amount || ', its orders ' || coalesce(h.held, 0) as fault
      from exchange.ads a left join (
        select o.ad_id, sum(o.usdt_amount) as held from exchange.orders o join exchange.order_states s on s.order_id = o.id
        where s.status in ('pending', 'paid_by_buyer', 'disputed') group by o.ad_id) h on h.ad_id = a.id
      where a.open_amount <> coalesce(h.held, 0)`,
  },
  {
    name: "the slots of a trader hold what is active",
    sql: `select 'trader ' || t.id as fault from exchange.traders t
      where t.active_sell_ad is distinct from
          (select id from exchange.ads a where a.maker_id = t.id and a.status = 'active' and a.type = 'sell')
        or t.active_buy_ad is distinct from
          (select id from exchange.ads a where a.maker_id = t.id and a.status = 'active' and a.type = 'buy')`,
  },
  {
    name: "a taker has one active order of each kind at most, and its slot holds it",
    sql: `with active as (
        select o.taker_id, o.ad_type, array_agg(o.id) as ids
        from exchange.orders o join exchange.order_states s on s.order_id = o.id
        where s.status in ('pending', 'paid_by_buyer') group by o.taker_id, o.ad_type)
      select 'trader ' || t.id as fault from exchange.traders t
      left join active d on d.taker_id = t.id and d.ad_type = 'sell'
      left join active w on w.taker_id = t.id and w.ad_type = 'buy'
      where coalesce(d.ids, '{}') <> case when t.open_deposit_order is null then '{}' else array[t.open_deposit_order] end
        or coalesce(w.ids, '{}') <> case when t.open_withdraw_order is null then '{}' else array[t.open_withdraw_order] end`,
  },
  {
    name: "a trader's record counts the completed orders",
    sql: `select 'trader ' || t.id || ' has ' || t.orders_count || ', not ' || coalesce(c.completed, 0) as fault
      from exchange.traders t left join (
        select trader_id, count(*) as completed from (
          select buyer_id as trader_id from exchange.order_states where completed
          union all select seller_id from exchange.order_states where completed) d group by trader_id) c
        on c.trader_id = t.id where t.orders_count <> coalesce(c.completed, 0)`,
  },
  {
    name: "each trader has an account",
    sql: `select 'trader ' || t.id as fault from exchange.traders t
      where not exists (select from exchange.accounts a where a.id = 'available/' || t.id and a.owner = t.id)`,
  },
];

const PEOPLE: readonly Statement[] = [
  {
    name: "chat sequences have no gap and no repeat",
    sql: `select 'order ' || s.order_id || ' counts ' || s.last_seq || ' lines, has ' || coalesce(m.lines, 0) as fault
      from exchange.order_states s left join (
        select order_id, count(*) as lines, count(distinct seq) as numbers, max(seq) as last from (
          select order_id, seq from exchange.messages union all select order_id, seq from exchange.order_history) l
        group by order_id) m on m.order_id = s.order_id
      where (m.lines, m.numbers, m.last) is distinct from (s.last_seq::bigint, s.last_seq::bigint, s.last_seq)`,
  },
  {
    name: "the lines of a history come in its order",
    sql: `select 'order ' || order_id || ' change ' || change as fault from (
        select order_id, change, seq, lag(seq, 1, 0) over (partition by order_id order by change) as before
        from exchange.order_history) h where seq <= before`,
  },
  {
    name: "each side counts the others' lines",
    sql: `select 'order ' || s.order_id as fault from exchange.order_states s left join (
        select m.order_id,
          count(*) filter (where m.sender <> i.buyer_id) as to_buyer,
          count(*) filter (where m.sender <> i.buyer_id and m.seq <= i.buyer_read_seq) as read_by_buyer,
          count(*) filter (where m.sender <> i.seller_id) as to_seller,
          count(*) filter (where m.sender <> i.seller_id and m.seq <= i.seller_read_seq) as read_by_seller
        from exchange.messages m join exchange.order_states i on i.order_id = m.order_id group by m.order_id) m
        on m.order_id = s.order_id
      where (s.buyer_lines, s.buyer_lines_read, s.seller_lines, s.seller_lines_read) <> (coalesce(m.to_buyer, 0),
        coalesce(m.read_by_buyer, 0), coalesce(m.to_seller, 0), coalesce(m.read_by_seller, 0))`,
  },
  {
    name: "a rating is the mean of the latest per pair and day",
    sql: `select 'trader ' || t.id as fault from exchange.traders t left join (
        select ratee_id, sum(rating) as sum, count(*) as count from (
          select distinct on (ratee_id, rater_id, (at at time zone 'UTC')::date) ratee_id, rating from exchange.ratings
          order by ratee_id, rater_id, (at at time zone 'UTC')::date, at desc, order_id desc) l group by ratee_id) r
        on r.ratee_id = t.id
      where t.rating_sum <> coalesce(r.sum, 0) or t.ratings_count <> coalesce(r.count, 0)
        or t.rating is distinct from round(r.sum * 100.0 / r.count)`,
  },
  {
    name: "each side's rating is the one it gave",
    sql: `select 'order ' || s.order_id as fault from exchange.order_states s
      left join exchange.ratings b on b.order_id = s.order_id and b.rater_id = s.buyer_id
      left join exchange.ratings v on v.order_id = s.order_id and v.rater_id = s.seller_id
      where s.buyer_rating is distinct from b.rating or s.seller_rating is distinct from v.rating`,
  },
  {
    name: "each disputed order has its dispute, resolved with the order",
    sql: `select 'order ' || s.order_id as fault from exchange.order_states s
      left join exchange.disputes d on d.order_id = s.order_id
      where (s.disputed_at is not null) <> (d.order_id is not null) or (d.status = 'resolved') <> (s.outcome is not null)`,
  },
  {
    name: "a trader's partners are those of completed orders",
    sql: `select 'trader ' || t.id as fault from exchange.traders t left join (
        select trader_id, count(*) as partners from (
          select buyer_id as trader_id, seller_id as partner_id from exchange.order_states where completed
          union select seller_id, buyer_id from exchange.order_states where completed) m group by trader_id) p on p.trader_id = t.id
      where t.partners_count <> coalesce(p.partners, 0)
        or t.partners_count <> (select count(*) from exchange.partners q where q.trader_id = t.id)`,
  },
];

/** The market's rows are derived, so they can be derived again. */
const listings = ({ minDeposit }: Settings): Statement => ({
  name: "the market shows what may be ordered",
  sql: `with derived as (
      select a.id, a.maker_id, a.type, a.min_amount, a.max_amount, a.exchange_rate, t.rating, t.orders_count,
        coalesce(a.total_amount, a.max_amount) - a.open_amount - a.released_amount as remaining, b.balance,
        t.deposited_total >= ${minDeposit} and t.wagered >= t.wagering_required as may_sell
      from exchange.ads a join exchange.traders t on t.id = a.maker_id
      join exchange.accounts b on b.id = 'available/' || a.maker_id where a.status = 'active'),
    expected as (
      select *, case type when 'sell' then least(remaining, balance) else remaining end as available from derived)
    select 'ad ' || e.id as fault from expected e left join exchange.listings l on l.maker_id = e.maker_id and l.type = e.type
      left join exchange.listing_counts k on k.maker_id = l.maker_id and k.type = l.type
    where l.ad_id is distinct from e.id or l.remaining_amount <> e.remaining or l.available_amount <> e.available
      or l.shown <> (e.available >= e.min_amount and (e.type = 'buy' or e.may_sell))
      or (l.min_amount, l.max_amount, l.exchange_rate) <> (e.min_amount, e.max_amount, e.exchange_rate)
      or (k.ad_id, k.fiat_currency, k.shown, k.orders_count) is distinct from (l.ad_id, l.fiat_currency, l.shown, e.orders_count)
      or l.rating is distinct from e.rating
    union all
    select 'listing of ' || l.maker_id || ' shows an ad that is not active' from exchange.listings l
    where l.shown and not exists (select from exchange.ads a where a.id = l.ad_id and a.status = 'active')
    union all
    select 'count of ' || k.maker_id || ' shows what its listing does not' from exchange.listing_counts k
    where k.shown and not exists (select from exchange.listings l where l.maker_id = k.maker_id and l.type = k.type and l.shown)`,
});

const FEED: readonly Statement[] = [
  {
    name: "the feed has no gap",
    sql: `select 'the row at ' || position || ' begins after ' || begin || ', the one before it ends at ' || previous as fault
      from (select position, position - ${COPIES} as begin, lag(position) over (order by position) as previous
        from exchange.events) e where begin <> previous
      union all
      select 'the last row is at ' || last || ', the feed at ' || position
      from (select max(position) as last from exchange.events) e, exchange.feed where last <> position`,
  },
  {
    name: "no claim is without its answer",
    sql: "select scope || ' ' || key as fault from exchange.claims where answer is null",
  },
];

/** What all accounts hold: those of traders, and each order its own escrow. */
const HELD = `(select coalesce(sum(balance), 0) from exchange.accounts)
  + (select coalesce(sum(escrow), 0) from exchange.order_states)`;
/** Of a transfer `t` that names an account `n`. */
const IS_ESCROW = `n.account = 'escrow/' || t.order_id
  and exists (select from exchange.order_states s where s.order_id = t.order_id)`;

export const proofsOf = (settings: Settings): readonly Proof[] => [
  booksProof({ schema: "exchange", held: HELD, kept: IS_ESCROW }),
  atOnce([...ORDERS, ...ADS, ...PEOPLE, listings(settings), ...FEED]),
];
