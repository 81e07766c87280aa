-- No payment of the rail settles two trades: the rules hold it, the index is an alarm.
create unique index settlements_by_payment on exchange.settlements (payment_guid) where payment_guid is not null;
