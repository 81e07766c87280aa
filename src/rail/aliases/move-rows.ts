/** What every command on one move names: the move, and the gate of its phone. */
import type { Ref, Routes } from "../../engine/index.ts";
import { aliasMoves, phones } from "../tables/index.ts";

export type MoveRef = { readonly guid: string };

/** `route` and `needs` of a command. */
export const NAMES_A_MOVE = {
  route: ({ guid }: MoveRef): readonly Ref[] => [aliasMoves.at(guid)],
  needs({ guid }: MoveRef, routes: Routes): readonly Ref[] {
    const move = routes.get(aliasMoves.at(guid));
    return move === undefined ? [] : [aliasMoves.at(guid), phones.at(move.phoneHash)];
  },
};
