-- Phones that lead to an account, or are to: nobody gathers numbers on one account.
create table rail.account_phones (
  account text not null, -- its world and the account, as in rail.payers
  phone_hash text not null,
  kept boolean not null,
  row_version integer not null default 1,
  primary key (account, phone_hash)
) with (fillfactor = 80);
create index account_phones_kept on rail.account_phones (account) where kept;
create index account_phones_of_phone on rail.account_phones (phone_hash) where kept;

insert into rail.account_phones (account, phone_hash, kept)
  select mode || ' ' || account, hash, true from rail.phones where account is not null
  union
  select mode || ' ' || held_account, hash, true from rail.phones where held_account is not null;
-- Each has a budget's row, full: the lock of its places.
insert into rail.payers (id, units, refilled_at)
  select distinct account, 3000000, now() from rail.account_phones on conflict do nothing;
