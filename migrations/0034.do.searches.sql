-- A phone is one search at a time, whoever asks: the search has a life of its own, and orders wait for it.
alter table rail.searches
  add column asking text[], -- banks that have not said no
  add column unheard text[], -- of them, those that have not even said that they ask
  add column claimed text[], -- banks that said yes
  add column waiting integer, -- orders
  add column started_at timestamptz,
  add column ack_until timestamptz, -- who is unheard by then counts as a no
  add column due_at timestamptz, -- when the clock looks at it
  add column outcome text check (outcome in ('found', 'refused', 'over')),
  add column ended_at timestamptz;

-- The searches of now go on: of each phone the one that lasts longest, for all orders that wait for the phone.
update rail.searches q set
    started_at = o.created_at, ack_until = o.created_at, due_at = q.until, unheard = '{}', claimed = '{}',
    asking = case when k.request_guid is null then '{}'
      else array(select bank from unnest(q.asked) as bank where bank <> all(s.refused)) end,
    waiting = case when k.request_guid is null then 0 else k.waiting end,
    outcome = case when k.request_guid is null then 'over' end,
    ended_at = case when k.request_guid is null then now() end
  from rail.orders o join rail.order_states s on s.order_guid = o.guid
    left join (
      select distinct on (w.phone_hash) r.request_guid, count(*) over (partition by w.phone_hash)::int as waiting
      from rail.order_states w join rail.orders r on r.guid = w.order_guid
        join rail.searches t on t.request_guid = r.request_guid
      where w.status = 'pending' order by w.phone_hash, t.until desc) k on k.request_guid = o.request_guid
  where o.guid = q.order_guid;
update rail.orders o set request_guid = q.request_guid
  from rail.order_states s, rail.searches q
  where s.order_guid = o.guid and s.status = 'pending' and q.phone_hash = s.phone_hash and q.ended_at is null;

alter table rail.searches
  alter column asking set not null,
  alter column unheard set not null,
  alter column claimed set not null,
  alter column waiting set not null,
  alter column started_at set not null,
  alter column ack_until set not null,
  alter column due_at set not null,
  drop column order_guid,
  drop column participant_guid,
  drop column debtor_account,
  drop column pay_request_guid,
  add constraint ended_with_an_outcome check ((outcome is null) = (ended_at is null)),
  add constraint over_is_nobody_asked check (ended_at is null or asking = '{}' and unheard = '{}' and waiting = 0);
create index searches_open on rail.searches (phone_hash) where ended_at is null;
create index searches_at on rail.searches using brin (started_at) with (autosummarize = on);
create index searches_due on rail.searches (due_at) where ended_at is null;

alter table rail.order_states
  drop column refused,
  drop constraint order_states_status_reason_check,
  add constraint order_states_status_reason_check
    check (status_reason in ('NOT_LINKED', 'SEARCH_TIMEOUT', 'EXPIRED', 'CREDITOR_BANK_UNAVAILABLE'));

-- When a phone was searched for, within the last day.
alter table rail.phones add column searched_at timestamptz[] not null default '{}';

-- Whether a bank answers when it is asked for receivers; one that always did has no row.
create table rail.reach (
  participant_guid text primary key,
  failures integer not null, -- in a row
  closed_until timestamptz, -- not asked before it, and then once
  row_version integer not null default 1
) with (fillfactor = 50);

-- Banks that are not asked any more: what they are asked still is ended one by one, after it.
create table rail.asks_to_end (
  id bigint generated always as identity primary key,
  participant_guid text not null,
  at timestamptz not null
);
