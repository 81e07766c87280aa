/** How the rail knows a trade: by the external id of its order. */
import type { OrderId } from "../kernel/index.ts";

export const PREFIX = "trade-";
const TRADE = new RegExp(`^${PREFIX}(\\d{1,16})$`);

export const externalIdOf = (orderId: OrderId): string => `${PREFIX}${orderId}`;

/** Null for what was not made here. */
export const orderIdOf = (externalId: string): OrderId | null => {
  const digits = TRADE.exec(externalId)?.[1];
  return digits === undefined ? null : (Number(digits) as OrderId);
};
