/** The present bank objects to a move of its phone, whoever waits for it. Another bank's phone is no business of the caller. */
import { refuse } from "../../kernel/index.ts";
import { defineCommand } from "../command.ts";
import { openMoves, phones, quotas } from "../tables/index.ts";
import { openAlias, openMove } from "./alias.ts";

export type ObjectToMove = { readonly participantGuid: string; readonly hash: string };
export type Objected = { readonly guid: string };

export const objectToMove = defineCommand<ObjectToMove, Objected>()({
  name: "object-to-move",
  refuses: ["NOT_FOUND"],
  needs: ({ participantGuid, hash }) => [quotas.at(participantGuid), phones.at(hash), openMoves.of(phones.at(hash))],
  decide(state, { participantGuid, hash }, { now }) {
    const phone = state.get(phones.at(hash));
    const move = openMove(state, hash);
    if (phone?.participantGuid !== participantGuid || phone.account === null || move === null)
      return refuse("NOT_FOUND");
    const alias = openAlias({ phone, blank: phone, move }, now);
    alias.release("objected");
    alias.record("objected", { participantGuid, account: phone.account }, null);
    alias.notify(move.toParticipantGuid, { linked: false });
    return { result: { guid: move.guid }, writes: alias.writes(), events: [] };
  },
});
