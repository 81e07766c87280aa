-- What is kept for ever stands apart from what is forgotten after a day, so that walking the one never means walking the
-- other: the jtis of compat bodies, which have no date.
alter index rail.claims_pkey rename to claims_passing_pkey;
alter table rail.claims rename to claims_passing;

create table rail.claims (
  scope text not null,
  key text not null,
  fingerprint text not null,
  answer text, -- null only inside the transaction that took it
  expires_at timestamptz, -- null: for ever
  primary key (scope, key)
) partition by list (scope);
alter table rail.claims attach partition rail.claims_passing default;
-- Rows are added, used already, and never changed.
create table rail.claims_kept partition of rail.claims (constraint kept_is_used check (answer is not null)) for values in ('body');

-- Bodies that compat banks have signed lately were remembered beside their headers, for a day. See keptKey for the key.
insert into rail.claims_kept (scope, key, fingerprint, answer)
select 'body', rtrim(translate(encode(case
    when jti ~ '^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$'
    then decode(substr(replace(jti, '-', ''), 1, 12), 'hex') || substr(digest, 7, 10)
    else substr(digest, 1, 16) end, 'base64'), '+/', '-_'), '='), 'before', ''
from (
  select c.key as jti, sha256(convert_to(p.guid || ' ' || c.key, 'UTF8')) as digest
  from rail.claims_passing c join rail.participants p on c.scope = 'jti ' || p.guid
  where p.profile = 'compat') used;
