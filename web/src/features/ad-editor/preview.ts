/** The ad that a draft would become, as the market would show it. */
import type { Ad, OwnAd, Profile } from "../../data/types.ts";
import { type Draft, figuresOf } from "./draft.ts";

/**
 * @param balance of the maker: whoever sells offers no more
 * @param before the ad that is edited: the same total goes on from what is left of it
 */
export const adOf = (draft: Draft, maker: Profile, balance: number, before: OwnAd | null): Ad => {
  const { rate, min, max, total, minutes } = figuresOf(draft);
  const all = total ?? 0;
  const left = before?.total_amount === all ? before.remaining_amount : all;
  return {
    id: 0,
    type: draft.side,
    status: "active",
    version: 1,
    fiat_currency: draft.currency,
    exchange_rate: rate ?? 0,
    min_amount: min ?? 0,
    max_amount: max ?? 0,
    total_amount: all,
    remaining_amount: left,
    available_amount: draft.side === "sell" ? Math.min(left, balance) : left,
    payment_methods: [...draft.methods],
    instructions: draft.instructions,
    payment_window_minutes: minutes,
    created_at: maker.joined_at,
    maker,
    orderable: true,
  };
};
