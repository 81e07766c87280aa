/**
 * The clock's command: when a maker's strikes are older than the window, the ads come back to the market. Until it has
 * run they are hidden. Submitted twice, or by two nodes, it acts once.
 */
import { type DeadlineResult, MET, NOT_DUE, unchanged } from "../../engine/index.ts";
import type { TraderId } from "../../kernel/index.ts";
import { defineCommand } from "../command.ts";
import { traders } from "../tables/index.ts";

export type LiftStrikes = { readonly traderId: TraderId };

export const liftStrikes = defineCommand<LiftStrikes, DeadlineResult>()({
  name: "lift-strikes",
  refuses: [],
  changes: [traders],
  needs: ({ traderId }) => [traders.at(traderId)],
  decide(state, { traderId }, { now }) {
    const trader = state.need(traders.at(traderId));
    if (trader.struckOutUntil === null) return unchanged(MET);
    if (now < trader.struckOutUntil) return unchanged(NOT_DUE);
    // The ads that enter the market by it are told of by the projection that lets them.
    return { result: MET, writes: [traders.update({ ...trader, struckOutUntil: null })], events: [] };
  },
});
