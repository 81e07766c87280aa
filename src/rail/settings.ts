/** What the operator of the rail may set. */
import { DAY, MINUTE, SECOND } from "../kernel/index.ts";
import type { Mode } from "./tables/index.ts";

export type RailSettings = {
  /** What a phone looks like in the scheme, whole. */
  readonly phonePattern: RegExp;
  readonly currencies: readonly string[];
  /** How long a move of a phone from one bank to another waits for an objection. */
  readonly aliasMoveHoldMs: Readonly<Record<Mode, number>>;
  /** Phones that one account may have: a family's, and not a thief's. */
  readonly phonesPerAccount: number;
  /** How long a bank that is asked for a receiver may be silent. */
  readonly searchAckMs: number;
  /** How often a phone is searched for within a day, over the whole network: its owner is asked each time. */
  readonly searchesPerDay: Readonly<Record<Mode, number>>;
  /** Of a bank. */
  readonly callsPer10Seconds: number;
  /** Of an address: calls that no signature vouches for. */
  readonly guessesPer10Seconds: number;
  /** Of a bank, on one node: what goes through all of its books. */
  readonly bookReadsPer10Seconds: number;
  /** Whether banks of the sandbox may be called back at private addresses. */
  readonly privateCallbacks: boolean;
  /** After each attempt of a callback; the last goes on. Left out: as in the contract. */
  readonly callbackBackOffSeconds?: readonly number[];
  /** How long a bank has to answer one; less than a delivery's lease. Left out: as in the contract. */
  readonly callbackAnswerMs?: number;
};

export const DEFAULT_RAIL_SETTINGS: RailSettings = {
  phonePattern: /^\+380\d{9}$/,
  currencies: ["UAH"],
  aliasMoveHoldMs: { sandbox: 0, production: DAY },
  phonesPerAccount: 5,
  searchAckMs: 10 * SECOND,
  // Trials of many banks share the numbers of a sandbox.
  searchesPerDay: { sandbox: 100, production: 10 },
  callsPer10Seconds: 600,
  guessesPer10Seconds: 1_200,
  bookReadsPer10Seconds: 5,
  privateCallbacks: false,
};

/** Of `callsPer10Seconds`. */
export const CALLS_WINDOW_SECONDS = 10;

export const LIMITS = {
  /** Of an order whose sender named none. */
  defaultExpiryMs: DAY,
  /** No receiver is searched for longer, whenever the order expires. */
  searchMs: DAY,
  /** What `searchesPerDay` counts within. */
  searchDayMs: DAY,
  /** Asks that a bank leaves unanswered before it counts as not to be reached: more than one restart of it costs. */
  failuresInARow: 5,
  /** For so long such a bank is not asked; then it is tried once. */
  unreachableMs: MINUTE,
  /** How long it is remembered that a `jti` or a kid was used. */
  memoryMs: DAY,
  /** Banks' clients that stand before one QR code at once. */
  payRequestsPerLink: 100,
  /** Each tells another bank something. */
  returnsPerPayment: 100,
  /** For so long a bank that is asked for a return may think about it. */
  returnRequestMs: 7 * DAY,
  maxBankCodes: 50,
  maxKeys: 20,
} as const;

/** `deliveries` knows ours by it. */
export const CHANNEL = "rail";
