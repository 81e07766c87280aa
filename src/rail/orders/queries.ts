/** Reading orders. A bank sees its own only, and does not learn whether another bank's exists. */
import type { Pool } from "pg";
import { rowOf, select } from "../../database/index.ts";
import { columnName } from "../../engine/index.ts";
import { createBatcher } from "../batcher.ts";
import { type Order, type OrderState, orderStates, orders, type Payment, payments } from "../tables/index.ts";

/** @property payment the last one that was announced */
export type FoundOrder = { readonly order: Order; readonly state: OrderState; readonly payment: OrderPayment | null };
export type OrderPayment = Pick<Payment, "guid" | "status" | "amountText" | "currency" | "createdAt">;

const ORDER_COLUMNS = Object.keys(orders.columns).map(columnName);
const STATE_COLUMNS = Object.keys(orderStates.columns).map(columnName);

/** Both have a creditor's account: the one that was sent for a link, the one that was found for a phone. */
const STATE = "state_";

const PAYMENT = select(payments, "p", ["guid", "status", "amountText", "currency", "createdAt"]);

const SELECT = `select ${ORDER_COLUMNS.map((column) => `o.${column}`).join(", ")},
    ${STATE_COLUMNS.map((column) => `s.${column} as ${STATE}${column}`).join(", ")}, ${PAYMENT.list}
  from rail.orders o join rail.order_states s on s.order_guid = o.guid
    left join rail.payments p on p.guid = s.payment_guid`;

const foundIn = (record: Readonly<Record<string, unknown>> | undefined): FoundOrder | null => {
  if (record === undefined) return null;
  const state = Object.fromEntries(STATE_COLUMNS.map((column) => [column, record[`${STATE}${column}`]]));
  const shown = rowOf(orderStates, state);
  const payment = shown.paymentGuid === null ? null : PAYMENT.rowOf(record);
  return { order: rowOf(orders, record), state: shown, payment };
};

export type OwnOrder = { readonly participantGuid: string; readonly guid: string };
export type FindOrder = (own: OwnOrder) => Promise<FoundOrder | null>;

/** In one statement. */
const AT_ONCE = 200;

/** Banks ask for their orders more often than for anything else: those who ask at once are answered at once. */
export const createFindOrder = (pool: Pool): FindOrder =>
  createBatcher<OwnOrder, FoundOrder | null>(AT_ONCE, async (wanted) => {
    const { rows } = await pool.query({
      name: "rail orders",
      text: `${SELECT} where o.guid = any($1::text[])`,
      values: [wanted.map(({ guid }) => guid)],
    });
    const found = new Map(rows.map((row) => [row.guid, foundIn(row)]));
    return wanted.map(({ participantGuid, guid }) => {
      const one = found.get(guid) ?? null;
      return one?.order.participantGuid === participantGuid ? one : null;
    });
  });

export const findOrderByExternalId = async (
  pool: Pool,
  participantGuid: string,
  externalId: string,
): Promise<FoundOrder | null> => {
  const { rows } = await pool.query({
    name: "rail order by external id",
    text: `${SELECT} join rail.external_ids e on e.target_guid = o.guid
      where e.participant_guid = $1 and e.kind = 'order' and e.external_id = $2`,
    values: [participantGuid, externalId],
  });
  return foundIn(rows[0]);
};

/** For public pages and callbacks: the caller decides what of it may be shown. */
export const findAnyOrder = async (pool: Pool, guid: string): Promise<FoundOrder | null> => {
  const { rows } = await pool.query({ name: "any rail order", text: `${SELECT} where o.guid = $1`, values: [guid] });
  return foundIn(rows[0]);
};
