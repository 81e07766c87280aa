-- People with accounts of our own, and where they are signed in. A trader's row is made by the first call, as for everybody;
-- what is here is only how somebody proves who they are. Secrets are stored as hashes.
create schema identity;

create table identity.people (
  id text primary key,
  -- An e-mail address or a name of letters; null for the demo's people, who have no password either.
  login text unique,
  name text not null,
  password_hash text,
  roles text[] not null default '{}',
  second_factor boolean not null default false,
  demo boolean not null default false,
  created_at timestamptz not null default now(),
  -- A host platform's user can never have such an id, and the demo's people have no others.
  constraint id_of_ours check (demo or id ~ '^u_[a-z0-9]{12}$'),
  constraint known_roles check (roles <@ array['operator', 'rail_operator', 'platform']),
  constraint login_in_small_letters check (login = lower(login)),
  constraint demo_signs_in_by_a_click check (not demo or (login is null and password_hash is null))
);

create table identity.sessions (
  id text primary key,
  person_id text not null references identity.people,
  -- SHA-256 of the cookie's 256 random bits.
  secret_hash bytea not null unique,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  last_seen_at timestamptz not null default now(),
  -- As the browser calls itself.
  agent text not null,
  address text not null,
  stepped_up_until timestamptz,
  password_again_at timestamptz
);
create index sessions_of_person on identity.sessions (person_id, created_at);
create index sessions_by_end on identity.sessions (expires_at);

-- What failed lately, so that every node counts the same and a restart forgets nothing. A login stands here as a hash.
create table identity.attempts (
  scope text not null,
  key text not null,
  failed_at timestamptz[] not null,
  last_at timestamptz not null,
  primary key (scope, key)
);
create index attempts_by_age on identity.attempts (last_at);

-- Whose sessions have ended or changed: what every node remembers of them is read anew. Positions come from a row that is
-- locked until the commit: no gap, in commit order.
create table identity.changes_head (
  one boolean primary key default true check (one),
  position bigint not null
);
insert into identity.changes_head (position) values (0);
create table identity.changes (
  position bigint primary key,
  person_id text not null,
  at timestamptz not null default now()
);

create table identity.invites (
  code_hash bytea primary key,
  made_by text not null,
  made_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_by text references identity.people,
  used_at timestamptz,
  constraint used_by_somebody check ((used_by is null) = (used_at is null))
);

-- Roles that were given and taken, invitations and resets: who did it to whom. Only ever added to.
create table identity.acts (
  id bigint generated always as identity primary key,
  actor text not null,
  person_id text,
  act text not null,
  details json not null,
  at timestamptz not null default now()
);
create index acts_of_person on identity.acts (person_id, id);
