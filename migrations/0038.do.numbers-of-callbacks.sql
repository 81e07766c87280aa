-- Callbacks about an order, or a phone, are numbered for each bank.
alter table rail.order_states add column last_seqs json not null default '{}'; -- the last number, by bank
alter table rail.phones add column last_seqs json not null default '{}';

-- Where the last ones are still known, the numbers go on from there.
with last as (
  select subject, json_object_agg(endpoint, seq) as seqs from (
    select subject, endpoint, max((body::json ->> 'seq')::int) as seq from deliveries.queue
    where channel = 'rail' and (subject like 'order %' or subject like 'phone %') and body::json ->> 'seq' is not null
    group by subject, endpoint) known group by subject),
  told as (
    update rail.order_states s set last_seqs = last.seqs from last where last.subject = 'order ' || s.order_guid)
update rail.phones p set last_seqs = last.seqs from last where last.subject = 'phone ' || p.hash;

alter table rail.order_states drop column told;
alter table rail.phones drop column told;
