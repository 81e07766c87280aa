-- What the operator gave as the reason: both sides read it with the outcome.
alter table exchange.disputes add column resolution text;
alter table exchange.disputes add constraint a_resolution_is_of_what_is_resolved
  check (resolution is null or status = 'resolved');
