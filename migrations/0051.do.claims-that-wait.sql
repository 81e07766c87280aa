-- A claim that is open waits for its seller, who is shown it with what else waits.
create index open_claims_of_sellers on exchange.order_states (seller_id, order_id) where payment_claim = 'open';
