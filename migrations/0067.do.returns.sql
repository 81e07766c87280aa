-- Money that goes back: what was returned of a payment, and what its payer's bank asks to have returned.
alter table rail.payments
  add column returned bigint not null default 0,
  add column returns integer not null default 0, -- how many
  add constraint no_more_returned_than_paid check (returned between 0 and amount),
  add constraint only_money_that_came_is_returned check (returned = 0 or status = 'completed');
alter table rail.payments alter column returned drop default, alter column returns drop default;

create table rail.returns (
  participant_guid text not null, -- the creditor's bank
  external_id text not null,
  guid text not null unique,
  payment_guid text not null,
  order_guid text not null,
  debtor_participant_guid text not null,
  amount bigint not null check (amount > 0),
  amount_text text not null,
  currency text not null,
  reason text not null check (reason in ('CUSTOMER_REQUEST', 'WRONG_AMOUNT', 'DUPLICATE', 'FRAUD', 'ACCOUNT_CLOSED')),
  created_at timestamptz not null,
  row_version integer not null default 1,
  primary key (participant_guid, external_id)
);
create index returns_of_payment on rail.returns (payment_guid, created_at, guid);
create index returns_at on rail.returns using brin (created_at) with (autosummarize = on);

create table rail.return_requests (
  payment_guid text primary key,
  order_guid text not null,
  phone_hash text,
  participant_guid text not null, -- the payer's bank
  creditor_participant_guid text not null,
  amount bigint check (amount > 0), -- null: all of it
  amount_text text,
  currency text not null,
  reason text not null check (reason in ('CUSTOMER_REQUEST', 'WRONG_AMOUNT', 'DUPLICATE', 'FRAUD', 'ACCOUNT_CLOSED')),
  created_at timestamptz not null,
  until timestamptz not null,
  status text not null check (status in ('created', 'completed', 'failed')),
  failure text,
  ended_at timestamptz,
  row_version integer not null default 1,
  constraint amount_whole check ((amount is null) = (amount_text is null)),
  constraint ended_at_its_time check ((status = 'created') = (ended_at is null))
) with (fillfactor = 80);
create index return_requests_due on rail.return_requests (until) where status = 'created';
