-- Whoever drops an order gets a strike, makers too. The one that is too many says until when no order is taken; the clock
-- finds those whose time is over, and their ads come back. The index changes with nothing else of a trader's row.
alter table exchange.traders add column struck_out_until timestamptz;
update exchange.traders set struck_out_until = strikes[1] + interval '24 hours'
  where cardinality(strikes) = 5 and strikes[1] > now() - interval '24 hours';
-- So that the listings of those are hidden with the same start.
update exchange.listings l set shown = false from exchange.traders t
  where t.id = l.maker_id and t.struck_out_until is not null and l.shown;
update exchange.listing_counts k set shown = false from exchange.traders t
  where t.id = k.maker_id and t.struck_out_until is not null and k.shown;
create index traders_struck_out on exchange.traders (struck_out_until) where struck_out_until is not null;
