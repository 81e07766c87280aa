/**
 * Token buckets against scanning. A level is kept in milliseconds of refilling, an integer: a float would lose the
 * thousandths of a token that come back between two calls.
 */
import { type Instant, instant, MINUTE } from "../../kernel/index.ts";
import { FIXTURE_ACCOUNT } from "../parsers/index.ts";
import type { Level, Mode } from "../tables/index.ts";

export type Bucket = {
  readonly capacity: number;
  /** What a token is worth: milliseconds of production's refilling. */
  readonly msPerToken: number;
  /** How many of those come back in one. */
  readonly speed: number;
};

/** In the sandbox nobody is scanned: trials have ten times as much, and it comes back as fast. */
const TIMES: Readonly<Record<Mode, number>> = { production: 1, sandbox: 10 };

const bucketsOf = (capacity: number, msPerToken: number): Readonly<Record<Mode, Bucket>> => {
  const bucketOf = (speed: number): Bucket => ({ capacity: capacity * speed, msPerToken, speed });
  return { production: bucketOf(TIMES.production), sandbox: bucketOf(TIMES.sandbox) };
};

/** Of a payer's account, across the whole network: in production two tokens a minute. */
export const PAYER = bucketsOf(100, 30_000);
/** Of a participant: in production 12,000 tokens a minute. */
export const BANK = bucketsOf(20_000, 5);

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

/** An account in its world, in the hands of one bank. */
export type Held = { readonly participantGuid: string; readonly mode: Mode; readonly account: string };

/** The bank is part of the sample account alone, which every bank of the sandbox has: one's trials are nobody else's. */
export const payerId = ({ participantGuid, mode, account }: Held): string =>
  account === FIXTURE_ACCOUNT ? `${mode} ${account} ${participantGuid}` : `${mode} ${account}`;

export const full = ({ capacity, msPerToken }: Bucket, now: Instant): Level => ({
  units: capacity * msPerToken,
  refilledAt: now,
});

/** A clock that steps back refills nothing and takes nothing. */
export const refilled = (
  { capacity, msPerToken, speed }: Bucket,
  { units, refilledAt }: Level,
  now: Instant,
): Level => {
  const elapsed = Math.max(0, now - refilledAt) * speed;
  return { units: Math.min(capacity * msPerToken, units + elapsed), refilledAt: instant(Math.max(now, refilledAt)) };
};

/** Takes from a refilled level. A number says how many milliseconds it takes until there is enough. */
export const withdraw = ({ msPerToken, speed }: Bucket, level: Level, tokens: number): Level | number => {
  const units = level.units - tokens * msPerToken;
  return units < 0 ? -units / speed : { ...level, units };
};

export const refunded = ({ capacity, msPerToken }: Bucket, level: Level, tokens: number): Level => ({
  ...level,
  units: Math.min(capacity * msPerToken, level.units + tokens * msPerToken),
});

export const refillPerMinute = ({ msPerToken, speed }: Bucket): number => (MINUTE * speed) / msPerToken;

/** Whole tokens that are there. */
export const tokensOf = ({ msPerToken }: Bucket, { units }: Level): number => Math.floor(units / msPerToken);
