/** The present bank has taken the notice that its phone is to move: from then on its silence means something. */
import { unchanged } from "../../engine/index.ts";
import { defineCommand } from "../command.ts";
import { aliasMoves } from "../tables/index.ts";
import { type MoveRef, NAMES_A_MOVE } from "./move-rows.ts";

export const hearNotice = defineCommand<MoveRef, null>()({
  name: "hear-notice",
  refuses: [],
  ...NAMES_A_MOVE,
  decide(state, { guid }, { now }) {
    const move = state.get(aliasMoves.at(guid));
    // Heard of too late, the bank has had no time to object: that stays with an operator.
    if (move === undefined || move.endedAt !== null || move.heardAt !== null || now >= move.until)
      return unchanged(null);
    return { result: null, writes: [aliasMoves.update({ ...move, heardAt: now })], events: [] };
  },
});
