-- What a database is for: the demo's made-up people and money, or real ones. It is written by the first start and never
-- changed, so that neither becomes the other by a setting that somebody forgot.
create table engine.purpose (
  one boolean primary key default true check (one),
  demo boolean not null,
  since timestamptz not null default now()
);
-- A database from before tells by what is in it: the demo claims each of its steps.
insert into engine.purpose (demo)
  select exists (select from exchange.claims where scope = 'demo')
  where exists (select from exchange.traders);

-- Who moved money in and out, beside the transfers that say how much: the host platform's server, or somebody by hand.
create table exchange.platform_acts (
  id bigint generated always as identity primary key,
  actor text not null,
  trader_id text not null,
  act text not null check (act in ('credit', 'debit')),
  details json not null,
  at timestamptz not null
);
create index platform_acts_of_trader on exchange.platform_acts (trader_id, id);
