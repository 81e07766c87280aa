/**
 * Who has been here: makes a trader at the first valid call, once per node by a command of its own, and notes when
 * each was last seen.
 */
import { LRUCache } from "lru-cache";
import type { Pool } from "pg";
import type { Executor } from "../../engine/index.ts";
import { type Instant, instant, type TraderId } from "../../kernel/index.ts";
import { registerTrader, seenStep } from "./register-trader.ts";

/** Traders remembered by this node, some 200 bytes each. Forgetting one costs a command that changes nothing. */
const REMEMBERED = 100_000;
/** Traders noted as seen in one statement. */
const SEEN_AT_ONCE = 1_000;

type Known = { name: string | null; seen: Instant };

export type Presence = {
  /** Nothing to wait for, when this node knows the trader already. */
  welcome(trader: TraderId, name: string | null): Promise<void> | undefined;
  /** Writes down who was seen. */
  flush(): Promise<void>;
};

export const createPresence = (executor: Executor, chores: Pool): Presence => {
  const known = new LRUCache<TraderId, Known>({ max: REMEMBERED });
  const arriving = new Map<TraderId, Promise<void>>();
  const seen = new Map<TraderId, Instant>();

  const arrive = async (trader: TraderId, name: string | null): Promise<void> => {
    await executor.submit(registerTrader, { traderId: trader, name }, { caller: trader });
    known.set(trader, { name, seen: seenStep(instant(Date.now())) });
    seen.set(trader, seenStep(instant(Date.now())));
  };

  return {
    welcome(trader, name) {
      const acquaintance = known.get(trader);
      if (acquaintance !== undefined && (name === null || acquaintance.name === name)) {
        const step = seenStep(instant(Date.now()));
        if (step > acquaintance.seen) {
          acquaintance.seen = step;
          seen.set(trader, step);
        }
        return undefined;
      }
      const waiting = arriving.get(trader) ?? arrive(trader, name).finally(() => arriving.delete(trader));
      arriving.set(trader, waiting);
      return waiting;
    },

    async flush() {
      const batch = [...seen].slice(0, SEEN_AT_ONCE);
      if (batch.length === 0) return;
      for (const [trader] of batch) seen.delete(trader);
      // Skips gates that are held: being seen a few minutes later is nothing to wait for, and no lock is waited for in
      // an order of its own.
      await chores.query({
        text: `with free as (
            select t.id, u.at from unnest($1::text[], $2::timestamptz[]) as u(id, at)
            join exchange.traders t on t.id = u.id where t.last_seen_at < u.at
            order by t.id for no key update of t skip locked)
          update exchange.traders t set last_seen_at = free.at from free where t.id = free.id`,
        values: [batch.map(([trader]) => trader), batch.map(([, at]) => new Date(at))],
      });
    },
  };
};
