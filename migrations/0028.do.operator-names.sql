-- The operator of a case by the name that the parties see; who it is stays with the operators.
alter table exchange.disputes add column assigned_name text;
update exchange.disputes d set assigned_name = coalesce(t.name, 'Operator')
  from exchange.traders t where t.id = d.assigned_to;
alter table exchange.disputes
  add constraint whoever_is_assigned_has_a_name check ((assigned_to is null) = (assigned_name is null));
