-- Where the feed stood is written down when an endpoint is made; those that were made without begin with what is kept
-- since then.
insert into deliveries.cursors (endpoint, position)
  select w.id, coalesce((select min(e.position) - 1 from exchange.events e where e.at >= w.created_at), f.position)
  from exchange.webhooks w, exchange.feed f on conflict do nothing;

-- Nobody looks for what is over by its time: rows are thrown away in the order in which they came, or page by page.
drop index if exists exchange.claims_expiry, rail.claims_expires_at_idx, deliveries.deliveries_settled;
