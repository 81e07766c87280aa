/** A bank unlinks a phone, or withdraws a pending move. An alias of another bank stays as it is. */
import { unchanged } from "../../engine/index.ts";
import { defineCommand } from "../command.ts";
import { type Mode, openMoves, type Phone, phones, quotas } from "../tables/index.ts";
import { type Alias, type Holder, isSameHolder, openAlias, openMove } from "./alias.ts";
import type { Linked } from "./link-alias.ts";
import { givePlaceUp, placeNeeds } from "./places.ts";

export type UnlinkAlias = Holder & { readonly mode: Mode; readonly hash: string };

export const unlinkAlias = defineCommand<UnlinkAlias, Linked>()({
  name: "unlink-alias",
  refuses: [],
  needs: (input) => [
    quotas.at(input.participantGuid),
    ...placeNeeds(input),
    phones.at(input.hash),
    openMoves.of(phones.at(input.hash)),
  ],
  decide(state, input, { now }) {
    const { hash, participantGuid, account } = input;
    const phone: Phone | undefined = state.get(phones.at(hash));
    if (phone === undefined) return unchanged({ linked: false });
    const alias = openAlias({ phone, blank: phone, move: openMove(state, hash) }, now);
    const own = { participantGuid, account };
    if (isSameHolder(alias.holder, own)) giveUp(alias);
    else if (isSameHolder(alias.held, own)) withdraw(alias, own);
    else return unchanged({ linked: false });
    return { result: { linked: false }, writes: [...alias.writes(), ...givePlaceUp(state, input)], events: [] };
  },
});

/** Nobody is left to object to a pending move. */
const giveUp = (alias: Alias): void => {
  const { held } = alias;
  alias.unlink();
  if (held === null) return;
  alias.link(held, "moved", null);
  alias.notify(held.participantGuid, { linked: true });
};

/** The present bank was notified of the move: it keeps the phone. */
const withdraw = (alias: Alias, own: Holder): void => {
  alias.release("withdrawn");
  alias.record("withdrawn", own, null);
  if (alias.holder !== null) alias.notify(alias.holder.participantGuid, { linked: true });
};
