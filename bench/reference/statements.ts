/**
 * The statements of a trade, one list per step, in the order in which they run. The handler beside this file sends
 * them one by one, and pgbench runs the very same lists: `:name` is pgbench's own notation for a value.
 * They lock what they touch in one order (traders by id, order, ad, accounts, listings) and take the feed's position
 * last, because the counter stays locked until the commit.
 */

import {
  type OrderStatus,
  type Outcome,
  orderDeadlines,
  orderHistory,
  orderStates,
  orders,
  partners,
  SEQUENCES,
  transfers,
} from "../../src/exchange/tables/index.ts";
import type { TransferKind } from "../../src/ledger/index.ts";
import { insert } from "./insert.ts";

export type Statement = { readonly name: string; readonly text: string };
export type Transition = Readonly<Record<string, Statement>>;

/** The rules know milliseconds. */
export const NOW = "date_trunc('milliseconds', now())";
const BUMP = "row_version = row_version + 1";

const lockTraders = `select *, floor(extract(epoch from now()) * 1000)::bigint as now from exchange.traders
  where id in (:seller, :buyer) order by id for update`;
const readClaim =
  "select fingerprint, answer from exchange.claims where scope = 'key ' || :caller::text and key = :key";
const readOrder = "select * from exchange.orders where id = :order_id";
const lockState = "select * from exchange.order_states where order_id = :order_id for update";
const lockAd = "select * from exchange.ads where id = :ad_id for update";

export const insertClaim = (step: string) => `insert into exchange.claims (scope, key, fingerprint, answer, expires_at)
  values ('key ' || :caller::text, :key, :fingerprint, :${step}_answer, now() + interval '1 day')`;

/** The number of the change is that of its line in the chat too, as long as nobody writes. */
export const insertHistory = (
  change: number,
  status: OrderStatus,
  outcome: Outcome | null,
  action: string,
  order = ":order_id::bigint",
) =>
  insert(orderHistory, {
    orderId: order,
    change: String(change),
    seq: String(change),
    status: `'${status}'`,
    outcome: outcome === null ? "null" : `'${outcome}'`,
    action: `'${action}'`,
    actor: ":caller::text",
    at: NOW,
  });

/** What a completed order adds to a record: today's count, a duration, its median, a partner. */
const TODAY = "array[extract(epoch from now())::int / 86400, coalesce(days[2], 0) + 1, coalesce(days[3], 0)]";
export const recordDay = `days = ${TODAY}`;
const durations = (column: string) =>
  `${column} = case when cardinality(r.${column}) < 100 then r.${column} || 0 else r.${column}[2:] || 0 end`;
export const recordDurations = `insert into exchange.trader_records as r (trader_id, release_seconds, pay_seconds)
  values (:buyer::text, '{}', '{0}'), (:seller::text, '{0}', '{}')
  on conflict (trader_id) do update set ${durations("release_seconds")}, ${durations("pay_seconds")},
    row_version = r.row_version + 1`;
export const recordPartners = `${insert(
  partners,
  { traderId: "one", partnerId: "other", since: NOW },
  "(values (:buyer::text, :seller::text), (:seller::text, :buyer::text)) as pair(one, other)",
)} on conflict do nothing`;
const knowPartner = (other: string) =>
  `partners_count = partners_count + case when exists (select from exchange.partners p
     where p.trader_id = exchange.traders.id and p.partner_id = ${other}) then 0 else 1 end`;

/** What numbers the rows of the feed where it is shown what the counter costs. */
export const POSITIONS = "exchange.bench_positions";

/** Whom an item of a row is for. */
const MASKS = { buyer: 1, seller: 2 } as const;

/**
 * Both parties hear of the order; who got or lost money hears of the wallet. One row, whose position counts an event
 * once for each who hears of it; from a sequence it is the place of the row only.
 */
const tellEvents = (
  change: number,
  status: string,
  outcome: string | null,
  wallet: "buyer" | "seller" | null,
  from: "counter" | "sequence" = "counter",
) => {
  const data = `json_build_object('order_id', :order_id::bigint, 'status', '${status}', 'outcome',
    ${outcome === null ? "null" : `'${outcome}'`}, 'change', ${change})`;
  const line = `json_build_object('order_id', :order_id::bigint, 'seq', ${change}, 'kind', 'system')`;
  const items = [
    `json_build_array(3, 'order.updated', ${data})`,
    `json_build_array(3, 'message.created', ${line})`,
    ...(wallet === null
      ? []
      : [`json_build_array(${MASKS[wallet]}, 'wallet.updated', json_build_object('order_id', :order_id::bigint))`]),
  ];
  const copies = wallet === null ? 4 : 5;
  const row = `:buyer::text, :seller::text, json_build_array(${items.join(",\n      ")})`;
  const insert = "insert into exchange.events (position, first_recipient, second_recipient, items)";
  if (from === "sequence") return `${insert} select nextval('${POSITIONS}'), ${row}`;
  return `with taken as (update exchange.feed set position = position + ${copies} returning position)
    ${insert} select taken.position, ${row} from taken`;
};

