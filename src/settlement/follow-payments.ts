/**
 * Hands what the banks do to orders of trades on to the exchange, in the order of the rail's feed. Each report has its effect
 * once by its claim, so that nodes may read beside each other, and what a crash left half done is done again.
 */
import { type FeedEvent, type Place, Unavailable } from "../engine/index.ts";
import type { SettlementAction } from "../exchange/index.ts";
import { SETTLEMENT_FEED, type TradeEvent } from "../rail/index.ts";
import { moveCursor, readCursor } from "./cursor.ts";
import type { SettlementDeps } from "./deps.ts";
import { orderIdOf } from "./trade.ts";

const AT_ONCE = 100;

const ACTIONS: Readonly<Record<TradeEvent["step"], SettlementAction>> = {
  opened: "payment-opened",
  announced: "payment-announced",
  confirmed: "payment-confirmed",
  refused: "payment-failed",
  expired: "payment-failed",
  returned: "payment-returned",
};

/** What a bank said that refused a payment is for the parties to see; it may say nothing. */
const reasonOf = ({ step, reason }: TradeEvent): string =>
  step === "expired" ? "EXPIRED" : (reason ?? "REFUSED_BY_CREDITOR_BANK");

type FollowDeps = Pick<SettlementDeps, "exchange" | "rail" | "railFeed" | "pool" | "onFailure">;

export const createFollowPayments = ({ exchange, rail, railFeed, pool, onFailure }: FollowDeps) => {
  const handOn = async ({ position, data }: FeedEvent, { epoch }: Place): Promise<void> => {
    const event = data as TradeEvent;
    const externalId = await rail.trades.externalIdOf(event.order_guid);
    const orderId = externalId === null ? null : orderIdOf(externalId);
    if (orderId === null) throw new Error(`rail order ${event.order_guid} is of no trade`);
    const action = ACTIONS[event.step];
    const facts = {
      ...(event.payment_guid !== null && { paymentGuid: event.payment_guid }),
      ...(action === "payment-failed" && { reason: reasonOf(event) }),
    };
    await exchange.settling.settle({ orderId, action, facts, returned: event.returned }, `${epoch}-${position}`);
  };

  return async (): Promise<void> => {
    for (;;) {
      const place = await readCursor(pool, railFeed.place());
      const history = await railFeed.history([SETTLEMENT_FEED], place, AT_ONCE);
      if (history === "gone") {
        onFailure("following payments of trades", new Error("the rail's feed is not kept so long: goes on from now"));
        await moveCursor(pool, railFeed.place());
        return;
      }
      try {
        for (const event of history.events) await handOn(event, place);
      } catch (error) {
        // Nothing was done, or it is not known: the same events come again.
        if (error instanceof Unavailable) return;
        throw error;
      }
      if (history.next > place.position) await moveCursor(pool, { epoch: place.epoch, position: history.next });
      if (history.events.length < AT_ONCE) return;
    }
  };
};
