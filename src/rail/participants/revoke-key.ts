/** An operator revokes a key. Its row stays, so that its kid is never used again. */
import { unchanged } from "../../engine/index.ts";
import { refuse } from "../../kernel/index.ts";
import { defineOperatorCommand } from "../command.ts";
import { keys, participants } from "../tables/index.ts";
import { changed, faultOfMode, type Operator, OWN_REFUSALS, recordAct } from "./operator-acts.ts";

export type RevokeKey = { readonly operator: Operator; readonly guid: string; readonly kid: string };

/** Revoking a revoked key changes nothing. */
export const revokeKey = defineOperatorCommand<RevokeKey, null>()({
  name: "revoke-key",
  refuses: [...OWN_REFUSALS, "KEY_NOT_FOUND"],
  route: ({ kid }) => [keys.at(kid)],
  needs({ guid, kid }, routes) {
    const owner = routes.get(keys.at(kid))?.participantGuid;
    return [...[...new Set([guid, owner ?? guid])].map((each) => participants.at(each)), keys.at(kid)];
  },
  decide(state, { operator, guid, kid }, { now }) {
    const participant = state.get(participants.at(guid));
    if (participant === undefined) return refuse("PARTICIPANT_NOT_FOUND");
    const fault = faultOfMode(participant.mode, operator);
    if (fault !== null) return fault;
    const key = state.get(keys.at(kid));
    if (key === undefined || key.participantGuid !== guid) return refuse("KEY_NOT_FOUND");
    if (key.revokedAt !== null) return unchanged(null);
    return {
      result: null,
      writes: [
        keys.update({ ...key, revokedAt: now }),
        recordAct(guid, operator.id, { name: "key_revoked", details: { kid }, at: now }),
      ],
      events: changed(guid),
    };
  },
});
