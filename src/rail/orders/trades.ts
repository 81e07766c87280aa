/**
 * Orders of trades: whoever settles a trade over the rail takes part in it as one participant in each world, without a key,
 * since it stands in the same process. What a bank does to such an order is an event of the rail's feed, not a callback.
 */
import type { Event } from "../../engine/index.ts";
import { event, type TradeReturn, type TradeStep } from "../events.ts";
import type { Mode, OrderState } from "../tables/index.ts";

/** Fixed, so that every node knows it without asking. */
export const SETTLEMENT: Readonly<Record<Mode, string>> = {
  sandbox: "00000000-0000-7000-8000-000000000001",
  production: "00000000-0000-7000-8000-000000000002",
};

/** The recipient of what befalls orders of trades. */
export const SETTLEMENT_FEED = "settlement";

export const isOfTrade = ({ participantGuid }: Pick<OrderState, "participantGuid">): boolean =>
  participantGuid === SETTLEMENT.sandbox || participantGuid === SETTLEMENT.production;

type Report = {
  readonly step: TradeStep;
  readonly paymentGuid?: string;
  /** In the words of the bank that refused it. */
  readonly reason?: string | null;
  /** Of a return alone. */
  readonly returned?: TradeReturn | null;
};

/** None for the order of a bank. */
export const tradeEvents = (
  order: Pick<OrderState, "participantGuid" | "orderGuid">,
  { step, paymentGuid, reason = null, returned = null }: Report,
): readonly Event[] =>
  isOfTrade(order)
    ? [
        event("trade", [SETTLEMENT_FEED], {
          order_guid: order.orderGuid,
          step,
          payment_guid: paymentGuid ?? null,
          reason,
          returned,
        }),
      ]
    : [];
