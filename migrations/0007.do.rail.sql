-- The rail: a payer's bank names the receiver by phone. It shares nothing with the exchange but the engine.
create schema rail;

create table rail.claims (like exchange.claims including all);
alter table rail.claims set (fillfactor = 80);

create table rail.feed (like exchange.feed including all);
alter table rail.feed set (fillfactor = 10);
insert into rail.feed default values;

-- Only the directory of participants is told of: few rows, so one partition serves.
create table rail.events (
  position bigint not null primary key,
  recipient text not null,
  type text not null,
  data json not null,
  at timestamptz not null default now()
);
create index events_of_recipient on rail.events (recipient, position);

create table rail.participants (
  guid text primary key,
  mode text not null check (mode in ('sandbox', 'production')),
  created_at timestamptz not null,
  created_by text not null,
  name text not null,
  bank_codes text[] not null,
  callback_url text,
  callback_proven_at timestamptz,
  challenge text, -- what the callback URL has to answer; null once it did
  deeplink_url text,
  profile text not null check (profile in ('compat', 'strong')),
  receiver_search boolean not null,
  state text not null check (state in ('active', 'suspended')),
  row_version integer not null default 1
);

-- A bank code belongs to one participant of a world: an account names its bank.
create table rail.bank_codes (
  mode text not null,
  code text not null check (code ~ '^[0-9]{6}$'),
  participant_guid text, -- null: given up
  row_version integer not null default 1,
  primary key (mode, code)
);

create table rail.keys (
  kid text primary key,
  participant_guid text not null,
  jwk json not null,
  not_before timestamptz,
  expires_at timestamptz,
  created_at timestamptz not null,
  revoked_at timestamptz,
  row_version integer not null default 1
);
create index keys_of_participant on rail.keys (participant_guid);

create table rail.participant_acts (
  id bigint generated always as identity primary key,
  participant_guid text not null,
  operator_id text not null,
  act text not null,
  details json not null,
  at timestamptz not null
);

-- The gate of whatever a participant writes, and its own budget against scanning.
create table rail.quotas (
  participant_guid text primary key,
  units integer not null check (units >= 0), -- milliseconds of refilling
  refilled_at timestamptz not null,
  row_version integer not null default 1
) with (fillfactor = 50);

-- Budgets of payers' accounts, across the whole network.
create table rail.payers (
  id text primary key, -- mode and account
  units integer not null check (units >= 0),
  refilled_at timestamptz not null,
  row_version integer not null default 1
) with (fillfactor = 50);

-- One phone, found by its keyed hash: the gate of its alias and of every order that names it.
create table rail.phones (
  hash text primary key,
  mode text not null,
  phone text not null, -- ciphertext
  participant_guid text, -- null: not linked
  account text,
  linked_at timestamptz,
  held_participant_guid text, -- a move that waits
  held_account text,
  held_until timestamptz,
  told integer not null default 0, -- callbacks about it so far
  row_version integer not null default 1,
  constraint linked_whole check ((participant_guid is null) = (account is null)),
  constraint held_whole check ((held_participant_guid is null) = (held_account is null)
    and (held_account is null) = (held_until is null))
) with (fillfactor = 50);
create index phones_held on rail.phones (held_until) where held_until is not null;

create table rail.alias_history (
  id bigint generated always as identity primary key,
  phone_hash text not null,
  participant_guid text not null,
  account text not null,
  act text not null check (act in ('linked', 'unlinked', 'moved', 'held', 'objected', 'withdrawn')),
  consent json,
  at timestamptz not null
);
create index alias_history_of_phone on rail.alias_history (phone_hash, id);

-- What a bank asked for: no column ever changes.
create table rail.orders (
  guid text primary key,
  participant_guid text not null,
  mode text not null,
  type text not null check (type in ('phone', 'link')),
  phone_hash text,
  phone text, -- ciphertext
  creditor_account text, -- of a link order
  debtor_account text,
  expires_at timestamptz not null,
  expires_at_text text, -- as written; null when it was absent
  amount bigint check (amount between 1 and 99999999999),
  amount_text text, -- as written
  currency text not null,
  external_id text not null,
  purpose text not null,
  pay_request_guid text,
  request_guid text, -- of the search, if there was one
  created_at timestamptz not null,
  row_version integer not null default 1,
  constraint order_has_its_types_members check (
    case type when 'phone' then phone_hash is not null and phone is not null and debtor_account is not null
                and pay_request_guid is not null and creditor_account is null
              else creditor_account is not null and phone_hash is null and phone is null and debtor_account is null
                and pay_request_guid is null end),
  constraint amount_whole check ((amount is null) = (amount_text is null))
);

