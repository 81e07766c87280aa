/** A callback URL has answered its challenge. */
import { unchanged } from "../../engine/index.ts";
import { defineOperatorCommand } from "../command.ts";
import { participants } from "../tables/index.ts";
import { changed, recordAct } from "./operator-acts.ts";

export type ProveCallback = { readonly participantGuid: string; readonly challenge: string };

/** @property proven false when the challenge is not the present one: the URL has changed since it was sent */
export type Proof = { readonly proven: boolean };

export const proveCallback = defineOperatorCommand<ProveCallback, Proof>()({
  name: "prove-callback",
  refuses: [],
  needs: ({ participantGuid }) => [participants.at(participantGuid)],
  decide(state, { participantGuid, challenge }, { now }) {
    const participant = state.get(participants.at(participantGuid));
    if (participant === undefined || participant.challenge !== challenge) return unchanged({ proven: false });
    const { callbackUrl } = participant;
    return {
      result: { proven: true },
      writes: [
        participants.update({ ...participant, callbackProvenAt: now, challenge: null }),
        // Nobody but the bank itself can answer.
        recordAct(participantGuid, participantGuid, { name: "callback_proven", details: { callbackUrl }, at: now }),
      ],
      events: changed(participantGuid),
    };
  },
});
