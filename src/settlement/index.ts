/**
 * A trade that confirms itself: an order of the exchange whose payment goes over the rail. It stands above both, reads the
 * one's waiting orders and the other's feed, and submits their commands; it writes no row of theirs. Killed anywhere, it goes
 * on: a link is made once for a trade, and a report of the rail has its effect once.
 */
import { createTrigger, type MaintenanceTask } from "../engine/index.ts";
import { SETTLEMENTS } from "../exchange/index.ts";
import { SECOND } from "../kernel/index.ts";
import { SETTLEMENT_FEED } from "../rail/index.ts";
import type { SettlementDeps } from "./deps.ts";
import { createFollowPayments } from "./follow-payments.ts";
import { createPrepareLinks } from "./prepare-links.ts";

export { auditSettlement } from "./audit.ts";
export { SETTLEMENT_GRANTS } from "./grants.ts";

export type Settlement = {
  readonly chores: readonly MaintenanceTask[];
  close(): Promise<void>;
};

/** Without a wake-up it is looked so often. */
const LOOK_MS = SECOND;

export const createSettlement = (deps: SettlementDeps): Settlement => {
  const tasks = [
    { name: "make links for trades", run: createPrepareLinks(deps), feed: deps.exchangeFeed, recipient: SETTLEMENTS },
    {
      name: "follow payments of trades",
      run: createFollowPayments(deps),
      feed: deps.railFeed,
      recipient: SETTLEMENT_FEED,
    },
  ];
  const woken = tasks.map(({ name, run, feed, recipient }) => {
    const trigger = createTrigger(run, (error) => deps.onFailure(name, error));
    const unsubscribe = feed.subscribe(recipient, trigger.fire);
    return { trigger, unsubscribe };
  });
  return {
    chores: tasks.map(({ name, run }) => ({ name, everyMs: LOOK_MS, run })),
    async close() {
      for (const { unsubscribe } of woken) unsubscribe();
      await Promise.all(woken.map(({ trigger }) => trigger.stop()));
    },
  };
};
