-- What the engine needs, for the exchange. The rail will have the same tables in a schema of its own.
create schema engine;
create schema exchange;

-- Fails the transaction when an update met fewer rows than it was decided for.
create function engine.expect(what text, met bigint, wanted bigint) returns void language plpgsql as $$
begin
  if met <> wanted then
    raise exception '%: % of % rows had the version they were decided on', what, met, wanted using errcode = 'P0E01';
  end if;
end $$;

-- One use of a key, and what was answered. No foreign key, no second index: it is written on every step.
create table exchange.claims (
  scope text not null,
  key text not null,
  fingerprint text not null,
  answer text, -- null only inside the transaction that took it
  expires_at timestamptz, -- null: for ever
  primary key (scope, key)
) with (fillfactor = 80);
create index claims_expiry on exchange.claims using brin (expires_at);

-- The feed's last position. One row, locked from the last statement of a batch to its commit, so that positions have no
-- gap and are in the order of commits. The epoch tells readers that a restore or a new database started over.
create table exchange.feed (
  one boolean primary key default true check (one),
  position bigint not null default 0,
  epoch text not null default substr(md5(random()::text || clock_timestamp()::text), 1, 8)
) with (fillfactor = 10);
insert into exchange.feed default values;

create table exchange.events (
  position bigint not null,
  recipient text not null,
  type text not null,
  data json not null,
  at timestamptz not null default now()
) partition by range (at);
create index events_of_recipient on exchange.events (recipient, position);
create table exchange.events_default partition of exchange.events default;

-- Makes the partitions of today and the next days, and drops those older than a week. Owned by the migrating role, so
-- that the serving role can call it without being able to alter tables.
create function exchange.roll_events(today date default current_date) returns void
language plpgsql security definer set search_path = pg_catalog as $$
declare
  day date;
  child record;
begin
  perform pg_advisory_xact_lock(hashtext('exchange.roll_events'));
  for day in select today + n from generate_series(0, 2) as n loop
    if to_regclass('exchange.events_' || to_char(day, 'YYYYMMDD')) is null then
      execute format('create table exchange.events_%s partition of exchange.events for values from (%L) to (%L)',
        to_char(day, 'YYYYMMDD'), day, day + 1);
    end if;
  end loop;
  for child in
    select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'exchange.events'::regclass and c.relname ~ '^events_[0-9]{8}$'
      and c.relname < 'events_' || to_char(today - 7, 'YYYYMMDD')
  loop
    execute format('drop table exchange.%I', child.relname);
  end loop;
end $$;
select exchange.roll_events();
