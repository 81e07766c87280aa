-- A move of a phone from one bank to another: announced, objected to, completed, or left to an operator.
create table rail.alias_moves (
  guid text primary key,
  mode text not null,
  phone_hash text not null,
  from_participant_guid text not null,
  from_account text not null,
  to_participant_guid text not null,
  created_at timestamptz not null,
  until timestamptz not null,
  to_account text not null,
  status text not null check (status in ('waiting', 'completed', 'objected', 'refused', 'withdrawn', 'replaced')),
  heard_at timestamptz, -- when the present bank had taken the notice
  decided_by text, -- an operator
  ended_at timestamptz,
  row_version integer not null default 1,
  constraint waiting_until_its_end check ((status = 'waiting') = (ended_at is null))
) with (fillfactor = 80);
create index alias_moves_open on rail.alias_moves (phone_hash) where ended_at is null;
create index alias_moves_due on rail.alias_moves (until) where ended_at is null;
create index alias_moves_from on rail.alias_moves (from_participant_guid, created_at);
create index alias_moves_to on rail.alias_moves (to_participant_guid, created_at);

-- Whether the notices of now have come is not known: an operator decides what nobody confirms.
insert into rail.alias_moves (guid, mode, phone_hash, from_participant_guid, from_account, to_participant_guid, created_at,
    until, to_account, status)
  select gen_random_uuid()::text, mode, hash, participant_guid, account, held_participant_guid, now(), held_until,
    held_account, 'waiting'
  from rail.phones where held_account is not null and account is not null;

alter table rail.phones
  drop constraint held_whole,
  drop column held_participant_guid,
  drop column held_account,
  drop column held_until;

alter table rail.alias_history drop constraint alias_history_act_check,
  add constraint alias_history_act_check
    check (act in ('linked', 'unlinked', 'moved', 'held', 'objected', 'withdrawn', 'refused'));

-- Money that came late, and money that its bank was never told of.
alter table rail.payments add column late boolean not null default false;
alter table rail.payments alter column late drop default;
alter table rail.external_ids add column late boolean; -- of the payment
create index payments_silent on rail.payments (created_at) where status = 'created' and reason = 'CREDITOR_BANK_SILENT';