export const available = (owner: string) => `'available/' || ${owner}::text`;
export const ESCROW = "'escrow/' || :order_id::text";

type Moved = {
  readonly kind: TransferKind;
  readonly from: string;
  readonly to: string;
  readonly fromAfter: string;
  readonly toAfter: string;
  readonly order?: string;
};

export const insertTransfer = (moved: Moved, source: string) =>
  insert(
    transfers,
    {
      at: NOW,
      kind: `'${moved.kind}'`,
      fromAccount: moved.from,
      toAccount: moved.to,
      amount: ":amount::bigint",
      fromAfter: moved.fromAfter,
      toAfter: moved.toAfter,
      orderId: moved.order ?? ":order_id::bigint",
    },
    source,
  );

type Opened = { readonly order: string; readonly buyer: string; readonly seller: string; readonly amount: string };

/** Where an order stands when it is made. */
export const openState = ({ order, buyer, seller, amount }: Opened, source: string | null = null) =>
  insert(
    orderStates,
    {
      orderId: order,
      buyerId: buyer,
      sellerId: seller,
      status: "'pending'",
      changes: "1",
      escrow: amount,
      releasedAmount: "0",
      lastSeq: "1",
      activityAt: NOW,
    },
    source,
  );

const named = <Texts extends Readonly<Record<string, string>>>(step: string, texts: Texts) =>
  Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [name, { name: `${step} ${name}`, text } satisfies Statement]),
  ) as { readonly [Name in keyof Texts]: Statement };

export const CREATE = named("create", {
  readAd: "select maker_id from exchange.ads where id = :ad_id",
  lockTraders,
  readClaim,
  lockAd,
  lockAccount: `select * from exchange.accounts where id = ${available(":seller")} for update`,
  lockListing: "select * from exchange.listings where maker_id = :seller and type = 'sell' for update",
  insertOrder: `${insert(
    orders,
    {
      id: `nextval('${SEQUENCES.orders}')`,
      adId: "a.id",
      adVersion: "a.version",
      adType: "a.type",
      makerId: "a.maker_id",
      takerId: ":buyer::text",
      buyerId: ":buyer::text",
      sellerId: "a.maker_id",
      usdtAmount: ":amount::bigint",
      fiatAmount: "(:amount::bigint * a.exchange_rate + 50) / 100",
      fiatCurrency: "a.fiat_currency",
      exchangeRate: "a.exchange_rate",
      paymentMethod: ":method::text",
      paymentDetails: "a.payment_details",
      instructions: "a.instructions",
      createdAt: NOW,
      payBy: `${NOW} + coalesce(a.payment_window_minutes, :pay_minutes::int) * interval '1 minute'`,
    },
    "exchange.ads a where a.id = :ad_id",
  )} returning *`,
  insertState: `${openState({ order: ":order_id::bigint", buyer: ":buyer::text", seller: ":seller::text", amount: ":amount::bigint" })} returning *`,
  insertHistory: insertHistory(1, "pending", null, "create"),
  insertDeadline: insert(orderDeadlines, { orderId: "id", dueAt: "pay_by" }, "exchange.orders where id = :order_id"),
  fillAd: `update exchange.ads set open_amount = open_amount + :amount, ${BUMP} where id = :ad_id`,
  occupyTaker: `update exchange.traders set open_deposit_order = :order_id, ${BUMP} where id = :buyer`,
  takeFromSeller: `update exchange.accounts set balance = balance - :amount, ${BUMP} where id = ${available(":seller")}`,
  insertTransfer: insertTransfer(
    { kind: "escrow_hold", from: "a.id", to: ESCROW, fromAfter: "a.balance", toAfter: ":amount::bigint" },
    `exchange.accounts a where a.id = ${available(":seller")}`,
  ),
  refreshListings: `update exchange.listings l set remaining_amount = l.remaining_amount - :amount,
      available_amount = least(l.remaining_amount - :amount, a.balance),
      shown = l.shown and least(l.remaining_amount - :amount, a.balance) >= l.min_amount,
      row_version = l.row_version + 1
    from exchange.accounts a
    where l.maker_id = :seller and l.type = 'sell' and a.id = ${available(":seller")}`,
  insertClaim: insertClaim("create"),
  tellEvents: tellEvents(1, "pending", null, "seller"),
});

