/**
 * Whether somebody may take an ad now. Creating an order asks these rules for the first that says no; the market tells
 * whoever looks all of them beforehand, each with the figures that lead out of it.
 */
import { type Amount, type Instant, type Refusal, type RefusalOf, refuse, toNumber } from "../../kernel/index.ts";
import type { Settings } from "../settings.ts";
import type { Ad, AdType, Trader } from "../tables/index.ts";
import {
  refuseSecondOrder,
  refuseStriker,
  refuseSuspended,
  type SECOND_ORDER_REFUSALS,
  type SELLING_REFUSALS,
  sellingRules,
  spendable,
} from "../traders/index.ts";

/** What of a trader's row says whether an ad may be taken. */
export const TAKER_COLUMNS = [
  "id",
  "openDepositOrder",
  "openWithdrawOrder",
  "depositedTotal",
  "wageringRequired",
  "wagered",
  "struckOutUntil",
  "owed",
  "standing",
] as const satisfies readonly (keyof Trader)[];

export type TakerSource = Pick<Trader, (typeof TAKER_COLUMNS)[number]>;

/** @property sellerBalance the available balance of whoever sells @property offered whether the maker may offer the ad */
export type Meeting = {
  readonly adType: AdType;
  readonly taker: TakerSource;
  readonly seller: Pick<Trader, "owed" | "standing">;
  readonly sellerBalance: Amount;
  readonly amount: Amount;
  readonly offered: boolean;
};

type MeetingRefusal =
  | RefusalOf<typeof SECOND_ORDER_REFUSALS>
  | RefusalOf<typeof SELLING_REFUSALS>
  | Refusal<"SELLER_INSUFFICIENT_BALANCE">
  | Refusal<"AD_NOT_ACTIVE">;
type Rule = (meeting: Meeting, settings: Settings) => readonly MeetingRefusal[];

const listed = <One>(refusal: One | undefined): readonly One[] => (refusal === undefined ? [] : [refusal]);

const slot: Rule = ({ taker, adType }) => listed(refuseSecondOrder(taker, adType));

/** A taker sells by answering a buy ad. */
const selling: Rule = ({ taker, adType }, settings) => (adType === "buy" ? sellingRules(taker, settings) : []);

/** What the maker has is nobody else's business. */
const balance: Rule = ({ adType, seller, sellerBalance, amount }) => {
  const available = spendable(seller, sellerBalance);
  if (available >= amount) return [];
  if (adType === "sell") return [refuse("SELLER_INSUFFICIENT_BALANCE")];
  return [refuse("SELLER_INSUFFICIENT_BALANCE", { required: toNumber(amount), available: toNumber(available) })];
};

/** Judged last, and without saying which rule of the maker's. */
const offered: Rule = (meeting) => (meeting.offered ? [] : [refuse("AD_NOT_ACTIVE", { reason: "unavailable" })]);

/** In the order in which they are judged. */
const RULES: readonly Rule[] = [slot, selling, balance, offered];

export const refuseMeeting = (meeting: Meeting, settings: Settings): MeetingRefusal | undefined => {
  for (const rule of RULES) {
    const [refusal] = rule(meeting, settings);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
};

export const TAKING_REASONS = [
  "own_ad",
  "active_order",
  "min_deposit",
  "wagering",
  "balance",
  "strikes",
  "suspended",
  "unavailable",
] as const;

const REASON_OF = {
  OWN_AD: "own_ad",
  ACTIVE_DEPOSIT_ORDER_EXISTS: "active_order",
  ACTIVE_WITHDRAW_ORDER_EXISTS: "active_order",
  MIN_DEPOSIT_REQUIRED: "min_deposit",
  WAGERING_REQUIREMENT_NOT_MET: "wagering",
  SELLER_INSUFFICIENT_BALANCE: "balance",
  RATE_LIMITED: "strikes",
  TRADER_SUSPENDED: "suspended",
  AD_NOT_ACTIVE: "unavailable",
} as const;

export type TakingReason = {
  readonly reason: (typeof TAKING_REASONS)[number];
  /** As the refused order would say them. */
  readonly details?: Readonly<Record<string, number | string>>;
};

/** @property closed why nobody may order of it now; null when it may be ordered */
export type TakenAd = Pick<Ad, "type" | "makerId" | "minAmount"> & {
  readonly closed: "paused" | "used_up" | "unavailable" | null;
};

/** A taker and what the taker has. */
export type Taker = { readonly trader: TakerSource; readonly balance: Amount };

/** Everything that stands between a taker and the least that the ad gives; empty when it may be taken. */
export const reasonsAgainst = (
  ad: TakenAd,
  { trader, balance: available }: Taker,
  now: Instant,
  settings: Settings,
): readonly TakingReason[] => {
  if (ad.makerId === trader.id) return [reasonOf(refuse("OWN_AD"))];
  const meeting: Meeting = {
    adType: ad.type,
    taker: trader,
    // The seller of an open sell ad has enough, or the market would not say that it is open.
    ...(ad.type === "buy"
      ? { seller: trader, sellerBalance: available }
      : { seller: NOBODY, sellerBalance: ad.minAmount }),
    amount: ad.minAmount,
    offered: true,
  };
  return [
    ...listed(refuseStriker(trader, now)),
    ...listed(refuseSuspended(trader)),
    ...(ad.closed === null ? [] : [refuse("AD_NOT_ACTIVE", { reason: ad.closed })]),
    ...RULES.flatMap((rule) => rule(meeting, settings)),
  ].map(reasonOf);
};

const NOBODY = { owed: 0n as Amount, standing: null };

const reasonOf = ({ refusal, details }: Refusal<keyof typeof REASON_OF>): TakingReason => ({
  reason: REASON_OF[refusal],
  ...(details === undefined ? {} : { details: details as NonNullable<TakingReason["details"]> }),
});
