/**
 * The clock's command: the present bank was told, nobody objected, so the phone goes to the bank that asked for it. It acts
 * once. A move whose notice never arrived is nobody's silence to count, nor is that of a bank that is suspended: it is left
 * to an operator.
 */
import { type DeadlineResult, MET, NOT_DUE, type State, unchanged, type Write } from "../../engine/index.ts";
import type { Instant } from "../../kernel/index.ts";
import { defineCommand } from "../command.ts";
import { type AliasMove, aliasMoves, phones } from "../tables/index.ts";
import { openAlias } from "./alias.ts";
import { isBetweenBanks, type MoveRef, NAMES_A_MOVE } from "./move-rows.ts";

export const completeMove = defineCommand<MoveRef, DeadlineResult>()({
  name: "complete-move",
  refuses: [],
  ...NAMES_A_MOVE,
  decide(state, { guid }, { now }) {
    const move = state.get(aliasMoves.at(guid));
    if (move === undefined || move.endedAt !== null) return unchanged(MET);
    if (now < move.until || !isBetweenBanks(state, move)) return unchanged(NOT_DUE);
    return { result: MET, writes: completing(state, move, now), events: [] };
  },
});

/** Its consent stands beside the move that was asked for. @param decidedBy an operator, if one did */
export const completing = (
  state: State,
  move: AliasMove,
  now: Instant,
  decidedBy: string | null = null,
): readonly Write[] => {
  const phone = state.need(phones.at(move.phoneHash));
  const alias = openAlias({ phone, blank: phone, move: { ...move, decidedBy } }, now);
  alias.link({ participantGuid: move.toParticipantGuid, account: move.toAccount }, "moved", null);
  alias.notify(move.toParticipantGuid, { linked: true });
  return alias.writes();
};
