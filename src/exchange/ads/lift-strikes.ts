/**
 * The clock's command: when a maker's strikes are older than the window, the ads come back to the market. Until it has
 * run they are hidden. Submitted twice, or by two nodes, it acts once.
 */
import { type DeadlineResult, MET, NOT_DUE, unchanged } from "../../engine/index.ts";
import type { TraderId } from "../../kernel/index.ts";
import { defineCommand } from "../command.ts";
import { activeAds, traders } from "../tables/index.ts";
import { adUpdated } from "./events.ts";

export type LiftStrikes = { readonly traderId: TraderId };

export const liftStrikes = defineCommand<LiftStrikes, DeadlineResult>()({
  name: "lift-strikes",
  refuses: [],
  changes: [traders],
  needs: ({ traderId }) => [traders.at(traderId), activeAds.of(traders.at(traderId))],
  decide(state, { traderId }, { now }) {
    const trader = state.need(traders.at(traderId));
    if (trader.struckOutUntil === null) return unchanged(MET);
    if (now < trader.struckOutUntil) return unchanged(NOT_DUE);
    return {
      result: MET,
      writes: [traders.update({ ...trader, struckOutUntil: null })],
      events: state.all(activeAds.of(traders.at(traderId))).map(adUpdated),
    };
  },
});
