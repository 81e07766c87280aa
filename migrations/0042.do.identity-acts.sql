-- What was answered to a key, for a day, so that a lost answer is asked for again without a second effect.
create table identity.keys (
  caller text not null,
  key text not null,
  fingerprint text not null,
  answer json,
  at timestamptz not null default now(),
  primary key (caller, key)
);
create index keys_by_age on identity.keys (at);

-- What people are told of their accounts: written with what it tells of, and gone once it is on the feed.
create table identity.notices (
  id bigint generated always as identity primary key,
  person_id text not null references identity.people,
  change text not null,
  made_by text not null check (made_by in ('owner', 'operator', 'installation')),
  details json not null,
  at timestamptz not null default now()
);

-- Links for who has forgotten a password: each works once, for an hour.
create table identity.resets (
  code_hash bytea primary key,
  person_id text not null references identity.people,
  made_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index resets_of_person on identity.resets (person_id);
create index resets_by_end on identity.resets (expires_at);