export const PAID = named("paid", {
  readOrder,
  lockTraders,
  readClaim,
  lockState,
  pay: `update exchange.order_states set status = 'paid_by_buyer', changes = changes + 1, paid_at = ${NOW},
      last_seq = last_seq + 1, activity_at = ${NOW},
      release_by = ${NOW} + :release_minutes::int * interval '1 minute', ${BUMP}
    where order_id = :order_id returning *`,
  insertHistory: insertHistory(2, "paid_by_buyer", null, "confirm-paid"),
  insertDeadline: insert(
    orderDeadlines,
    { orderId: "order_id", dueAt: "release_by" },
    "exchange.order_states where order_id = :order_id",
  ),
  insertClaim: insertClaim("paid"),
  tellEvents: tellEvents(2, "paid_by_buyer", null, null),
});

export const RECEIVED = named("received", {
  readOrder,
  lockTraders,
  readClaim,
  lockState,
  lockAd,
  lockAccounts: `select * from exchange.accounts where id = ${available(":buyer")} for update`,
  lockListings: `select * from exchange.listings l join exchange.listing_counts k using (maker_id, type)
    where maker_id in (:seller, :buyer) order by maker_id, type for update`,
  complete: `update exchange.order_states set status = 'completed', outcome = 'released', completed = true,
      changes = changes + 1, last_seq = last_seq + 1, activity_at = ${NOW}, ended_activity_at = ${NOW},
      completed_at = ${NOW}, escrow = escrow - :amount, released_amount = :amount, ${BUMP}
    where order_id = :order_id returning *`,
  insertHistory: insertHistory(3, "completed", "released", "confirm-received"),
  giveToBuyer: `update exchange.accounts set balance = balance + :amount, ${BUMP} where id = ${available(":buyer")}`,
  insertTransfer: insertTransfer(
    { kind: "escrow_release", from: ESCROW, to: "a.id", fromAfter: "s.escrow", toAfter: "a.balance" },
    `exchange.accounts a, exchange.order_states s where a.id = ${available(":buyer")} and s.order_id = :order_id`,
  ),
  settleAd: `update exchange.ads set open_amount = open_amount - :amount, released_amount = released_amount + :amount,
      ${BUMP} where id = :ad_id`,
  recordBuyer: `update exchange.traders set open_deposit_order = null, orders_count = orders_count + 1,
      deposited_total = deposited_total + :amount,
      wagering_required = wagering_required + :amount::bigint * :multiplier::bigint, ${recordDay},
      median_pay_seconds = 0, ${knowPartner(":seller")}, ${BUMP}
    where id = :buyer returning *`,
  recordSeller: `update exchange.traders set orders_count = orders_count + 1, ${recordDay}, median_release_seconds = 0,
      ${knowPartner(":buyer")}, ${BUMP}
    where id = :seller returning *`,
  recordDurations,
  recordPartners,
  countListings: `update exchange.listing_counts set orders_count = orders_count + 1, ${BUMP}
    where maker_id in (:seller, :buyer)`,
  refreshListings: `update exchange.listings l set row_version = l.row_version + 1,
      available_amount = case l.type when 'sell' then least(l.remaining_amount, a.balance) else l.available_amount end
    from exchange.accounts a
    where l.maker_id in (:seller, :buyer) and a.id = 'available/' || l.maker_id`,
  insertClaim: insertClaim("received"),
  tellEvents: tellEvents(3, "completed", "released", "buyer"),
});

/** What the engine's own connection sets, so that nobody's plans are luckier: look-ups by index, planned once. */
export const PLANNER = {
  enable_seqscan: "off",
  enable_hashjoin: "off",
  enable_mergejoin: "off",
  plan_cache_mode: "force_generic_plan",
  jit: "off",
  timezone: "UTC",
} as const;

/** As the start-up option of a connection. */
export const PLANNER_OPTIONS = Object.entries(PLANNER)
  .map(([name, value]) => `-c ${name}=${value}`)
  .join(" ");

/** `:name` as `$n`, with the names in order. `::` is a cast. */
export const numbered = (text: string): { readonly text: string; readonly names: readonly string[] } => {
  const names: string[] = [];
  const replaced = text.replace(/(?<!:):([a-z_]+)/g, (_, name: string) => `$${names.push(name)}`);
  return { text: replaced, names };
};

/** The same events, numbered without a lock: with gaps, and not in the order of commits. */
export const TELL_BY_SEQUENCE = named("sequence", {
  create: tellEvents(1, "pending", null, "seller", "sequence"),
  paid: tellEvents(2, "paid_by_buyer", null, null, "sequence"),
  received: tellEvents(3, "completed", "released", "buyer", "sequence"),
});