create table rail.order_states (
  order_guid text primary key,
  participant_guid text not null,
  phone_hash text, -- null: a link order
  status text not null check (status in ('processing', 'pending', 'rejected', 'created')),
  status_reason text check (status_reason in ('NOT_LINKED', 'SEARCH_TIMEOUT', 'EXPIRED')),
  changes integer not null, -- rows of history
  told integer not null default 0, -- callbacks about it so far
  creditor_participant_guid text, -- once the receiver is found
  creditor_account text,
  refused text[] not null, -- banks that said no
  row_version integer not null default 1,
  constraint only_links_are_created check ((status = 'created') = (phone_hash is null)),
  constraint a_found_order_has_its_account check (
    phone_hash is null or (status = 'processing') = (creditor_account is not null))
) with (fillfactor = 50);
create index order_states_pending on rail.order_states (phone_hash) where status = 'pending';

create table rail.order_history (
  order_guid text not null,
  change integer not null,
  status text not null,
  status_reason text,
  at timestamptz not null,
  primary key (order_guid, change)
);

create table rail.order_deadlines (
  order_guid text not null,
  due_at timestamptz not null
);
create index order_deadlines_due on rail.order_deadlines (due_at);

-- Phones whose alias changed: orders that wait for one, or count on another, are looked at after it.
create table rail.phone_changes (
  id bigint generated always as identity primary key,
  phone_hash text not null,
  at timestamptz not null
);

-- For the caller that lost the answer, and so that no external id is used twice.
create table rail.external_ids (
  participant_guid text not null,
  kind text not null check (kind in ('order', 'payment')),
  external_id text not null,
  target_guid text not null, -- the order that it was used for
  payment_guid text,
  amount bigint, -- of the payment: other words under its id are another one
  row_version integer not null default 1,
  primary key (participant_guid, kind, external_id)
);

-- Who was asked whose phone it is: no column ever changes.
create table rail.searches (
  request_guid text primary key,
  order_guid text not null,
  participant_guid text not null, -- the payer's bank
  mode text not null,
  phone_hash text not null,
  debtor_account text not null,
  pay_request_guid text not null,
  asked text[] not null,
  until timestamptz not null,
  row_version integer not null default 1
);

-- What was opened for a link order; the gate of all that is paid on it.
create table rail.links (
  order_guid text primary key,
  paid_by text, -- the pay request that took it
  opened integer not null default 0,
  row_version integer not null default 1
) with (fillfactor = 50);

create table rail.pay_requests (
  guid text primary key,
  order_guid text not null,
  participant_guid text not null, -- the payer's bank
  phone_hash text,
  debtor_account text not null,
  status text not null check (status in ('created', 'completed', 'failed')),
  reason text,
  payment_guid text, -- the payment that took it
  changes integer not null default 1,
  created_at timestamptz not null,
  row_version integer not null default 1,
  constraint a_failure_has_its_reason check ((status = 'failed') = (reason is not null))
) with (fillfactor = 50);
create index pay_requests_open on rail.pay_requests (order_guid) where status <> 'failed';
create index pay_requests_unpaid on rail.pay_requests (phone_hash) where status = 'completed' and payment_guid is null;

create table rail.payments (
  guid text primary key,
  pay_request_guid text not null unique,
  order_guid text not null,
  mode text not null,
  phone_hash text,
  participant_guid text not null, -- the payer's bank
  debtor_account text not null,
  creditor_participant_guid text not null,
  external_id text not null,
  amount bigint not null check (amount between 1 and 99999999999),
  amount_text text not null,
  currency text not null,
  created_at timestamptz not null,
  status text not null check (status in ('created', 'completed', 'failed')),
  reason text,
  row_version integer not null default 1
) with (fillfactor = 50);

-- A bank looks through its own dead letters.
create index deliveries_dead_of_endpoint on deliveries.queue (channel, endpoint, id) where state = 'dead';
