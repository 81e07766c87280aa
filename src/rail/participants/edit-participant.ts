/** An operator changes a participant, or suspends it. */
import type { State, Write } from "../../engine/index.ts";
import { isRefusal, type Refusal, refuse } from "../../kernel/index.ts";
import { sendChallenge } from "../callbacks/index.ts";
import { defineOperatorCommand } from "../command.ts";
import { activeKeys, asksToEnd, bankCodes, type Mode, type Participant, participants } from "../tables/index.ts";
import { faultOfAlgorithm } from "./add-key.ts";
import type { Changed } from "./create-participant.ts";
import { takeCodes } from "./create-participant.ts";
import {
  callbackSet,
  changed,
  codeRefs,
  faultOfMode,
  faultOfUrl,
  type Operator,
  OWN_REFUSALS,
  recordAct,
  unfit,
} from "./operator-acts.ts";

export type Changes = Partial<
  Pick<Participant, "name" | "bankCodes" | "callbackUrl" | "deeplinkUrl" | "profile" | "receiverSearch" | "state">
>;

/** @property known its mode and codes as they were read: the codes that it may give up have to be named */
export type EditParticipant = {
  readonly operator: Operator;
  readonly guid: string;
  readonly known: { readonly mode: Mode; readonly bankCodes: readonly string[] };
  readonly changes: Changes;
  readonly challenge: string;
};

export const editParticipant = defineOperatorCommand<EditParticipant, Changed>()({
  name: "edit-participant",
  refuses: [...OWN_REFUSALS, "VALIDATION_ERROR", "BANK_CODE_IN_USE", "BUSY"],
  needs: ({ guid, known: { mode, bankCodes: before }, changes }) => [
    participants.at(guid),
    activeKeys.of(participants.at(guid)),
    ...codeRefs(mode, changes.bankCodes === undefined ? [] : [...new Set([...before, ...changes.bankCodes])]),
  ],
  decide(state, { operator, guid, known, changes, challenge }, { now }) {
    const before = state.get(participants.at(guid));
    if (before === undefined) return refuse("PARTICIPANT_NOT_FOUND");
    const fault = faultOfMode(before.mode, operator) ?? faultOf(state, before, changes);
    if (fault !== null) return fault;
    const codes = moveCodes(state, before, changes.bankCodes ?? before.bankCodes, known.bankCodes);
    if (isRefusal(codes)) return codes;
    const { callbackUrl } = changes;
    const moved = callbackUrl !== undefined && callbackUrl !== before.callbackUrl;
    const participant = { ...before, ...changes, ...(moved ? callbackSet(before.mode, callbackUrl, challenge) : {}) };
    return {
      result: { guid },
      writes: [
        participants.update(participant),
        ...codes,
        recordAct(guid, operator.id, { name: "edited", details: changes, at: now }),
        ...(isAskable(before) && !isAskable(participant) ? [asksToEnd.append({ participantGuid: guid, at: now })] : []),
        ...(moved && participant.challenge !== null ? [sendChallenge(guid, participant.challenge)] : []),
      ],
      events: changed(guid),
    };
  },
});

/** Whether it is asked for receivers. */
const isAskable = ({ state, receiverSearch }: Participant): boolean => state === "active" && receiverSearch;

const faultOf = (state: State, { guid, mode }: Participant, changes: Changes): Refusal<"VALIDATION_ERROR"> | null => {
  const urls =
    faultOfUrl("/callback_url", changes.callbackUrl, mode) ?? faultOfUrl("/deeplink_url", changes.deeplinkUrl, mode);
  if (urls !== null || changes.profile === undefined) return urls;
  const { profile } = changes;
  const weak = state
    .all(activeKeys.of(participants.at(guid)))
    .some(({ use, jwk }) => use === "sig" && faultOfAlgorithm(profile, Reflect.get(jwk, "alg")) !== null);
  return weak ? unfit("/profile", "has no RS256: revoke these keys first") : null;
};

/** Takes the new codes, and gives up those that are not among them. */
const moveCodes = (
  state: State,
  participant: Participant,
  codes: readonly string[],
  known: readonly string[],
): readonly Write[] | Refusal<"BANK_CODE_IN_USE" | "BUSY"> => {
  const { mode, bankCodes: before } = participant;
  if (codes === before) return [];
  // Changed by somebody else meanwhile: the codes to give up are not locked.
  if (before.some((code) => !known.includes(code))) return refuse("BUSY");
  const taken = takeCodes(participant, codes, (code) => state.get(bankCodes.at(mode, code)));
  if (isRefusal(taken)) return taken;
  const givenUp = before.filter((code) => !codes.includes(code));
  return [...taken, ...givenUp.map((code) => bankCodes.update({ mode, code, participantGuid: null }))];
};
