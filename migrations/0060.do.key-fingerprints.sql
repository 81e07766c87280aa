-- Which keys this database belongs to, never the keys themselves: a node that comes with others is not let in. Rows are only
-- added, by the owning role; the last of a kind is the newest key.
create table engine.key_fingerprints (
  id bigint generated always as identity primary key,
  kind text not null check (kind in ('issuer', 'sealing', 'keyed hash')),
  fingerprint text not null,
  noted_at timestamptz not null default now(),
  unique (kind, fingerprint)
);
