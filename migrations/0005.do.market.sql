-- The market's filters. The walk along a sort index finds what many ads take; these find what few do, so that no page
-- reads the whole market. Neither has a column that changes with each order, or an order would rewrite every index.

-- Type, currency and amount as one number: 1 bit, 15 bits (three letters), 44 bits (10^13 < 2^44).
create function exchange.amount_key(type text, currency text, amount bigint) returns bigint
language sql immutable strict parallel safe as $$
  select (((case type when 'sell' then 0 else 1 end)::bigint * 26 + ascii(substr(currency, 1, 1)) - 65) * 26
    + ascii(substr(currency, 2, 1)) - 65) * 26 * (1::bigint << 44)
    + (ascii(substr(currency, 3, 1)) - 65) * (1::bigint << 44) + amount
$$;

create function exchange.method_keys(type text, currency text, methods text[]) returns text[]
language sql immutable strict parallel safe as $$
  select array(select type || ' ' || currency || ' ' || method from unnest(methods) as method)
$$;

-- The amounts that an ad may take: up to its maximum, or up to the power of two above what is available. That one changes
-- only when what is available doubles or halves; the query itself looks at what is available.
alter table exchange.listings add column amounts int8range not null generated always as (
  int8range(exchange.amount_key(type, fiat_currency, min_amount),
    exchange.amount_key(type, fiat_currency, greatest(min_amount,
      least(max_amount, 1::bigint << length(ltrim(available_amount::bit(64)::text, '0'))))), '[]')) stored;

create index listings_by_amount on exchange.listings using gist (amounts) where shown;
create index listings_by_method on exchange.listings using gin (exchange.method_keys(type, fiat_currency, payment_methods))
  where shown;
