-- A mark of all orders stands beside that of everything, which is what befell the account as well.
alter table exchange.notification_reads
  drop constraint notification_reads_order_id_check,
  add constraint notification_reads_order_id_check check (order_id >= -1);
