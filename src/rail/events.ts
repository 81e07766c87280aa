/** The events between the rail's nodes, and for whoever settles trades over it. Banks get callbacks instead, which `callbacks/` declares. */
import { defineEvents } from "../engine/index.ts";

/** The recipient of changes to the directory: every node. */
export const DIRECTORY = "directory";

/** `expired`: no payment has taken it, and none will. */
export type TradeStep = "opened" | "announced" | "confirmed" | "refused" | "expired" | "returned";

/** @property amount minor units @property whole nothing of the payment is left with its receiver */
export type TradeReturn = { readonly amount: number; readonly whole: boolean };

type Payloads = {
  /** A participant or one of its keys has changed: every node reads the directory anew. */
  readonly directory: { readonly guid: string };
  /** A bank did something to the order of a trade: whoever settles the trade follows it. */
  readonly trade: {
    readonly order_guid: string;
    readonly step: TradeStep;
    readonly payment_guid: string | null;
    readonly reason: string | null;
    readonly returned: TradeReturn | null;
  };
};

/** What befalls the order of a trade, as it is read from the feed. */
export type TradeEvent = Payloads["trade"];

export const event = defineEvents<Payloads>();
