-- Second factors. A one-time code's secret is sealed with a key that is a file and no row; recovery codes are hashes.
create table identity.totp (
  person_id text primary key references identity.people,
  secret text not null,
  made_at timestamptz not null default now(),
  -- Null: it was shown, and no code of it was given yet.
  on_since timestamptz,
  -- Of the newest code that was taken, in steps of 30 seconds since 1970. No code up to it is taken again.
  last_step bigint not null default 0
);
create index totp_not_on on identity.totp (made_at) where on_since is null;

create table identity.recovery_codes (
  person_id text not null references identity.people,
  code_hash bytea not null,
  primary key (person_id, code_hash)
);

-- Whoever gave the right password, and has yet to give the second factor. It opens nothing.
create table identity.half_sessions (
  secret_hash bytea primary key,
  person_id text not null references identity.people,
  made_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index half_sessions_of_person on identity.half_sessions (person_id, made_at);
create index half_sessions_by_end on identity.half_sessions (expires_at);

-- Of who has lost the second factor as well. A link that came by mail is no such proof.
alter table identity.resets add column ends_factors boolean not null default false;
