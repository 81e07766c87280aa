-- Completed orders are counted apart from the listing: an order changed every index of it, though it only sorts one.

create table exchange.listing_counts (
  maker_id text not null,
  type text not null check (type in ('sell', 'buy')),
  ad_id bigint not null,
  fiat_currency text not null,
  shown boolean not null,
  orders_count integer not null,
  row_version integer not null default 1,
  primary key (maker_id, type)
) with (fillfactor = 70);
insert into exchange.listing_counts (maker_id, type, ad_id, fiat_currency, shown, orders_count)
  select maker_id, type, ad_id, fiat_currency, shown, orders_count from exchange.listings;
drop index exchange.listings_by_orders;
create index listings_by_orders on exchange.listing_counts (type, fiat_currency, orders_count desc, ad_id desc) where shown;
alter table exchange.listings drop column orders_count;

-- Every sort of the market is a rank, the highest first, and then the newest ad: so a page can begin behind any other.
drop index exchange.listings_by_rating;
create index listings_by_rating on exchange.listings (type, fiat_currency, coalesce(rating, 0) desc, ad_id desc) where shown;
drop index exchange.listings_by_price;
alter table exchange.listings drop column price_rank;
alter table exchange.listings add column price_rank integer not null
  generated always as (case when type = 'sell' then -exchange_rate else exchange_rate end) stored;
create index listings_by_price on exchange.listings (type, fiat_currency, price_rank desc, ad_id desc) where shown;

-- Not strict, so that PostgreSQL writes it into the statement: called, it cost more than the rest of an update.
create or replace function exchange.amount_key(type text, currency text, amount bigint) returns bigint
language sql immutable parallel safe as $$
  select (((case type when 'sell' then 0 else 1 end)::bigint * 26 + ascii(substr(currency, 1, 1)) - 65) * 26
    + ascii(substr(currency, 2, 1)) - 65) * 26 * (1::bigint << 44)
    + (ascii(substr(currency, 3, 1)) - 65) * (1::bigint << 44) + amount
$$;
