/** The first valid call of a new `sub` makes the trader, with an empty account. */
import { type Instant, instant, MINUTE, type TraderId, ZERO } from "../../kernel/index.ts";
import { availableAccount } from "../../ledger/index.ts";
import { defineCommand } from "../command.ts";
import { openBook, type Trader, traders } from "../tables/index.ts";

export type RegisterTrader = { readonly traderId: TraderId; readonly name: string | null };

/** `last_seen_at` is told in these steps, so that nobody can be watched to the second. */
export const SEEN_STEP_MS = 5 * MINUTE;
export const seenStep = (now: Instant): Instant => instant(now - (now % SEEN_STEP_MS));

const newcomer = (id: TraderId, name: string | null, now: Instant): Trader => ({
  id,
  name,
  joinedAt: now,
  lastSeenAt: seenStep(now),
  activeSellAd: null,
  activeBuyAd: null,
  openDepositOrder: null,
  openWithdrawOrder: null,
  openDisputes: 0,
  depositedTotal: ZERO,
  wageringRequired: ZERO,
  wagered: ZERO,
  owed: ZERO,
  standing: null,
  rating: null,
  ratingsCount: 0,
  ratingSum: 0,
  ordersCount: 0,
  days: [],
  medianReleaseSeconds: null,
  medianPaySeconds: null,
  partnersCount: 0,
  strikes: [],
  fileBytes: 0,
  struckOutUntil: null,
});

/** Done again it changes nothing but a name that the token spells differently now. */
export const registerTrader = defineCommand<RegisterTrader, null>()({
  name: "register-trader",
  refuses: [],
  // Not the account: no lock guards a trader who is not there yet, and another node may make both between two reads.
  needs: ({ traderId }) => [traders.at(traderId)],
  decide(state, { traderId, name }, { now }) {
    const known = state.get(traders.at(traderId));
    if (known !== undefined) {
      const renamed = name !== null && name !== known.name;
      return { result: null, writes: renamed ? [traders.update({ ...known, name })] : [], events: [] };
    }
    const book = openBook(state);
    book.open(availableAccount(traderId), traderId);
    return { result: null, writes: [traders.insert(newcomer(traderId, name, now)), ...book.writes(now)], events: [] };
  },
});
