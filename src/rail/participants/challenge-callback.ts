/** An operator has a callback URL prove anew that it is the bank's. What was proven before holds meanwhile. */
import { refuse } from "../../kernel/index.ts";
import { sendChallenge } from "../callbacks/index.ts";
import { defineOperatorCommand } from "../command.ts";
import { participants } from "../tables/index.ts";
import type { Changed } from "./create-participant.ts";
import { changed, faultOfMode, type Operator, OWN_REFUSALS, recordAct, unfit } from "./operator-acts.ts";

export type ChallengeCallback = { readonly operator: Operator; readonly guid: string; readonly challenge: string };

export const challengeCallback = defineOperatorCommand<ChallengeCallback, Changed>()({
  name: "challenge-callback",
  refuses: [...OWN_REFUSALS, "VALIDATION_ERROR"],
  needs: ({ guid }) => [participants.at(guid)],
  decide(state, { operator, guid, challenge }, { now }) {
    const participant = state.get(participants.at(guid));
    if (participant === undefined) return refuse("PARTICIPANT_NOT_FOUND");
    const fault = faultOfMode(participant.mode, operator);
    if (fault !== null) return fault;
    if (participant.callbackUrl === null) return unfit("", "has no callback_url to prove: set one first");
    return {
      result: { guid },
      writes: [
        participants.update({ ...participant, challenge }),
        recordAct(guid, operator.id, { name: "challenged", details: {}, at: now }),
        sendChallenge(guid, challenge),
      ],
      events: changed(guid),
    };
  },
});
