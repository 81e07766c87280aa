/**
 * An operator decides a move that the banks and the clock cannot: its notice never arrived, or one of the banks is suspended.
 * Both are asked by other means before.
 */
import { refuse } from "../../kernel/index.ts";
import { defineOperatorCommand } from "../command.ts";
import { faultOfMode, type Operator, recordAct } from "../participants/index.ts";
import { aliasMoves, phones } from "../tables/index.ts";
import { openAlias } from "./alias.ts";
import { completing } from "./complete-move.ts";
import { isBetweenBanks, NAMES_A_MOVE } from "./move-rows.ts";

export type DecideMove = {
  readonly operator: Operator;
  readonly guid: string;
  readonly decision: "complete" | "refuse";
};

export const decideMove = defineOperatorCommand<DecideMove, { readonly guid: string }>()({
  name: "decide-move",
  refuses: ["ALIAS_MOVE_NOT_FOUND", "ALIAS_MOVE_NOT_YOURS", "PRODUCTION_NEEDS_RAIL_OPERATOR"],
  ...NAMES_A_MOVE,
  decide(state, { operator, guid, decision }, { now }) {
    const move = state.get(aliasMoves.at(guid));
    if (move === undefined) return refuse("ALIAS_MOVE_NOT_FOUND");
    const fault = faultOfMode(move.mode, operator);
    if (fault !== null) return fault;
    if (move.endedAt !== null || now < move.until || isBetweenBanks(state, move)) return refuse("ALIAS_MOVE_NOT_YOURS");
    const act = recordAct(move.fromParticipantGuid, operator.id, {
      name: decision === "complete" ? "alias_move_completed" : "alias_move_refused",
      details: { guid },
      at: now,
    });
    if (decision === "complete")
      return { result: { guid }, writes: [...completing(state, move, now, operator.id), act], events: [] };
    const phone = state.need(phones.at(move.phoneHash));
    const alias = openAlias({ phone, blank: phone, move: { ...move, decidedBy: operator.id } }, now);
    alias.release("refused");
    alias.record("refused", { participantGuid: move.toParticipantGuid, account: move.toAccount }, null);
    alias.notify(move.toParticipantGuid, { linked: false });
    alias.notify(move.fromParticipantGuid, { linked: true });
    return { result: { guid }, writes: [...alias.writes(), act], events: [] };
  },
});
