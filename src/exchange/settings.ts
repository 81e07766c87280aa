/** The rules that an installation may set, and the limits that it may not. */
import { type Amount, amount, DAY, MINUTE } from "../kernel/index.ts";
import { DEFAULT_PAYMENT_METHODS, type PaymentMethod } from "./payment-catalogue.ts";

export type RateBand = { readonly min: number; readonly max: number };

export type Settings = {
  readonly fiatCurrencies: readonly string[];
  readonly payWindowMs: number;
  readonly releaseWindowMs: number;
  readonly minDeposit: Amount;
  /** Least that an ad or an order may be about, so that no record is made of kopecks. */
  readonly minOrderAmount: Amount;
  /** What a rate may be, by currency, so that no absurd price heads the list; of any other, what a rate may be at all. */
  readonly rateBands: Readonly<Record<string, RateBand>>;
  /** Wagering required per unit deposited. */
  readonly wageringMultiplier: bigint;
  /** Wagering required per unit of a bonus. */
  readonly bonusWageringMultiplier: bigint;
  /** How old a page of the market may be that is given out again; 0: every page is read. */
  readonly marketFreshMs: number;
  readonly paymentMethods: readonly PaymentMethod[];
  /** What the method `rail` is for: currencies that the rail carries, and what a phone looks like there. */
  readonly rail: { readonly currencies: readonly string[]; readonly phonePattern: RegExp };
};

/** The method of orders that are paid over the rail, and confirm themselves. */
export const RAIL_METHOD = "rail";

/** Its rate may be left out: balances are denominated in it. */
export const BALANCE_CURRENCY = "RUB";
export const RATE_ONE_TO_ONE = 100;

export const LIMITS = {
  paymentMethods: 10,
  paymentDetails: 10,
  /** Of one name among the payment details, and of one value. */
  paymentDetailNameCharacters: 64,
  paymentDetailCharacters: 200,
  instructionsCharacters: 1_000,
  paymentWindowMinutes: { min: 5, max: 1_440 },
  exchangeRate: { min: 1, max: 1_000_000 },
  /** Orders that a trader may drop within the window before the next is refused, and the ads are hidden. */
  strikes: 5,
  strikeWindowMs: DAY,
  /** Completed orders that a taker needs, so that a dispute frees the slot at once. */
  ordersBeforeTrust: 3,
  /** Who traded the other way round within so many days only sends money back and forth: that is no deposit. */
  returnDays: 30,
  /** How long the parties of a completed order see where it was paid to. */
  detailsShownMs: 30 * DAY,
  disputeCommentCharacters: 1_000,
  /** How long after its completion an order may be rated. */
  ratingWindowMs: 30 * DAY,
  ratingCommentCharacters: 500,
  messageCharacters: 2_000,
  /** Of one writer in one chat: an order's whole story is read at once, for its dossier. */
  linesPerWriter: 1_000,
  attachmentsPerMessage: 10,
  attachmentsPerOrder: 100,
  attachmentBytes: 10_485_760,
  /** Of all files of an order, and of all that one person sent, as they were sent. */
  orderFileBytes: 52_428_800,
  traderFileBytes: 524_288_000,
  reasonCharacters: 1_000,
  /** Of one statement: what a table program opens, and a few hundred milliseconds of reading. */
  statementLines: 10_000,
  /** Endpoints of one caller; each is a cursor on the feed of its own. */
  webhooks: 20,
} as const;

export const DEFAULT_SETTINGS: Settings = {
  fiatCurrencies: [BALANCE_CURRENCY],
  payWindowMs: 15 * MINUTE,
  releaseWindowMs: 60 * MINUTE,
  minDeposit: amount(100_000),
  minOrderAmount: amount(1_000),
  rateBands: { [BALANCE_CURRENCY]: { min: 50, max: 200 } },
  wageringMultiplier: 0n,
  bonusWageringMultiplier: 1n,
  marketFreshMs: 250,
  paymentMethods: DEFAULT_PAYMENT_METHODS,
  rail: { currencies: ["UAH"], phonePattern: /^\+380\d{9}$/ },
};

export const rateBandOf = ({ rateBands }: Pick<Settings, "rateBands">, currency: string): RateBand =>
  rateBands[currency] ?? LIMITS.exchangeRate;
