-- What somebody's programs call with in their owner's name. The secret is shown once, and stored as its SHA-256.
create table identity.tokens (
  id text primary key,
  person_id text not null references identity.people,
  name text not null,
  scope text not null,
  -- Whether it may release escrow as well.
  release boolean not null,
  secret_hash bytea not null unique,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  -- Null: never. Noted once a minute at the most.
  last_used_at timestamptz,
  constraint known_scope check (scope in ('read', 'trade')),
  constraint only_trade_releases check (not release or scope = 'trade'),
  constraint lives_a_year check (expires_at > created_at and expires_at <= created_at + interval '366 days')
);
create index tokens_of_person on identity.tokens (person_id, created_at);
create index tokens_by_end on identity.tokens (expires_at);
