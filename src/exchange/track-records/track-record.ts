/** A trader's track record, kept by the end of each order. What others see of it is on the trader's own row. */
import type { Ref, State, Write } from "../../engine/index.ts";
import { DAY, type Instant, type TraderId } from "../../kernel/index.ts";
import { LIMITS } from "../settings.ts";
import { partners, type Trader, type TraderRecord, traderRecords } from "../tables/index.ts";

/** Durations that the medians are of. */
const DURATIONS = 100;
/** Days that the completion rate looks back, today included. */
const RATE_DAYS = 30;

export const dayOf = (at: Instant): number => Math.floor(at / DAY);

/** What an order's end must name to record it. */
export const recordNeeds = (buyer: TraderId, seller: TraderId): readonly Ref[] => [
  traderRecords.at(buyer),
  traderRecords.at(seller),
  partners.at(buyer, seller),
  partners.at(seller, buyer),
];

/** One day's row in `Trader.days`. */
const WIDTH = 3;
type Day = readonly [day: number, completed: number, dropped: number];

const daysOf = (flat: readonly number[]): readonly Day[] =>
  Array.from(
    { length: flat.length / WIDTH },
    (_, index) => flat.slice(index * WIDTH, index * WIDTH + WIDTH) as unknown as Day,
  );

const recent = (days: readonly Day[], today: number): readonly Day[] => days.filter(([day]) => day > today - RATE_DAYS);

const counted = (flat: readonly number[], now: Instant, completed: number, dropped: number): readonly number[] => {
  const today = dayOf(now);
  const days = recent(daysOf(flat), today);
  const before = days.find(([day]) => day === today) ?? [today, 0, 0];
  return [...days.filter(([day]) => day !== today), [today, before[1] + completed, before[2] + dropped]].flat();
};

/** Completed by all that ended with this trader's doing or completion in the last 30 days, 0..1; null if none did. */
export const completionRate = (flat: readonly number[], now: Instant): number | null => {
  const days = recent(daysOf(flat), dayOf(now));
  const completed = days.reduce((sum, [, count]) => sum + count, 0);
  const all = completed + days.reduce((sum, [, , count]) => sum + count, 0);
  return all === 0 ? null : Math.round((completed / all) * 10_000) / 10_000;
};

/** An order ended by this trader's cancel or missed payment. */
export const withDrop = (trader: Trader, now: Instant): Trader => ({
  ...trader,
  days: counted(trader.days, now, 0, 1),
});

/** The lower of the two in the middle, so that it is a time that really was. */
const median = (values: readonly number[]): number | null =>
  values.length === 0 ? null : (values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? null);

const longer = (values: readonly number[], value: number | null): readonly number[] =>
  value === null ? values : [...values, value].slice(-DURATIONS);

/** @property releaseSeconds from paid to released, of the seller; `paySeconds` from created to paid, of the buyer */
export type Durations = { readonly releaseSeconds: number | null; readonly paySeconds: number | null };

/** What two people have traded before, as a completed order finds it. */
export type Pair = {
  /** The pair's first completed order of the day. */
  readonly firstOfDay: boolean;
  /** The seller bought of the buyer lately: money that only comes back is no deposit. */
  readonly comesBack: boolean;
  readonly firstEver: boolean;
  readonly writes: readonly Write[];
};

export const pairOf = (state: State, buyer: TraderId, seller: TraderId, now: Instant): Pair => {
  const bought = state.get(partners.at(buyer, seller));
  const sold = state.get(partners.at(seller, buyer));
  const today = dayOf(now);
  const soldDay = sold?.boughtDay ?? null;
  const met = { since: now, boughtDay: null };
  return {
    firstOfDay: bought?.boughtDay !== today && soldDay !== today,
    comesBack: soldDay !== null && today - soldDay <= LIMITS.returnDays,
    firstEver: bought === undefined,
    writes: [
      ...(bought === undefined
        ? [partners.insert({ ...met, traderId: buyer, partnerId: seller, boughtDay: today })]
        : bought.boughtDay === today
          ? []
          : [partners.update({ ...bought, boughtDay: today })]),
      ...(sold === undefined ? [partners.insert({ ...met, traderId: seller, partnerId: buyer })] : []),
    ],
  };
};

/** A completed order in one side's record. */
export const withCompletion = (
  state: State,
  trader: Trader,
  { firstOfDay, firstEver }: Pair,
  durations: Durations,
  now: Instant,
): { readonly trader: Trader; readonly writes: readonly Write[] } => {
  const known = state.get(traderRecords.at(trader.id));
  const record: TraderRecord = {
    traderId: trader.id,
    releaseSeconds: longer(known?.releaseSeconds ?? [], durations.releaseSeconds),
    paySeconds: longer(known?.paySeconds ?? [], durations.paySeconds),
  };
  return {
    trader: {
      ...trader,
      ordersCount: trader.ordersCount + (firstOfDay ? 1 : 0),
      days: counted(trader.days, now, 1, 0),
      medianReleaseSeconds: median(record.releaseSeconds),
      medianPaySeconds: median(record.paySeconds),
      partnersCount: trader.partnersCount + (firstEver ? 1 : 0),
    },
    writes: [known === undefined ? traderRecords.insert(record) : traderRecords.update(record)],
  };
};
