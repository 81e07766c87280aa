-- Reading the queue of disputes is an act on no order in particular.
alter table exchange.operator_acts alter column order_id drop not null;

-- How many files an order has, counted under its parties' gates, so that the limit holds.
alter table exchange.order_states add column files integer not null default 0 check (files >= 0);
update exchange.order_states s set files = f.files
  from (select order_id, count(*) as files from exchange.attachments group by order_id) f where f.order_id = s.order_id;
