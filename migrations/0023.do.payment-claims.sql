-- An order that was cancelled may have been paid all the same: its buyer may claim so, and a case begins like that of a
-- dispute.

alter table exchange.order_states
  add column payment_claim text constraint payment_claim_is_one_of_these
    check (payment_claim in ('open', 'honoured', 'compensated', 'dismissed')),
  add column payment_claim_ended_at timestamptz,
  -- Whoever cancelled did not pay, and what ended otherwise has its money where it belongs.
  add constraint only_what_fell_through_is_claimed check (
    payment_claim is null or coalesce(outcome in ('payment_expired', 'cancelled_by_seller'), false)),
  add constraint payment_claim_has_its_end check (
    (payment_claim_ended_at is not null) = coalesce(payment_claim <> 'open', false));

alter table exchange.disputes
  add column kind text not null default 'dispute' constraint case_is_one_of_these check (kind in ('dispute', 'claim'));
alter table exchange.disputes alter column kind drop default;

-- What was awarded and is not paid yet.
create table exchange.debts (
  order_id bigint primary key references exchange.orders,
  debtor_id text not null references exchange.traders,
  creditor_id text not null references exchange.traders,
  amount bigint not null constraint debt_is_positive check (amount > 0),
  created_at timestamptz not null,
  outstanding bigint not null,
  paid_at timestamptz,
  row_version integer not null default 1,
  constraint debt_only_shrinks check (outstanding between 0 and amount),
  constraint paid_debt_has_its_time check ((paid_at is not null) = (outstanding = 0)),
  constraint nobody_owes_oneself check (debtor_id <> creditor_id)
);
create index debts_unpaid_by_debtor on exchange.debts (debtor_id, created_at) where outstanding > 0;
create index debts_unpaid_by_creditor on exchange.debts (creditor_id) where outstanding > 0;

alter table exchange.traders
  add column owed bigint not null default 0 constraint owed_never_negative check (owed >= 0),
  add column standing text constraint standing_is_one_of_these check (standing in ('suspended', 'excused'));
