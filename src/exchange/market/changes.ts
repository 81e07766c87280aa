/** Tells when what the market shows has changed: by this node's own commits at once, by others' through the feed. */
import type { Feed, Store } from "../../engine/index.ts";
import { mayChangeMarket } from "../events.ts";
import { accounts, ads, listings, traders } from "../tables/index.ts";

/** What pages show, and what the reasons follow from that callers are told. */
const SHOWN: ReadonlySet<string> = new Set([listings.name, ads.name, traders.name, accounts.name]);

/** The same store, which tells of a commit before whoever waits for it hears of it. */
export const watchStore = (store: Store, onChange: () => void): Store => ({
  ...store,
  async transact(plan, decide) {
    let changes = false;
    try {
      await store.transact(plan, (loaded) => {
        const save = decide(loaded);
        changes = [...save.inserts, ...save.updates].some(({ table }) => SHOWN.has(table.name));
        return save;
      });
    } finally {
      // Also when it failed: a commit whose fate is not known may have come about.
      if (changes) onChange();
    }
  },
});

/** @returns how to stop it */
export const watchFeed = (feed: Feed, onChange: () => void): (() => void) =>
  feed.follow((type) => {
    if (type === null || mayChangeMarket(type)) onChange();
  });
