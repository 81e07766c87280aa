-- Passkeys: keys that an authenticator keeps for its owner, and that sign for this site alone.
create table identity.passkeys (
  id text primary key,
  person_id text not null references identity.people,
  name text not null,
  -- The authenticator's own name for it; the same one cannot belong to two people.
  credential_id bytea not null unique,
  -- As COSE.
  public_key bytea not null,
  -- How often it has signed, where it counts; 0: it does not. A count that goes back is a copy's.
  counter bigint not null,
  created_at timestamptz not null default now(),
  last_used_at timestamptz,
  constraint a_credential_is_bounded check (octet_length(credential_id) <= 1023),
  constraint a_counter_has_32_bits check (counter between 0 and 4294967295)
);
create index passkeys_of_person on identity.passkeys (person_id, created_at);

-- What an authenticator is to sign: each is taken away by the first answer to it. Kept as a hash.
create table identity.challenges (
  challenge_hash bytea primary key,
  purpose text not null check (purpose in ('add', 'sign-in', 'sign-up', 'step-up')),
  -- The session that asked; where there is none, the address, as a hash.
  holder text not null,
  -- Of a sign-up: who is to be.
  details json not null,
  made_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index challenges_of_holder on identity.challenges (holder, made_at);
create index challenges_by_end on identity.challenges (expires_at);
