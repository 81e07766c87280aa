-- How far everything was proven, for the audit that goes on from there. Only an audit that found nothing writes it.
create table engine.audit_marks (
  system text not null,
  name text not null,
  value bigint not null,
  primary key (system, name)
);

-- What each account's transfers come to, up to the mark of that name.
create table exchange.audit_balances (
  account text primary key,
  balance bigint not null
) with (fillfactor = 80);

-- Rows that are only added lie in the order of their times: such an index is a page or two, and finds those of a day.
create index order_history_at on rail.order_history using brin (at) with (autosummarize = on);
create index pay_requests_at on rail.pay_requests using brin (created_at) with (autosummarize = on);
create index payments_at on rail.payments using brin (created_at) with (autosummarize = on);
create index alias_history_at on rail.alias_history using brin (at) with (autosummarize = on);
