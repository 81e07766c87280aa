/** The present bank has taken the notice that its phone is to move: from then on its silence means something. */
import { unchanged } from "../../engine/index.ts";
import { defineCommand } from "../command.ts";
import { aliasMoves, phones } from "../tables/index.ts";
import type { MoveRef } from "./complete-move.ts";

export const hearNotice = defineCommand<MoveRef, null>()({
  name: "hear-notice",
  refuses: [],
  route: ({ guid }) => [aliasMoves.at(guid)],
  needs({ guid }, routes) {
    const move = routes.get(aliasMoves.at(guid));
    return move === undefined ? [] : [aliasMoves.at(guid), phones.at(move.phoneHash)];
  },
  decide(state, { guid }, { now }) {
    const move = state.get(aliasMoves.at(guid));
    // Heard of too late, the bank has had no time to object: that stays with an operator.
    if (move === undefined || move.endedAt !== null || move.heardAt !== null || now >= move.until)
      return unchanged(null);
    return { result: null, writes: [aliasMoves.update({ ...move, heardAt: now })], events: [] };
  },
});
