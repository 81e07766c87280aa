-- What a key of a bank is for: its signatures, or what is encrypted for it. Neither is ever used for the other.
alter table rail.keys add column use text not null default 'sig' check (use in ('sig', 'enc'));
alter table rail.keys alter column use drop default;

-- When a bank will not answer, as it says beforehand.
alter table rail.participants
  add column maintenance jsonb not null default '[]',
  add column maintenance_set_at timestamptz;
alter table rail.participants alter column maintenance drop default;
