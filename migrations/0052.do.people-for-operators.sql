-- Operators look people up: by the beginning of a name, those who are stopped, and what was said of somebody and why.
create index traders_by_name on exchange.traders (lower(name) text_pattern_ops, id) where name is not null;
create index traders_stopped on exchange.traders (id) where standing = 'suspended' or owed > 0;
create index operator_acts_on_standing on exchange.operator_acts ((details ->> 'user_id'), id)
  where act in ('suspend', 'resume');
-- Credits and debits, the newest first, are walked by their primary key; those of one person by the index that is there.
