-- Row versions belong to the engine: every update is on condition of the version that it was decided on.
-- Hot tables leave half of each page free, so that an update stays on its page and touches no index.

create sequence exchange.ad_ids as bigint;
create sequence exchange.order_ids as bigint;

-- The gate: whoever changes anything of a trader holds this row.
create table exchange.traders (
  id text primary key check (id ~ '^[!-~]{1,64}$'),
  name text,
  joined_at timestamptz not null,
  last_seen_at timestamptz not null,
  active_sell_ad bigint,
  active_buy_ad bigint,
  open_deposit_order bigint,
  open_withdraw_order bigint,
  deposited_total bigint not null check (deposited_total >= 0),
  wagering_required bigint not null check (wagering_required >= 0),
  wagered bigint not null check (wagered >= 0 and wagered <= wagering_required),
  rating integer check (rating between 100 and 500),
  ratings_count integer not null check (ratings_count >= 0),
  orders_count integer not null check (orders_count >= 0),
  strikes timestamptz[] not null,
  row_version integer not null default 1
) with (fillfactor = 50);

create table exchange.accounts (
  id text primary key,
  kind text not null check (kind in ('available', 'escrow')),
  owner text not null,
  balance bigint not null constraint balance_never_negative check (balance >= 0),
  row_version integer not null default 1
) with (fillfactor = 50);

-- Only ever added to. One positive amount from one account to another, so that the books balance by construction.
create table exchange.transfers (
  id bigint generated always as identity primary key,
  at timestamptz not null,
  kind text not null,
  from_account text not null,
  to_account text not null,
  amount bigint not null constraint transfer_positive check (amount > 0),
  from_after bigint constraint from_after_not_negative check (from_after >= 0),
  to_after bigint constraint to_after_not_negative check (to_after >= 0),
  order_id bigint,
  external_id text,
  constraint transfer_between_two check (from_account <> to_account)
);
create index transfers_from on exchange.transfers (from_account, id) where from_account like 'available/%';
create index transfers_to on exchange.transfers (to_account, id) where to_account like 'available/%';

create table exchange.ads (
  id bigint primary key,
  maker_id text not null references exchange.traders,
  type text not null check (type in ('sell', 'buy')),
  fiat_currency text not null check (fiat_currency ~ '^[A-Z]{3}$'),
  created_at timestamptz not null,
  status text not null check (status in ('active', 'paused', 'deleted')),
  version integer not null check (version >= 1),
  exchange_rate integer not null check (exchange_rate between 1 and 1000000),
  min_amount bigint not null check (min_amount >= 1),
  max_amount bigint not null,
  total_amount bigint,
  payment_methods text[] not null check (cardinality(payment_methods) between 1 and 10),
  payment_details text,
  instructions text not null,
  payment_window_minutes integer check (payment_window_minutes between 5 and 1440),
  open_amount bigint not null check (open_amount >= 0),
  released_amount bigint not null check (released_amount >= 0),
  row_version integer not null default 1,
  constraint ad_range check (min_amount <= max_amount and max_amount <= 10000000000000),
  constraint ad_total check (coalesce(total_amount, max_amount) >= min_amount and total_amount <= 10000000000000),
  constraint ad_remainder_never_negative check (open_amount + released_amount <= coalesce(total_amount, max_amount)),
  constraint sell_ad_says_where_to_pay check (type = 'buy' or payment_details is not null)
) with (fillfactor = 50);
-- An alarm, not a path: the slot on the trader's row decides.
create unique index one_active_ad_per_type on exchange.ads (maker_id, type) where status = 'active';
create index ads_of_maker on exchange.ads (maker_id, id);

create table exchange.listings (
  maker_id text not null,
  type text not null check (type in ('sell', 'buy')),
  ad_id bigint not null,
  fiat_currency text not null,
  exchange_rate integer not null,
  min_amount bigint not null,
  max_amount bigint not null,
  payment_methods text[] not null,
  remaining_amount bigint not null check (remaining_amount >= 0),
  available_amount bigint not null check (available_amount >= 0),
  shown boolean not null,
  rating integer,
  orders_count integer not null,
  row_version integer not null default 1,
  -- The taker's view: the best price first, whatever the side.
  price_rank integer not null generated always as (case when type = 'sell' then exchange_rate else -exchange_rate end) stored,
  primary key (maker_id, type)
) with (fillfactor = 50);
create index listings_by_rating on exchange.listings (type, fiat_currency, rating desc nulls last, ad_id desc) where shown;
create index listings_by_orders on exchange.listings (type, fiat_currency, orders_count desc, ad_id desc) where shown;
create index listings_by_price on exchange.listings (type, fiat_currency, price_rank, ad_id desc) where shown;

-- Terms only: no column ever changes. No foreign keys here and below: they cost 30 % of the throughput, and the rows are
-- posted under the locks of those they would point at; the audit looks for what a key would have refused.
create table exchange.orders (
  id bigint primary key,
  ad_id bigint not null,
  ad_version integer not null,
  ad_type text not null check (ad_type in ('sell', 'buy')),
  maker_id text not null,
  taker_id text not null,
  buyer_id text not null,
  seller_id text not null,
  usdt_amount bigint not null check (usdt_amount between 1 and 10000000000000),
  fiat_amount bigint not null check (fiat_amount between 1 and 10000000000000),
  fiat_currency text not null,
  exchange_rate integer not null,
  payment_method text not null,
  payment_details text not null,
  instructions text not null,
  created_at timestamptz not null,
  pay_by timestamptz not null,
  row_version integer not null default 1,
  constraint order_between_two check (buyer_id <> seller_id),
  constraint order_sides_follow_ad check (
    case ad_type when 'sell' then seller_id = maker_id and buyer_id = taker_id
                 else buyer_id = maker_id and seller_id = taker_id end)
);

create table exchange.order_states (
  order_id bigint primary key,
  buyer_id text not null,
  seller_id text not null,
  status text not null check (status in ('pending', 'paid_by_buyer', 'completed', 'cancelled', 'disputed')),
  outcome text check (outcome in ('released', 'cancelled_by_buyer', 'cancelled_by_seller', 'payment_expired',
                                  'dispute_released', 'dispute_refunded', 'dispute_split')),
  changes integer not null check (changes >= 1),
  release_by timestamptz,
  paid_at timestamptz,
  disputed_at timestamptz,
  completed_at timestamptz,
  cancelled_at timestamptz,
  released_amount bigint not null check (released_amount >= 0),
  row_version integer not null default 1,
  constraint outcome_only_at_the_end check ((outcome is not null) = (status in ('completed', 'cancelled'))),
  constraint paid_never_expires check (outcome <> 'payment_expired' or paid_at is null),
  constraint nothing_released_without_completion check (status = 'completed' or released_amount = 0)
) with (fillfactor = 50);

create table exchange.order_sides (
  trader_id text not null,
  order_id bigint not null,
  role text not null check (role in ('buyer', 'seller')),
  phase text not null check (phase in ('open', 'completed', 'cancelled')),
  row_version integer not null default 1,
  primary key (trader_id, order_id)
) with (fillfactor = 70);
create index order_sides_listed on exchange.order_sides (trader_id, role, phase, order_id);

create table exchange.order_history (
  order_id bigint not null,
  change integer not null,
  status text not null,
  outcome text,
  action text not null,
  actor text,
  at timestamptz not null,
  details jsonb,
  primary key (order_id, change)
);

create table exchange.order_deadlines (
  order_id bigint not null,
  due_at timestamptz not null
);
create index order_deadlines_due on exchange.order_deadlines (due_at);
