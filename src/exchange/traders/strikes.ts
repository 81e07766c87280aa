/**
 * Strikes: whoever drops an order gets one. Too many within the window strike a trader out, who takes no order then and
 * whose ads are hidden; otherwise payment details could be harvested and balances held for nothing.
 */
import { after, type Instant, type Refusal, refuse, SECOND } from "../../kernel/index.ts";
import { LIMITS } from "../settings.ts";
import type { Trader } from "../tables/index.ts";

/** Oldest first. */
export const strikesThatCount = ({ strikes }: Pick<Trader, "strikes">, now: Instant): readonly Instant[] =>
  strikes.filter((at) => after(at, LIMITS.strikeWindowMs) > now);

/** How many more orders a trader may drop before no other is given. */
export const cancelsLeft = (trader: Pick<Trader, "strikes">, now: Instant): number =>
  LIMITS.strikes - strikesThatCount(trader, now).length;

/** A trader with one strike more. Its command declares that it changes `traders`: the market follows it. */
export const struck = (trader: Trader, now: Instant): Trader => {
  const strikes = [...trader.strikes, now].slice(-LIMITS.strikes);
  const [oldest] = strikesThatCount({ strikes }, now);
  const isOut = cancelsLeft({ strikes }, now) === 0 && oldest !== undefined;
  return { ...trader, strikes, struckOutUntil: isOut ? after(oldest, LIMITS.strikeWindowMs) : trader.struckOutUntil };
};

export const refuseStriker = (
  { struckOutUntil }: Pick<Trader, "struckOutUntil">,
  now: Instant,
): Refusal<"RATE_LIMITED"> | undefined => {
  if (struckOutUntil === null || now >= struckOutUntil) return undefined;
  return refuse("RATE_LIMITED", {
    reason: "strikes",
    strikes: LIMITS.strikes,
    retry_after_seconds: Math.ceil((struckOutUntil - now) / SECOND),
  });
};
