/**
 * Token buckets against scanning. A level is kept in milliseconds of refilling, an integer: a float would lose the
 * thousandths of a token that come back between two calls.
 */
import { type Instant, instant, MINUTE } from "../../kernel/index.ts";
import type { Level, Mode } from "../tables/index.ts";

export type Bucket = {
  readonly capacity: number;
  readonly msPerToken: number;
};

/** Of a payer's account, across the whole network: two tokens a minute. */
export const PAYER: Bucket = { capacity: 100, msPerToken: 30_000 };
/** Of a participant: 12,000 tokens a minute. */
export const BANK: Bucket = { capacity: 20_000, msPerToken: 5 };

/** Taken before the directory is read; given back when the receiver is found, by then or by a search. */
export const PRICES = {
  payer: { reserve: 20, found: 19, paid: 1 },
  bank: { reserve: 3, found: 2, paid: 1 },
} as const;

/** So many tokens of an account and of its bank. */
export type Price = { readonly payer: number; readonly bank: number };

const priceOf = (what: keyof typeof PRICES.payer): Price => ({ payer: PRICES.payer[what], bank: PRICES.bank[what] });

/** Of a question by an order, and what comes back of it. */
export const QUESTION = { reserve: priceOf("reserve"), found: priceOf("found"), paid: priceOf("paid") } as const;
export const NOTHING_BACK: Price = { payer: 0, bank: 0 };

/**
 * Of a link. Whoever links a number learns whether another bank has it, so that this costs as much as an order that asks;
 * it is taken in any case, and comes back when no other bank does.
 */
export const LINK = { reserve: { payer: 20, bank: 21 }, unknown: { payer: 20, bank: 20 } } as const satisfies Record<
  string,
  Price
>;

/** A payer's account, in its world. */
export const payerId = (mode: Mode, account: string): string => `${mode} ${account}`;

export const full = ({ capacity, msPerToken }: Bucket, now: Instant): Level => ({
  units: capacity * msPerToken,
  refilledAt: now,
});

/** A clock that steps back refills nothing and takes nothing. */
export const refilled = ({ capacity, msPerToken }: Bucket, { units, refilledAt }: Level, now: Instant): Level => {
  const elapsed = Math.max(0, now - refilledAt);
  return { units: Math.min(capacity * msPerToken, units + elapsed), refilledAt: instant(Math.max(now, refilledAt)) };
};

/** Takes from a refilled level. A number says how many milliseconds it takes until there is enough. */
export const withdraw = ({ msPerToken }: Bucket, level: Level, tokens: number): Level | number => {
  const units = level.units - tokens * msPerToken;
  return units < 0 ? -units : { ...level, units };
};

export const refunded = ({ capacity, msPerToken }: Bucket, level: Level, tokens: number): Level => ({
  ...level,
  units: Math.min(capacity * msPerToken, level.units + tokens * msPerToken),
});

export const refillPerMinute = ({ msPerToken }: Bucket): number => MINUTE / msPerToken;

/** Whole tokens that are there. */
export const tokensOf = ({ msPerToken }: Bucket, { units }: Level): number => Math.floor(units / msPerToken);
