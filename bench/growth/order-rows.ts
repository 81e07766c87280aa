/** What stays of an order for ever. */
import type { Sizes } from "./aggregates.ts";

const ENDED = "at + interval '2 minutes'";

/** Status changes, oldest first, half a minute after each other. */
const HISTORY = `(values
  (0, 1, 'pending', null, 'create', 'buyer'), (0, 2, 'paid_by_buyer', null, 'confirm-paid', 'buyer'),
  (0, 3, 'completed', 'released', 'confirm-received', 'seller'),
  (1, 1, 'pending', null, 'create', 'buyer'), (1, 2, 'cancelled', 'cancelled_by_buyer', 'cancel', 'buyer'),
  (2, 1, 'pending', null, 'create', 'buyer'), (2, 2, 'paid_by_buyer', null, 'confirm-paid', 'buyer'),
  (2, 3, 'disputed', null, 'call-operator', 'buyer'), (2, 4, 'completed', 'dispute_released', 'release', 'operator'))
  h(ending, change, status, outcome, action, who)`;
const ACTOR = "case who when 'buyer' then o.buyer when 'seller' then o.seller else 'olga' end";

const terms = ({ amount, method }: Sizes): string =>
  `insert into exchange.orders (id, ad_id, ad_version, ad_type, maker_id, taker_id, buyer_id, seller_id, usdt_amount, fiat_amount,
      fiat_currency, exchange_rate, payment_method, payment_details, instructions, created_at, pay_by)
    select o.id, o.ad_id, 1, 'sell', seller, buyer, buyer, seller, ${amount}, ${amount}, 'RUB', 100, '${method}', a.payment_details,
      a.instructions, at, at + interval '15 minutes' from growth.o o join exchange.ads a on a.id = o.ad_id order by o.id`;

const states = ({ amount }: Sizes): string =>
  `insert into exchange.order_states (order_id, buyer_id, seller_id, status, outcome, completed, changes, release_by, paid_at,
      disputed_at, completed_at, cancelled_at, released_amount, last_seq, activity_at, ended_activity_at, buyer_read_seq,
      seller_read_seq, buyer_lines, seller_lines, buyer_lines_read, seller_lines_read, buyer_rating, row_version)
    select id, buyer, seller, case ending when 1 then 'cancelled' else 'completed' end,
      (array['released', 'cancelled_by_buyer', 'dispute_released'])[ending + 1], ending <> 1, changes,
      case when ending <> 1 then at + interval '61 minutes' end, case when ending <> 1 then at + interval '1 minute' end,
      case when ending = 2 then at + interval '90 seconds' end, case when ending <> 1 then ${ENDED} end,
      case when ending = 1 then ${ENDED} end, case when ending = 1 then 0 else ${amount} end, last_seq, ${ENDED}, ${ENDED},
      case when talked then last_seq else 0 end, case when talked then last_seq else 0 end, talked::int, talked::int, talked::int,
      talked::int, case when rated and ending <> 1 then 5 end, 3
    from (select *, changes + case when talked then 2 else 0 end as last_seq from growth.o) o order by id`;

const chat = (): readonly string[] => [
  `insert into exchange.order_history (order_id, change, seq, status, outcome, action, actor, at)
    select id, h.change, h.change, h.status, h.outcome, h.action, ${ACTOR}, at + h.change * interval '30 seconds'
    from growth.o o join ${HISTORY} using (ending) order by id, h.change`,
  `insert into exchange.messages (order_id, seq, kind, sender, message, attachment_ids, created_at)
    select id, changes + n, 'user', case n when 1 then buyer else seller end, 'Hello, the payment was sent, please check it.', '{}',
      at + interval '2 minutes' + n * interval '20 seconds' from growth.o, generate_series(1, 2) n where talked order by id, n`,
  `insert into exchange.read_marks (order_id, trader_id, up_to_seq, at) select id, v.trader, changes + 2, at + interval '4 minutes'
    from growth.o, lateral (values (buyer), (seller)) v(trader) where talked order by id`,
];

const money = ({ amount, merchantDeposit, makerDeposit }: Sizes): readonly string[] => [
  `insert into exchange.transfers (at, kind, from_account, to_account, amount, from_after, to_after, order_id)
    select at + t.n * interval '1 minute', t.kind, t.f, t.t, ${amount}, t.fa, t.ta, o.id
    from (select *, case when seller like 'm%' then ${makerDeposit} else ${merchantDeposit} end - sold * ${amount} as rest from growth.o) o,
      lateral (values
        (0, 'escrow_hold', 'available/' || seller, 'escrow/' || o.id, rest - (ending = 1)::int * ${amount}, ${amount}::bigint),
        (2, case ending when 1 then 'escrow_refund' else 'escrow_release' end, 'escrow/' || o.id,
          'available/' || case ending when 1 then seller else buyer end, 0::bigint,
          case ending when 1 then rest else bought * ${amount} end)) t(n, kind, f, t, fa, ta) order by o.id, t.n`,
];

const afterwards = (): readonly string[] => [
  `insert into exchange.ratings (order_id, rater_id, ratee_id, rating, at)
    select id, buyer, seller, 5, at + interval '1 hour' from growth.o where rated and ending <> 1 order by id`,
  `insert into exchange.disputes (order_id, buyer_id, seller_id, kind, status, opened_by, opened_at, reason, assigned_to, resolved_at)
    select id, buyer, seller, 'dispute', 'resolved', 'buyer', at + interval '90 seconds', 'other', 'olga', ${ENDED} from growth.o
    where ending = 2 order by id`,
  `insert into exchange.operator_acts (operator_id, order_id, act, details, at)
    select 'olga', id, act, '{"reason": "the payment was shown"}', at + interval '100 seconds' from growth.o,
      unnest(array['read', 'assign', 'release']) act where ending = 2 order by id`,
];

export const rowsOfOrders = (sizes: Sizes): readonly string[] => [
  terms(sizes),
  states(sizes),
  ...chat(),
  ...money(sizes),
  ...afterwards(),
  `select setval('exchange.order_ids', ${sizes.orders})`,
];
