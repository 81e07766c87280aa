/** Reading orders. A bank's own only: of another's nobody learns that it is there. */
import type { Pool } from "pg";
import { rowOf } from "../../database/index.ts";
import { columnName } from "../../engine/index.ts";
import { type Order, type OrderState, orderStates, orders } from "../tables.ts";

export type FoundOrder = { readonly order: Order; readonly state: OrderState };

const STATE_COLUMNS = Object.keys(orderStates.columns).map(columnName);
const ORDER_COLUMNS = Object.keys(orders.columns)
  .map(columnName)
  .filter((column) => !STATE_COLUMNS.includes(column));

const SELECT = `select ${ORDER_COLUMNS.map((column) => `o.${column}`).join(", ")},
    ${STATE_COLUMNS.map((column) => `s.${column}`).join(", ")}
  from rail.orders o join rail.order_states s on s.order_guid = o.guid`;

const foundIn = (record: Readonly<Record<string, unknown>> | undefined): FoundOrder | null =>
  record === undefined ? null : { order: rowOf<Order>(orders, record), state: rowOf<OrderState>(orderStates, record) };

export const findOrder = async (pool: Pool, participantGuid: string, guid: string): Promise<FoundOrder | null> => {
  const { rows } = await pool.query({
    name: "rail order",
    text: `${SELECT} where o.guid = $1 and o.participant_guid = $2`,
    values: [guid, participantGuid],
  });
  return foundIn(rows[0]);
};

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

/** For what is public, or told to others: whoever calls it decides what of it may be shown. */
export const findAnyOrder = async (pool: Pool, guid: string): Promise<FoundOrder | null> => {
  const { rows } = await pool.query({ name: "any rail order", text: `${SELECT} where o.guid = $1`, values: [guid] });
  return foundIn(rows[0]);
};
