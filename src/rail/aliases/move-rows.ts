/** What every command on one move names: the move, the gate of its phone, and both banks. */
import type { Ref, Routes, State } from "../../engine/index.ts";
import { type AliasMove, aliasMoves, participants, phones } from "../tables/index.ts";

export type MoveRef = { readonly guid: string };

/** `route` and `needs` of a command. */
export const NAMES_A_MOVE = {
  route: ({ guid }: MoveRef): readonly Ref[] => [aliasMoves.at(guid)],
  needs({ guid }: MoveRef, routes: Routes): readonly Ref[] {
    const move = routes.get(aliasMoves.at(guid));
    if (move === undefined) return [];
    const banks = [move.fromParticipantGuid, move.toParticipantGuid].map((bank) => participants.at(bank));
    return [aliasMoves.at(guid), phones.at(move.phoneHash), ...banks];
  },
};

/**
 * Whether it is between the two banks and the clock. The present bank has to have heard of it; and both have to be there:
 * one that is suspended can neither object nor be trusted with a phone more.
 */
export const isBetweenBanks = (state: State, { heardAt, fromParticipantGuid, toParticipantGuid }: AliasMove): boolean =>
  heardAt !== null &&
  [fromParticipantGuid, toParticipantGuid].every((bank) => state.need(participants.at(bank)).state === "active");
