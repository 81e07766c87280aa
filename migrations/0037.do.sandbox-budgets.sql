-- In the sandbox each bank has a sample account of its own, and so its own budget and places on it.
update rail.account_phones a set account = a.account || ' ' || p.participant_guid from rail.phones p
  where p.hash = a.phone_hash and a.account = 'sandbox UA41003506518366713636167'
    and p.account = 'UA41003506518366713636167';
-- Budgets that were full for production are a tenth of what they may be; they fill up within minutes.
insert into rail.payers (id, units, refilled_at)
  select distinct account, 30000000, now() from rail.account_phones
  where account like 'sandbox UA41003506518366713636167 %' on conflict do nothing;
