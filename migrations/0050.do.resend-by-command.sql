-- A delivery that is sent again by hand is changed by a command, under the row's own lock.
alter table deliveries.queue add column row_version integer not null default 1;
