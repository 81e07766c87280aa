-- Partitions are made and thrown away by the nodes, step by step and never in anybody's way: see engine/partitions.ts.
drop function exchange.roll_events(date);

-- A default partition has to be locked and read whenever another one is made, and forbids detaching one concurrently.
-- Days that it holds, because nobody rolled in time, become partitions of their own.
alter table exchange.events detach partition exchange.events_default;
do $$
declare
  day date;
  name text;
begin
  for day in select distinct (at at time zone 'UTC')::date from exchange.events_default loop
    name := 'events_' || to_char(day, 'YYYYMMDD') || '00';
    execute format('create table exchange.%I partition of exchange.events for values from (%L) to (%L)', name,
      day::timestamp at time zone 'UTC', (day + 1)::timestamp at time zone 'UTC');
    execute format('insert into exchange.%I select * from exchange.events_default
      where (at at time zone ''UTC'')::date = %L', name, day);
  end loop;
end $$;
drop table exchange.events_default;
