/** An operator registers a bank as a participant. */
import { unchanged, type Write } from "../../engine/index.ts";
import { isRefusal, type Refusal, refuse } from "../../kernel/index.ts";
import { BANK, full } from "../budgets/index.ts";
import { sendChallenge } from "../callbacks/index.ts";
import { defineOperatorCommand } from "../command.ts";
import { bankCodes, type Mode, type Participant, participants, quotas } from "../tables/index.ts";
import { callbackSet, changed, codeRefs, faultOfMode, faultOfUrl, type Operator, recordAct } from "./operator-acts.ts";

type Terms = Pick<
  Participant,
  "guid" | "mode" | "name" | "bankCodes" | "callbackUrl" | "deeplinkUrl" | "profile" | "receiverSearch"
>;

/** @property challenge random, in case that the callback URL has to be proven */
export type CreateParticipant = { readonly operator: Operator; readonly terms: Terms; readonly challenge: string };

/** @property guid of the participant that the command was about */
export type Changed = { readonly guid: string };

export const createParticipant = defineOperatorCommand<CreateParticipant, Changed>()({
  name: "create-participant",
  refuses: ["PRODUCTION_NEEDS_RAIL_OPERATOR", "VALIDATION_ERROR", "BANK_CODE_IN_USE"],
  needs: ({ terms: { guid, mode, bankCodes } }) => [
    participants.at(guid),
    quotas.at(guid),
    ...codeRefs(mode, bankCodes),
  ],
  decide(state, { operator, terms, challenge }, { now }) {
    const { guid, mode } = terms;
    // Of one with a fixed guid, which several nodes make when they start.
    if (state.get(participants.at(guid)) !== undefined) return unchanged({ guid });
    const fault =
      faultOfMode(mode, operator) ??
      faultOfUrl("/callback_url", terms.callbackUrl, mode) ??
      faultOfUrl("/deeplink_url", terms.deeplinkUrl, mode);
    if (fault !== null) return fault;
    const codes = takeCodes(terms, terms.bankCodes, (code) => state.get(bankCodes.at(mode, code)));
    if (isRefusal(codes)) return codes;
    const participant: Participant = {
      ...terms,
      ...callbackSet(mode, terms.callbackUrl, challenge),
      createdAt: now,
      createdBy: operator.id,
      state: "active",
      maintenance: [],
      maintenanceSetAt: null,
    };
    return {
      result: { guid },
      writes: [
        participants.insert(participant),
        quotas.insert({ participantGuid: guid, ...full(BANK[mode], now) }),
        ...codes,
        recordAct(guid, operator.id, { name: "created", details: terms, at: now }),
        ...(participant.challenge === null ? [] : [sendChallenge(guid, participant.challenge)]),
      ],
      events: changed(guid),
    };
  },
});

type Owned = { readonly guid: string; readonly mode: Mode };
type HeldCode = { readonly participantGuid: string | null };

/** One code, one participant of a world; what was given up may be taken. */
export const takeCodes = (
  { guid, mode }: Owned,
  codes: readonly string[],
  held: (code: string) => HeldCode | undefined,
): readonly Write[] | Refusal<"BANK_CODE_IN_USE"> => {
  const taken = codes.find((code) => ![undefined, null, guid].includes(held(code)?.participantGuid));
  if (taken !== undefined) return refuse("BANK_CODE_IN_USE", { bank_code: taken });
  return codes
    .filter((code) => held(code)?.participantGuid !== guid)
    .map((code) => {
      const row = { mode, code, participantGuid: guid };
      return held(code) === undefined ? bankCodes.insert(row) : bankCodes.update(row);
    });
};
