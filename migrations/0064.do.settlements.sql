-- The fiat leg of an order that is paid over the rail, beside the order's own life. Who settles it submits commands; where
-- it has read the rail's feed to is a row of its own schema.
create table exchange.settlements (
  order_id bigint primary key references exchange.orders,
  buyer_id text not null,
  seller_id text not null,
  state text not null check (state in ('preparing', 'payable', 'paying', 'paid', 'settled', 'late', 'failed')),
  deeplinks_page_url text,
  qr_code text,
  payment_guid text,
  reason text,
  row_version integer not null default 1,
  check (state <> 'payable' or deeplinks_page_url is not null),
  check (state not in ('paid', 'settled', 'late') or payment_guid is not null),
  check ((state = 'failed') = (reason is not null))
);
-- What waits for a link to pay by.
create index settlements_to_prepare on exchange.settlements (order_id) where state = 'preparing';

-- Money that came late is claimed by the banks' word, whoever had cancelled.
alter table exchange.order_states drop constraint only_what_fell_through_is_claimed;
alter table exchange.order_states add constraint only_what_fell_through_is_claimed check (
  payment_claim is null or coalesce(outcome in ('payment_expired', 'cancelled_by_seller', 'cancelled_by_buyer'), false));

create schema settlement;
create table settlement.cursors (
  name text primary key,
  epoch text not null,
  position bigint not null
);
