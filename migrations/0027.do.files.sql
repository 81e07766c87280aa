-- Of a picture, others see a copy without what a camera wrote beside the pixels; what was sent is kept for the operator of
-- the case. Files are counted in bytes, by order and by person.

alter table exchange.attachments
  add column name text,
  add column original_sha256 text check (original_sha256 ~ '^[0-9a-f]{64}$'),
  add column original_type text,
  add column original_size integer check (original_size between 1 and 10485760);
-- What was sent before is shown as it was sent.
update exchange.attachments set name = '', original_sha256 = sha256, original_type = type, original_size = size;
alter table exchange.attachments
  alter column name set not null,
  alter column original_sha256 set not null,
  alter column original_type set not null,
  alter column original_size set not null;

alter table exchange.order_states
  add column file_bytes integer not null default 0 constraint file_bytes_never_negative check (file_bytes >= 0);
update exchange.order_states s set file_bytes = f.bytes
  from (select order_id, sum(original_size)::integer as bytes from exchange.attachments group by order_id) f
  where f.order_id = s.order_id;

alter table exchange.traders
  add column file_bytes integer not null default 0 constraint files_weigh_something check (file_bytes >= 0);
update exchange.traders t set file_bytes = f.bytes
  from (select uploader_id, sum(original_size)::integer as bytes from exchange.attachments group by uploader_id) f
  where f.uploader_id = t.id;
create index attachments_of_uploader on exchange.attachments (uploader_id);
