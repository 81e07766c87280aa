-- In the sandbox each bank has a sample account of its own, and so its own budget and places on it.
update rail.account_phones a set account = a.account || ' ' || p.participant_guid from rail.phones p
  where p.hash = a.phone_hash and a.account = 'sandbox UA41003506518366713636167'
    and p.account = 'UA41003506518366713636167';
insert into rail.payers (id, units, refilled_at)
  select distinct account, 30000000, now() from rail.account_phones
  where account like 'sandbox UA41003506518366713636167 %' on conflict do nothing;

-- How often a bank of the sandbox has had a phone searched for: the numbers that everybody tries are counted for each.
create table rail.trials (
  participant_guid text not null,
  phone_hash text not null,
  day integer not null, -- since 1970
  searches integer not null,
  row_version integer not null default 1,
  primary key (participant_guid, phone_hash)
) with (fillfactor = 50);
