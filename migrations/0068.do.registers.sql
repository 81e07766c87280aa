-- What a bank's books of a day are read by, and those of all banks together.
create index payments_paid on rail.payments (participant_guid, completed_at, guid) where completed_at is not null;
create index payments_got on rail.payments (creditor_participant_guid, completed_at, guid) where completed_at is not null;
create index payments_completed on rail.payments (completed_at) where completed_at is not null;
create index returns_sent on rail.returns (participant_guid, created_at, guid);
create index returns_got on rail.returns (debtor_participant_guid, created_at, guid);

-- A bank's own aliases, walked by the hash of the phone.
create index phones_of_bank on rail.phones (participant_guid, hash) where participant_guid is not null;

-- What a bank's checksum is made of: worked out from its aliases after they changed, and good for what it was worked out from.
create table rail.alias_fingerprints (
  phone_hash text primary key,
  participant_guid text not null,
  account text not null,
  fingerprint bit(256) not null
);
