/** What a front end shows of its user: own rows alone, each found by an index that holds what is open. */
import type { Pool } from "pg";
import type { AnswerOf, Caller } from "../../http/index.ts";
import { type Instant, instant, type TraderId, toNumber, toRfc3339 } from "../../kernel/index.ts";
import { CHAT_OPEN_AFTER_END_MS } from "../chat/index.ts";
import { awaitedFrom, CLAIMED_SIDE, type OrderDocument, ordersOf } from "../orders/index.ts";
import { rowOf } from "../rows.ts";
import type { Settings } from "../settings.ts";
import { ROLES, type Trader, traders } from "../tables/index.ts";
import { cancelsLeft, profileView, refuseToSell } from "../traders/index.ts";
import type { MeSchema, OrderBriefSchema } from "./schemas.ts";

type Brief = AnswerOf<typeof OrderBriefSchema>;

/** Of a maker with more open orders, the newest are shown; all others are in the list of orders. */
const MAX_ACTIVE = 100;
/** After every time that is told. */
const NEVER = "9999";
/** Ended orders whose chats are open: those with the newest activity are counted. */
const MAX_CHATS = 1_000;

export type MeDeps = {
  readonly pool: Pool;
  readonly settings: Settings;
  /** How much happened that the caller has not seen. */
  readonly unseen: () => Promise<number>;
};

export const findMe = async ({ pool, settings, unseen }: MeDeps, { traderId: id, roles, session }: Caller) => {
  const [{ trader, now }, orders, unread, notifications] = await Promise.all([
    findTrader(pool, id),
    findOpen(pool, id),
    countUnread(pool, id),
    unseen(),
  ]);
  const shown = orders.map(briefOf);
  const mine = shown.filter((order) => order.waits_for === "me");
  return {
    profile: profileView(trader, now),
    roles: [...roles],
    unread_total: unread,
    notifications_unread: notifications,
    your_turn: mine.toSorted((a, b) => ((a.until ?? NEVER) < (b.until ?? NEVER) ? -1 : 1)),
    active_orders: shown.filter(({ status }) => status !== "cancelled"),
    open_deposit_order: trader.openDepositOrder,
    open_withdraw_order: trader.openWithdrawOrder,
    cancels_left: cancelsLeft(trader, now),
    withdrawal: withdrawalOf(trader, settings),
    second_factor: { enabled: session?.hasSecondFactor === true },
    server_time: toRfc3339(now),
  } satisfies AnswerOf<typeof MeSchema>;
};

/** With the database's time, by which deadlines are judged. */
const findTrader = async (pool: Pool, id: TraderId): Promise<{ readonly trader: Trader; readonly now: Instant }> => {
  const { rows } = await pool.query({
    name: "own row",
    text: `select *, floor(extract(epoch from now()) * 1000)::int8 as server_time from exchange.traders where id = $1`,
    values: [id],
  });
  return { trader: rowOf(traders, rows[0]), now: instant(rows[0]?.server_time) };
};

/** Orders that are open, and ended ones with a claim that the trader may honour. */
const findOpen = async (pool: Pool, id: TraderId): Promise<readonly OrderDocument[]> => {
  const walks = ROLES.map(
    (role) => `(select order_id from exchange.order_states where ${role}_id = $1 and completed is null
      order by order_id desc limit ${MAX_ACTIVE})`,
  );
  const claimed = `(select order_id from exchange.order_states where ${CLAIMED_SIDE}_id = $1 and payment_claim = 'open'
    order by order_id desc limit ${MAX_ACTIVE})`;
  const { rows } = await pool.query<{ order_id: number }>({
    name: "open orders",
    text: `select order_id from (select order_id from (${walks.join(" union all ")}) o order by order_id desc limit ${MAX_ACTIVE}) a
      union all ${claimed}`,
    values: [id],
  });
  const found = await ordersOf(
    pool,
    id,
    rows.map(({ order_id }) => order_id),
  );
  return found.toSorted((a, b) => b.id - a.id);
};

const countUnread = async (pool: Pool, id: TraderId): Promise<number> => {
  const walks = ROLES.flatMap((role) => {
    const unread = `select ${role}_lines - ${role}_lines_read as unread from exchange.order_states where ${role}_id = $1`;
    return [
      `(${unread} and completed is null)`,
      `(${unread} and ended_activity_at > now() - interval '${CHAT_OPEN_AFTER_END_MS} milliseconds'
        order by ended_activity_at desc limit ${MAX_CHATS})`,
    ];
  });
  const { rows } = await pool.query<{ unread: number }>({
    name: "unread in all",
    text: `select coalesce(sum(unread), 0)::int8 as unread from (${walks.join(" union all ")}) c`,
    values: [id],
  });
  return rows[0]?.unread ?? 0;
};

const briefOf = (order: OrderDocument): Brief => {
  const { id, name } = order.role === "buyer" ? order.seller : order.buyer;
  const action = awaitedFrom(order);
  const deadlines: Readonly<Partial<Record<OrderDocument["status"], string | null>>> = {
    pending: order.pay_by,
    paid_by_buyer: order.release_by,
  };
  return {
    order_id: order.id,
    ad_id: order.ad_id,
    status: order.status,
    role: order.role,
    side: order.side,
    counterparty: { id, name },
    usdt_amount: order.usdt_amount,
    fiat_amount: order.fiat_amount,
    fiat_currency: order.fiat_currency,
    payment_method: order.payment_method,
    unread: order.unread,
    waits_for: order.status === "disputed" ? "operator" : action === null ? "other" : "me",
    action,
    until: deadlines[order.status] ?? null,
  };
};

const withdrawalOf = (trader: Trader, settings: Settings): AnswerOf<typeof MeSchema>["withdrawal"] => ({
  allowed: refuseToSell(trader, settings) === undefined,
  min_deposit: {
    required: toNumber(settings.minDeposit),
    deposited: toNumber(trader.depositedTotal),
    met: trader.depositedTotal >= settings.minDeposit,
  },
  wagering: {
    required: toNumber(trader.wageringRequired),
    wagered: toNumber(trader.wagered),
    met: trader.wagered >= trader.wageringRequired,
  },
});
