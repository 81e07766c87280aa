-- A dispute holds its taker's slot, but for those who have traded before and have no other. Orders count a pair once a day,
-- and partners remember when one last bought of the other: money that only comes back is no deposit.

alter table exchange.partners add column bought_day integer; -- days since 1970-01-01, UTC
update exchange.partners p set bought_day = s.day from (
    select buyer_id, seller_id, max(floor(extract(epoch from completed_at) / 86400)::int) as day
    from exchange.order_states where completed group by buyer_id, seller_id) s
  where s.buyer_id = p.trader_id and s.seller_id = p.partner_id;

alter table exchange.traders add column open_disputes integer not null default 0 check (open_disputes >= 0);
update exchange.traders t set open_disputes = d.disputed from (
    select p.id, count(*) as disputed
    from exchange.order_states s cross join lateral (values (s.buyer_id), (s.seller_id)) p(id)
    where s.status = 'disputed' group by p.id) d
  where d.id = t.id;

update exchange.traders t set orders_count = c.completed from (
    select p.id, count(distinct (p.partner, floor(extract(epoch from s.completed_at) / 86400))) as completed
    from exchange.order_states s
      cross join lateral (values (s.buyer_id, s.seller_id), (s.seller_id, s.buyer_id)) p(id, partner)
    where s.completed group by p.id) c
  where c.id = t.id and t.orders_count <> c.completed;
update exchange.listing_counts k set orders_count = t.orders_count from exchange.traders t
  where t.id = k.maker_id and k.orders_count <> t.orders_count;

-- Disputes that are open freed their slots when they began; those of newcomers are held from now on, the oldest of each.
update exchange.traders t set
    open_deposit_order = coalesce(t.open_deposit_order, d.deposit),
    open_withdraw_order = coalesce(t.open_withdraw_order, d.withdrawal)
  from (
    select o.taker_id, min(o.id) filter (where o.ad_type = 'sell') as deposit,
      min(o.id) filter (where o.ad_type = 'buy') as withdrawal
    from exchange.order_states s join exchange.orders o on o.id = s.order_id
    where s.status = 'disputed' group by o.taker_id) d
  where d.taker_id = t.id and t.orders_count < 3;
