/**
 * An account has room for so many phones, held moves included: whoever links numbers by the hundred is gathering them. A
 * place is taken under the account's lock by the command that links; what has moved elsewhere leaves its place a moment
 * later, because the command that moves a phone cannot know beforehand which account it leaves.
 */
import { type Ref, type SetRef, type State, unchanged, type Write } from "../../engine/index.ts";
import { type Refusal, refuse } from "../../kernel/index.ts";
import { type Held, payerId } from "../budgets/index.ts";
import { defineCommand } from "../command.ts";
import { accountPhones, keptPhones, openMoves, payers, phones } from "../tables/index.ts";
import { openMove } from "./alias.ts";

export type Place = Held & { readonly hash: string };

export const placeNeeds = (place: Place): readonly (Ref | SetRef)[] => {
  const id = payerId(place);
  return [payers.at(id), keptPhones.of(payers.at(id)), accountPhones.at(id, place.hash)];
};

export const takePlace = (
  state: State,
  wanted: Place,
  room: number,
): Refusal<"INVALID_CREDITOR_ACCOUNT"> | readonly Write[] => {
  const id = payerId(wanted);
  const { hash } = wanted;
  const before = state.get(accountPhones.at(id, hash));
  if (before?.kept) return [];
  if (state.all(keptPhones.of(payers.at(id))).length >= room)
    return refuse("INVALID_CREDITOR_ACCOUNT", { field: "account" });
  const place = { account: id, phoneHash: hash, kept: true };
  return [before === undefined ? accountPhones.insert(place) : accountPhones.update(place)];
};

/** By the command that knows what account the phone leaves. */
export const givePlaceUp = (state: State, left: Place): readonly Write[] => {
  const place = state.get(accountPhones.at(payerId(left), left.hash));
  return place?.kept ? [accountPhones.update({ ...place, kept: false })] : [];
};

export type LeavePlace = {
  /** As the place's row has it. */
  readonly account: string;
  readonly hash: string;
};

/** After an alias changed: gives up the place on an account that the phone neither leads to nor is to lead to. */
export const leavePlace = defineCommand<LeavePlace, null>()({
  name: "leave-place",
  refuses: [],
  needs: ({ account, hash }) => [
    payers.at(account),
    accountPhones.at(account, hash),
    phones.at(hash),
    openMoves.of(phones.at(hash)),
  ],
  decide(state, { account, hash }) {
    const place = state.get(accountPhones.at(account, hash));
    if (!place?.kept) return unchanged(null);
    const phone = state.need(phones.at(hash));
    const { mode } = phone;
    const move = openMove(state, hash);
    const led = [
      { mode, participantGuid: phone.participantGuid, account: phone.account },
      { mode, participantGuid: move?.toParticipantGuid ?? null, account: move?.toAccount ?? null },
    ];
    if (led.some((one) => isHeld(one) && payerId(one) === account)) return unchanged(null);
    return { result: null, writes: [accountPhones.update({ ...place, kept: false })], events: [] };
  },
});

type Led = { readonly [member in keyof Held]: Held[member] | null };

const isHeld = (led: Led): led is Held => led.mode !== null && led.participantGuid !== null && led.account !== null;
