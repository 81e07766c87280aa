-- What both banks read of a payment, and what an order shows of its own.
alter table rail.order_states add column payment_guid text; -- the last one that was announced
update rail.order_states s set payment_guid = p.guid
  from (select distinct on (order_guid) order_guid, guid from rail.payments order by order_guid, created_at desc, guid desc) p
  where p.order_guid = s.order_guid;

alter table rail.payments add column completed_at timestamptz;
-- When the ones of now were completed nobody wrote down.
update rail.payments set completed_at = created_at where status = 'completed';
alter table rail.payments
  add constraint completed_at_its_time check ((status = 'completed') = (completed_at is not null));
create index payments_of_order on rail.payments (order_guid);
create index payments_by_external_id on rail.payments (external_id);
create index payments_sent on rail.payments (participant_guid, created_at, guid);
create index payments_received on rail.payments (creditor_participant_guid, created_at, guid);

-- A link's requests that money may come on. A phone order names its own.
update rail.pay_requests set reason = 'ALREADY_PAID' where reason = 'PAID';
create index pay_requests_payable on rail.pay_requests (order_guid)
  where phone_hash is null and (status <> 'failed' or reason = 'EXPIRED');
drop index rail.pay_requests_open;
