-- What is sent to others: webhooks now, the rail's callbacks later. A table and not a job queue, because order per
-- subject and isolation per endpoint are what it is for.
create schema deliveries;

create table deliveries.queue (
  id bigint generated always as identity primary key,
  channel text not null,
  endpoint text not null,
  subject text not null, -- delivered in order within it
  event_id text not null, -- the same at every attempt
  body text not null,
  state text not null default 'waiting' check (state in ('waiting', 'delivered', 'dead')),
  attempts integer not null default 0,
  next_at timestamptz not null default now(),
  last_error text,
  created_at timestamptz not null default now(),
  settled_at timestamptz,
  unique (endpoint, event_id)
);
create index deliveries_waiting on deliveries.queue (channel, endpoint, id) where state = 'waiting';
create index deliveries_waiting_subject on deliveries.queue (endpoint, subject, id) where state = 'waiting';
create index deliveries_dead on deliveries.queue (channel, id) where state = 'dead';
create index deliveries_settled on deliveries.queue using brin (settled_at);

-- How far the feed has been turned into deliveries, per endpoint.
create table deliveries.cursors (
  endpoint text primary key,
  position bigint not null
);

create table exchange.webhooks (
  id text primary key,
  created_by text not null,
  url text not null,
  secret text not null, -- ciphertext
  events text[] not null,
  created_at timestamptz not null,
  deleted_at timestamptz,
  row_version integer not null default 1
);
