-- What the serving role may do by its grants, but never has a reason to: with these a stolen password empties no table.
-- They cost a comparison; the function runs only where somebody is to be refused. Who owns the tables is not bound.
create function engine.forbid() returns trigger language plpgsql set search_path = pg_catalog as $$
begin
  if pg_has_role(current_user, (select relowner from pg_class where oid = tg_relid), 'member') then
    if tg_op = 'DELETE' then
      return old;
    end if;
    return new;
  end if;
  raise exception '%: %', tg_table_schema || '.' || tg_table_name, tg_argv[0] using errcode = '42501';
end $$;

-- A key that is forgotten could have its effect a second time.
create trigger kept_until_it_expires before delete on exchange.claims for each row
  when (old.answer is not null and (old.expires_at is null or old.expires_at > now()))
  execute function engine.forbid('a claim is kept until it expires');
create trigger kept_until_it_expires before delete on rail.claims for each row
  when (old.answer is not null and (old.expires_at is null or old.expires_at > now()))
  execute function engine.forbid('a claim is kept until it expires');

-- Readers would miss what is written next. A restore begins another epoch.
create trigger only_forward before update on exchange.feed for each row
  when (new.position < old.position)
  execute function engine.forbid('the feed only goes forward');
create trigger only_forward before update on rail.feed for each row
  when (new.position < old.position)
  execute function engine.forbid('the feed only goes forward');
create trigger kept_for_a_week before delete on rail.events for each row
  when (old.at > now() - interval '7 days')
  execute function engine.forbid('an event is kept for a week');

-- What was to be told would never be told.
create trigger kept_until_settled before delete on deliveries.queue for each row
  when (old.state = 'waiting' or old.settled_at is null or old.settled_at > now() - interval '7 days')
  execute function engine.forbid('a delivery is kept until it was settled a week ago');
create trigger only_forward before update on deliveries.cursors for each row
  when (new.position < old.position)
  execute function engine.forbid('a cursor only goes forward');

-- An order would never end.
create trigger kept_until_due before delete on exchange.order_deadlines for each row
  when (old.due_at > now())
  execute function engine.forbid('a deadline is kept until it is due');
create trigger kept_until_due before delete on rail.order_deadlines for each row
  when (old.due_at > now())
  execute function engine.forbid('a deadline is kept until it is due');
