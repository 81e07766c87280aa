/**
 * The same transitions for pgbench, folded: under the parties' locks and after a look at the key, one statement writes
 * everything of a step. It leaves the rows that `statements.ts` leaves. Sent one by one, as the handler does, the
 * statements made pgbench slower at every number of clients: this is the stronger opponent.
 */

import { orderDeadlines } from "../../src/exchange/tables/index.ts";
import type { TransferKind } from "../../src/ledger/index.ts";
import { insert } from "./insert.ts";
import {
  available,
  CREATE,
  insertClaim,
  insertHistory,
  insertTransfer,
  openState,
  PAID,
  RECEIVED,
  recordDay,
  recordDurations,
  recordPartners,
  type Transition,
} from "./statements.ts";

const BUMP = "row_version = row_version + 1";

const fold = (step: string, parts: Readonly<Record<string, string>>, last: string) => ({
  name: step,
  text: `with ${Object.entries(parts)
    .map(([name, text]) => `${name} as (${text})`)
    .join(",\n")}\n${last}`,
});

const transferOf = (kind: TransferKind, from: string, to: string, order: string) =>
  insertTransfer(
    { kind, from: "f.id", to: "t.id", fromAfter: "f.balance", toAfter: "t.balance", order },
    `${from} f, ${to} t`,
  );

const create = fold(
  "create",
  {
    o: CREATE.insertOrder.text,
    st: `${openState({ order: "id", buyer: "buyer_id", seller: "seller_id", amount: "usdt_amount" }, "o")}
      returning 'escrow/' || order_id as id, escrow as balance`,
    history: insertHistory(1, "pending", null, "create", "(select id from o)"),
    due: insert(orderDeadlines, { orderId: "id", dueAt: "pay_by" }, "o"),
    ad: `update exchange.ads set open_amount = open_amount + :amount, ${BUMP} where id = :ad_id`,
    taker: `update exchange.traders t set open_deposit_order = o.id, row_version = t.row_version + 1 from o
      where t.id = :buyer`,
    held: `update exchange.accounts set balance = balance - :amount, ${BUMP} where id = ${available(":seller")}
      returning id, balance`,
    moved: transferOf("escrow_hold", "held", "st", "(select id from o)"),
    listed: `update exchange.listings l set remaining_amount = l.remaining_amount - :amount,
        available_amount = least(l.remaining_amount - :amount, held.balance),
        shown = l.shown and least(l.remaining_amount - :amount, held.balance) >= l.min_amount,
        row_version = l.row_version + 1
      from held where l.maker_id = :seller and l.type = 'sell'`,
    claim: insertClaim("create"),
  },
  "select id as order_id from o",
);

const paid = fold(
  "paid",
  {
    st: PAID.pay.text,
    history: insertHistory(2, "paid_by_buyer", null, "confirm-paid"),
    due: insert(orderDeadlines, { orderId: "order_id", dueAt: "release_by" }, "st"),
    claim: insertClaim("paid"),
  },
  "select status from st",
);

const received = fold(
  "received",
  {
    st: RECEIVED.complete.text,
    history: insertHistory(3, "completed", "released", "confirm-received"),
    emptied: "select 'escrow/' || order_id as id, escrow as balance from st",
    given: `${RECEIVED.giveToBuyer.text} returning id, balance`,
    moved: transferOf("escrow_release", "emptied", "given", ":order_id::bigint"),
    ad: RECEIVED.settleAd.text,
    people: `update exchange.traders set orders_count = orders_count + 1,
        open_deposit_order = case id when :buyer then null else open_deposit_order end,
        deposited_total = deposited_total + case id when :buyer then :amount::bigint else 0 end, ${recordDay},
        median_pay_seconds = case id when :buyer then 0 else median_pay_seconds end,
        median_release_seconds = case id when :seller then 0 else median_release_seconds end,
        partners_count = partners_count + case when exists (select from exchange.partners p
          where p.trader_id = exchange.traders.id and p.partner_id in (:buyer, :seller)) then 0 else 1 end, ${BUMP}
      where id in (:buyer, :seller)`,
    durations: recordDurations,
    partners: recordPartners,
    listed: RECEIVED.countListings.text,
    claim: insertClaim("received"),
  },
  "select status from st",
);

export const FOLDED = {
  create: { lockTraders: CREATE.lockTraders, readClaim: CREATE.readClaim, create, tellEvents: CREATE.tellEvents },
  paid: { lockTraders: PAID.lockTraders, readClaim: PAID.readClaim, paid, tellEvents: PAID.tellEvents },
  received: {
    lockTraders: RECEIVED.lockTraders,
    readClaim: RECEIVED.readClaim,
    received,
    tellEvents: RECEIVED.tellEvents,
  },
} satisfies Readonly<Record<string, Transition>>;
