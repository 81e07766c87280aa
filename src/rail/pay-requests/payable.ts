/** When an order, or a request to pay it, takes no money. */
import type { Instant } from "../../kernel/index.ts";
import type { Order, OrderState, Phone } from "../tables/index.ts";

/** By the clock as well: the deadline's own command may come a moment later. */
export const isOver = ({ expiresAt }: Order, { statusReason }: OrderState, now: Instant): boolean =>
  now >= expiresAt || statusReason === "EXPIRED";

/** Whether the phone leads to another account than when the order's creditor was fixed. */
export const isMoved = (phone: Phone | undefined, order: OrderState): boolean =>
  phone?.account !== order.creditorAccount || phone?.participantGuid !== order.creditorParticipantGuid;
