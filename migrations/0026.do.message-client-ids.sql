-- A message bears the name that its sender's program gave it, so that the program knows its own again.
alter table exchange.messages
  add column client_id text constraint client_id_is_a_uuid
    check (client_id ~ '^[0-9A-Fa-f]{8}-([0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}$');
