-- What a command told is one row with its recipients, and no longer a row for each event and recipient. An item is
-- [mask, type, data], for the first recipient (1), the second (2) or both (3), the first before the second. Positions
-- count an item once for each of its recipients, and a row has the position of its last: see engine/feed/event-rows.ts.
lock table exchange.events, rail.events;

alter table exchange.events rename to events_before;
create table exchange.events (
  position bigint not null,
  first_recipient text not null,
  second_recipient text,
  items json not null,
  at timestamptz not null default now()
) partition by range (at);
create index events_position on exchange.events (position);
create index events_first_recipient on exchange.events (first_recipient, position);
create index events_second_recipient on exchange.events (second_recipient, position) where second_recipient is not null;

-- The days that are kept, under the names by which partitions are rolled.
do $$
declare
  day record;
begin
  for day in
    select c.relname as name, pg_get_expr(c.relpartbound, c.oid) as bounds
    from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'exchange.events_before'::regclass and not i.inhdetachpending
  loop
    execute format('alter table exchange.%I rename to %I', day.name, 'before_' || day.name);
    execute format('create table exchange.%I partition of exchange.events %s', day.name, day.bounds);
  end loop;
end $$;
insert into exchange.events (position, first_recipient, items, at)
  select position, recipient, json_build_array(json_build_array(1, type, data)), at from exchange.events_before;
drop table exchange.events_before;

-- Only the directory of participants is told of: few rows, so one partition serves.
alter table rail.events rename to events_before;
create table rail.events (like exchange.events including defaults);
insert into rail.events (position, first_recipient, items, at)
  select position, recipient, json_build_array(json_build_array(1, type, data)), at from rail.events_before;
drop table rail.events_before;
create unique index events_position on rail.events (position);
create index events_first_recipient on rail.events (first_recipient, position);
create index events_second_recipient on rail.events (second_recipient, position) where second_recipient is not null;
