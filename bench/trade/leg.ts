/** One contestant, so many clients, so long: what is asked and what is measured. */
import type { Market } from "./market.ts";

export type Leg = {
  readonly host: string;
  readonly port: number;
  readonly clients: number;
  readonly warmupMs: number;
  readonly measureMs: number;
  /** Everybody takes the first maker's ad. */
  readonly hot: boolean;
  readonly market: Market;
};

export const STEPS = ["create", "confirm-paid", "confirm-received"] as const;
export type StepName = (typeof STEPS)[number];

/** All in milliseconds; of what ended within the measured time. */
export type Measured = {
  /** Whole trades, also those outside the measured time. */
  readonly allTrades: number;
  readonly trades: readonly number[];
  readonly steps: Readonly<Record<StepName, readonly number[]>>;
  readonly perSecond: readonly number[];
  readonly seconds: number;
  /** Answers 503 that were tried again. */
  readonly retries: number;
  /** Share of one core that the generator used. */
  readonly generatorCpu: number;
  /** Its processor time in all, the warm-up included. */
  readonly generatorMs: number;
};
