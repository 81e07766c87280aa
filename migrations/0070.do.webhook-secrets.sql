-- An endpoint's secret is replaced while receivers still know the one before it: until then both sign.
alter table exchange.webhooks
  add column previous_secret text, -- ciphertext
  add column previous_until timestamptz,
  add constraint a_previous_secret_ends check ((previous_secret is null) = (previous_until is null));
