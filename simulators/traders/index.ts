/**
 * Simulated traders: each answers whoever takes one of its ads, over HTTP and the event stream, by the same rules as
 * everybody. They are programs with a token, and know no other way in.
 */
import { createClient } from "@parley/client";
import { type Act, PACE_MS } from "./acts.ts";
import { runTrader } from "./trader.ts";

export { type Act, actsOf, type Order, PACE_MS } from "./acts.ts";

export type SimulatedTrader = { readonly id: string; readonly name: string };

export type TradersOptions = {
  /** Of the exchange's listener. */
  readonly baseUrl: string;
  readonly traders: readonly SimulatedTrader[];
  /** Asked again when the last one has run out. */
  readonly tokenOf: (trader: SimulatedTrader) => Promise<string>;
  readonly say: (line: string) => void;
  readonly pace?: Readonly<Record<Act, number>>;
};

export type RunningTraders = {
  /** Resolves when nothing of theirs is open: no stream, no call, no timer. */
  stop(): Promise<void>;
};

export const startTraders = ({ baseUrl, traders, tokenOf, say, pace = PACE_MS }: TradersOptions): RunningTraders => {
  const ending = new AbortController();
  const running = traders.map((trader) => {
    const client = createClient({ baseUrl, clientName: "simulated-trader", token: () => tokenOf(trader) });
    return runTrader({ name: trader.name, client, pace, say, signal: ending.signal });
  });
  return {
    async stop() {
      ending.abort();
      await Promise.all(running);
    },
  };
};
