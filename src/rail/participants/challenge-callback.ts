/** An operator has a callback URL prove anew that it is the bank's. What was proven before holds meanwhile. */
import type { Command } from "../../engine/index.ts";
import { refuse } from "../../kernel/index.ts";
import { sendChallenge } from "../callbacks/index.ts";
import { participants } from "../tables/index.ts";
import { changed, faultOfMode, type Operator, recordAct, unfit } from "./records.ts";

export type ChallengeCallback = { readonly operator: Operator; readonly guid: string; readonly challenge: string };

export const challengeCallback: Command<ChallengeCallback, { readonly guid: string }> = {
  name: "challenge-callback",
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
};
