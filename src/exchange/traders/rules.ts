/** What a trader may do, whatever the trade. */
import {
  type Amount,
  lesser,
  MAX_BALANCE,
  minus,
  plus,
  type RefusalOf,
  refuse,
  times,
  toNumber,
  ZERO,
} from "../../kernel/index.ts";
import { LIMITS, type Settings } from "../settings.ts";
import type { AdType, Trader } from "../tables/index.ts";
import { suspensionOf } from "./standing.ts";

/** What `refuseToSell` says no with. */
export const SELLING_REFUSALS = ["MIN_DEPOSIT_REQUIRED", "WAGERING_REQUIREMENT_NOT_MET"] as const;

type SellingRefusal = RefusalOf<typeof SELLING_REFUSALS>;

/** The withdrawal rules. They bind takers who sell and makers of sell ads alike, or a bonus could be cashed out. */
export const sellingRules = (
  { depositedTotal, wageringRequired, wagered }: Pick<Trader, "depositedTotal" | "wageringRequired" | "wagered">,
  { minDeposit }: Settings,
): readonly SellingRefusal[] => [
  ...(depositedTotal < minDeposit
    ? [refuse("MIN_DEPOSIT_REQUIRED", { required: toNumber(minDeposit), deposited: toNumber(depositedTotal) })]
    : []),
  ...(wagered < wageringRequired
    ? [
        refuse("WAGERING_REQUIREMENT_NOT_MET", {
          required: toNumber(wageringRequired),
          wagered: toNumber(wagered),
        }),
      ]
    : []),
];

export const refuseToSell = (trader: Offering, settings: Settings): SellingRefusal | undefined =>
  sellingRules(trader, settings)[0];

/** What of a maker's row says whether the ads may be answered. */
export const OFFERING_COLUMNS = [
  "depositedTotal",
  "wageringRequired",
  "wagered",
  "struckOutUntil",
  "owed",
  "standing",
] as const satisfies readonly (keyof Trader)[];
export type Offering = Pick<Trader, (typeof OFFERING_COLUMNS)[number]>;

/** Whether a maker's ad of this type may be answered now. Why not is nobody else's business. */
export const mayOffer = (maker: Offering, type: AdType, settings: Settings): boolean =>
  maker.struckOutUntil === null &&
  suspensionOf(maker) === null &&
  (type === "buy" || refuseToSell(maker, settings) === undefined);

/** A deposit counts towards the minimum and adds to the wagering, by the multiplier unless the host says how much. */
export const deposited = (trader: Trader, value: Amount, settings: Settings, wagering?: Amount): Trader => ({
  ...trader,
  depositedTotal: plus(trader.depositedTotal, value),
  wageringRequired: moreWagering(trader, wagering ?? times(value, settings.wageringMultiplier)),
});

/** No more than an account may hold: nobody turns over as much, and sums stay exact in a JSON number. */
export const moreWagering = ({ wageringRequired }: Trader, more: Amount): Amount =>
  lesser(plus(wageringRequired, more), MAX_BALANCE);

/** Turnover counts against what is outstanding; the rest is dropped, and both figures restart when nothing is left. */
export const wageredMore = (trader: Trader, turnover: Amount): Trader => {
  const outstanding = minus(trader.wageringRequired, trader.wagered);
  return turnover >= outstanding
    ? { ...trader, wageringRequired: ZERO, wagered: ZERO }
    : { ...trader, wagered: plus(trader.wagered, turnover) };
};

const SLOTS = { sell: "activeSellAd", buy: "activeBuyAd" } as const;

/** The one active ad of a type. */
export const activeAd = (trader: Trader, type: AdType) => trader[SLOTS[type]];
export const withActiveAd = (trader: Trader, type: AdType, ad: Trader["activeSellAd"]): Trader => ({
  ...trader,
  [SLOTS[type]]: ad,
});

/** Answering a sell ad deposits, answering a buy ad withdraws. */
const ORDER_SLOTS = {
  sell: { slot: "openDepositOrder", code: "ACTIVE_DEPOSIT_ORDER_EXISTS" },
  buy: { slot: "openWithdrawOrder", code: "ACTIVE_WITHDRAW_ORDER_EXISTS" },
} as const;

/** What `refuseSecondOrder` says no with. */
export const SECOND_ORDER_REFUSALS = [ORDER_SLOTS.sell.code, ORDER_SLOTS.buy.code] as const;

export const refuseSecondOrder = (
  taker: Pick<Trader, "openDepositOrder" | "openWithdrawOrder">,
  adType: AdType,
): RefusalOf<typeof SECOND_ORDER_REFUSALS> | undefined => {
  const { slot, code } = ORDER_SLOTS[adType];
  return taker[slot] === null ? undefined : refuse(code, { order_id: taker[slot] });
};

/**
 * Whether a taker's order keeps its slot when it becomes a dispute, or a newcomer could freeze one ad after the other. Who
 * has traded before may go on, with one dispute at a time.
 */
export const keepsSlot = ({ ordersCount, openDisputes }: Trader): boolean =>
  ordersCount < LIMITS.ordersBeforeTrust || openDisputes > 0;

export const withOpenOrder = (taker: Trader, adType: AdType, order: Trader["openDepositOrder"]): Trader => ({
  ...taker,
  [ORDER_SLOTS[adType].slot]: order,
});
