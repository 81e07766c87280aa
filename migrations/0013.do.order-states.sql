-- Less stays of an order. What two rows said of its sides, and an account of its escrow, is on its state; what the system
-- says in its chat follows from its history.

alter table exchange.order_states
  -- Null while the order is open: lists are found by what changes once, at the end.
  add column completed boolean,
  add column ended_activity_at timestamptz,
  add column escrow bigint not null default 0 constraint escrow_never_negative check (escrow >= 0),
  add column buyer_read_seq integer not null default 0,
  add column seller_read_seq integer not null default 0,
  add column buyer_lines integer not null default 0,
  add column seller_lines integer not null default 0,
  add column buyer_lines_read integer not null default 0,
  add column seller_lines_read integer not null default 0,
  add column buyer_rating integer check (buyer_rating between 1 and 5),
  add column seller_rating integer check (seller_rating between 1 and 5);
update exchange.order_states s set
    completed = case when s.outcome is not null then s.status = 'completed' end,
    ended_activity_at = case when s.outcome is not null then s.activity_at end,
    escrow = coalesce((select a.balance from exchange.accounts a where a.id = 'escrow/' || s.order_id), 0),
    buyer_read_seq = b.read_seq, buyer_lines = b.lines, buyer_lines_read = b.lines_read, buyer_rating = b.rating,
    seller_read_seq = v.read_seq, seller_lines = v.lines, seller_lines_read = v.lines_read, seller_rating = v.rating
  from exchange.order_sides b, exchange.order_sides v
  where b.trader_id = s.buyer_id and b.order_id = s.order_id and v.trader_id = s.seller_id and v.order_id = s.order_id;
alter table exchange.order_states
  add constraint status_says_what_is_completed check (
    (completed is null) = (outcome is null) and coalesce(completed = (status = 'completed'), true)),
  add constraint buyer_lines_read_are_lines check (buyer_lines_read between 0 and buyer_lines),
  add constraint seller_lines_read_are_lines check (seller_lines_read between 0 and seller_lines);
drop table exchange.order_sides;

-- The lists of a side: open, completed or cancelled ones, newest first; and the chats of ended ones by activity. Nothing
-- of these changes while the order is open.
create index orders_of_buyer on exchange.order_states (buyer_id, completed, order_id);
create index orders_of_seller on exchange.order_states (seller_id, completed, order_id);
create index chats_of_buyer on exchange.order_states (buyer_id, ended_activity_at) where ended_activity_at is not null;
create index chats_of_seller on exchange.order_states (seller_id, ended_activity_at) where ended_activity_at is not null;

-- Every account left is a trader's available balance.
delete from exchange.accounts where kind = 'escrow';
alter table exchange.accounts drop column kind;

-- The number of the line that says so. There was one for each change, in the same order.
alter table exchange.order_history add column seq integer;
update exchange.order_history h set seq = m.seq
  from (select order_id, seq, row_number() over (partition by order_id order by seq) as change
    from exchange.messages where kind = 'system') m
  where m.order_id = h.order_id and m.change = h.change;
alter table exchange.order_history alter column seq set not null;
delete from exchange.messages where kind = 'system';
alter table exchange.messages
  drop constraint system_lines_have_no_sender,
  drop constraint messages_kind_check,
  add constraint somebody_wrote_it check (kind in ('user', 'operator')),
  alter column sender set not null,
  drop column event;

-- The dossier finds an order's transfers by the order. An owner's are found by their own indexes: by the primary key
-- backwards PostgreSQL would read everybody's for one who has had none for long.
alter table exchange.transfers drop constraint transfers_pkey;
create index transfers_of_order on exchange.transfers (order_id) where order_id is not null;
create index transfers_by_id on exchange.transfers using brin (id);
