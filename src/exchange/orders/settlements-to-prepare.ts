/** Orders that wait for a link to be paid by over the rail: what the link has to say. */
import type { Pool } from "pg";
import type { Amount, Instant, OrderId, TraderId } from "../../kernel/index.ts";
import { select } from "../rows.ts";
import { orders } from "../tables/index.ts";

const ORDER = select(orders, "o", ["id", "sellerId", "paymentDetails", "fiatAmount", "fiatCurrency", "payBy"]);

export type OrderToPrepare = {
  readonly id: OrderId;
  readonly sellerId: TraderId;
  /** The seller's, as ciphertext. */
  readonly paymentDetails: string;
  readonly fiatAmount: Amount;
  readonly fiatCurrency: string;
  readonly payBy: Instant;
};

/** Oldest first. An order that has ended by now is among them: it has no link, and that is said. */
export const ordersToPrepare = async (pool: Pool, limit: number): Promise<readonly OrderToPrepare[]> => {
  const { rows } = await pool.query({
    name: "orders to prepare",
    text: `select ${ORDER.list} from exchange.settlements s join exchange.orders o on o.id = s.order_id
      where s.state = 'preparing' order by s.order_id limit $1`,
    values: [limit],
  });
  return rows.map(ORDER.rowOf);
};
