-- What front ends read, each at a bounded cost.

-- Movements outside of trades, which are few beside those of orders: no trade touches these.
create index transfers_from_apart on exchange.transfers (from_account, id)
  where order_id is null and from_account like 'available/%';
create index transfers_to_apart on exchange.transfers (to_account, id)
  where order_id is null and to_account like 'available/%';

-- How far a reader has seen what happened: of one order, or of all (order 0).
create table exchange.notification_reads (
  trader_id text not null,
  order_id bigint not null check (order_id >= 0),
  position bigint not null check (position >= 0),
  row_version integer not null default 1,
  primary key (trader_id, order_id)
);

-- Orders by the day (UTC) on which each thing happened to them, added up behind the trades; and until when.
create table exchange.daily_figures (
  day date primary key,
  created bigint not null,
  completed bigint not null,
  cancelled bigint not null,
  disputed bigint not null,
  volume bigint not null -- released to buyers, in balance units
);
create table exchange.figures_mark (
  only_one boolean primary key default true check (only_one),
  until timestamptz not null
);
insert into exchange.figures_mark (until)
  select coalesce((select at from exchange.order_history order by at limit 1), now()) - interval '1 second';

-- What each audit found.
create table engine.audit_results (
  system text not null,
  at timestamptz not null default now(),
  whole boolean not null,
  took_ms bigint not null,
  checks integer not null,
  findings jsonb not null,
  primary key (system, at)
);
