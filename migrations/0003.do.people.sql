-- The exchange between people: chat, ratings, track records, disputes.

alter table exchange.order_states
  add column last_seq integer not null default 0 check (last_seq >= 0),
  add column activity_at timestamptz not null default now();
alter table exchange.order_states alter column activity_at drop default;

-- Lines are the others' user and operator messages. Activity is kept here only once the order has ended: while it is
-- open it changes often, and an index on it would be rewritten by every step.
alter table exchange.order_sides
  add column read_seq integer not null default 0,
  add column lines integer not null default 0,
  add column lines_read integer not null default 0,
  add column rating integer check (rating between 1 and 5),
  add column activity_at timestamptz,
  add constraint lines_read_are_lines check (lines_read between 0 and lines);
create index order_sides_ended on exchange.order_sides (trader_id, activity_at desc) where activity_at is not null;

create table exchange.messages (
  order_id bigint not null,
  seq integer not null check (seq >= 1),
  kind text not null check (kind in ('user', 'system', 'operator')),
  sender text,
  message text not null,
  event jsonb, -- of a system line: what happened
  attachment_ids text[] not null,
  created_at timestamptz not null,
  primary key (order_id, seq),
  constraint system_lines_have_no_sender check ((kind = 'system') = (sender is null))
);

-- Lines that an operator hid: the line stays, its text is in the dossier only.
create table exchange.hidden_messages (
  order_id bigint not null,
  seq integer not null,
  operator_id text not null,
  reason text not null,
  at timestamptz not null,
  primary key (order_id, seq)
);

create table exchange.read_marks (
  order_id bigint not null,
  trader_id text not null,
  up_to_seq integer not null,
  at timestamptz not null,
  primary key (order_id, trader_id, up_to_seq)
);

create table exchange.attachments (
  id text primary key,
  order_id bigint not null,
  uploader_id text not null,
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  type text not null,
  size integer not null check (size between 1 and 10485760),
  created_at timestamptz not null,
  row_version integer not null default 1
);
create index attachments_of_order on exchange.attachments (order_id);

create table exchange.ratings (
  order_id bigint not null,
  rater_id text not null,
  ratee_id text not null,
  rating integer not null check (rating between 1 and 5),
  comment text,
  at timestamptz not null,
  primary key (order_id, rater_id),
  constraint nobody_rates_oneself check (rater_id <> ratee_id)
);
create index ratings_of_ratee on exchange.ratings (ratee_id, at);

-- The latest rating of a pair on a day: what the aggregate is made of, so that trading back and forth counts once.
create table exchange.rating_days (
  ratee_id text not null,
  rater_id text not null,
  day integer not null, -- days since 1970-01-01, UTC
  rating integer not null check (rating between 1 and 5),
  row_version integer not null default 1,
  primary key (ratee_id, rater_id, day)
);

-- The record is on the gate, so that whoever shows a trader needs one row: the days of the last month on which orders
-- ended, each as day (since 1970-01-01, UTC), completed, dropped.
alter table exchange.traders
  add column rating_sum integer not null default 0,
  add column days integer[] not null default '{}',
  add column median_release_seconds integer,
  add column median_pay_seconds integer,
  add column partners_count integer not null default 0 check (partners_count >= 0);

-- What the medians are of. Apart from the gate, which is written more often than an order ends.
create table exchange.trader_records (
  trader_id text primary key,
  release_seconds integer[] not null,
  pay_seconds integer[] not null,
  row_version integer not null default 1
) with (fillfactor = 50);

create table exchange.partners (
  trader_id text not null,
  partner_id text not null,
  since timestamptz not null,
  row_version integer not null default 1,
  primary key (trader_id, partner_id)
);

create table exchange.disputes (
  order_id bigint primary key,
  buyer_id text not null,
  seller_id text not null,
  status text not null check (status in ('open', 'assigned', 'resolved')),
  opened_by text check (opened_by in ('buyer', 'seller')), -- null: the clock
  opened_at timestamptz not null,
  reason text,
  comment text,
  assigned_to text,
  resolved_at timestamptz,
  row_version integer not null default 1,
  constraint operator_is_never_a_party check (assigned_to is distinct from buyer_id and assigned_to is distinct from seller_id)
);
create index disputes_by_status on exchange.disputes (status, opened_at, order_id);

-- The audit trail of operators.
create table exchange.operator_acts (
  id bigint generated always as identity primary key,
  operator_id text not null,
  order_id bigint not null,
  act text not null,
  details jsonb,
  at timestamptz not null
);
create index operator_acts_of_order on exchange.operator_acts (order_id, id);

-- The tail of the feed is followed by position, each recipient's own events by recipient.
create index events_by_position on exchange.events (position);
