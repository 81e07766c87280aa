/**
 * A bank links a phone to an account of its own. The last link wins; where a move is held, the present bank is notified
 * and objects by linking the phone again. What a look-up costs is taken before the phone is looked at.
 */
import { after, isRefusal } from "../../kernel/index.ts";
import { type Asker, askerNeeds, charge, LINK, NOTHING_BACK } from "../budgets/index.ts";
import { defineCommand } from "../command.ts";
import { openSearch, openSearchNeeds } from "../orders/index.ts";
import { blankPhone } from "../phone-cipher.ts";
import type { RailSettings } from "../settings.ts";
import { type Mode, openMoves, phones } from "../tables/index.ts";
import { type Alias, type Holder, isSameHolder, type NewMove, openAlias, openMove } from "./alias.ts";
import { type Consent, faultOfConsent } from "./consent.ts";
import { placeNeeds, takePlace } from "./places.ts";

export type LinkAlias = Holder & {
  readonly mode: Mode;
  readonly hash: string;
  /** Ciphertext. */
  readonly sealed: string;
  readonly consent: Consent;
  /** Of the move, if it is one that waits. */
  readonly moveGuid: string;
};

/** Whether the phone is linked to that account now. */
export type Linked = { readonly linked: boolean };

export const linkAlias = ({
  aliasMoveHoldMs,
  phonesPerAccount,
}: Pick<RailSettings, "aliasMoveHoldMs" | "phonesPerAccount">) =>
  defineCommand<LinkAlias, Linked>()({
    name: "link-alias",
    refuses: ["INVALID_REQUEST", "INVALID_CREDITOR_ACCOUNT", "RATE_LIMITED"],
    needs: (input) => [
      ...askerNeeds(askerOf(input)),
      ...placeNeeds(input),
      ...openSearchNeeds(input.hash),
      openMoves.of(phones.at(input.hash)),
    ],
    decide(state, input, { now }) {
      const { hash, mode, sealed, participantGuid, account, consent } = input;
      const late = faultOfConsent(consent, now);
      if (late !== null) return late;
      const place = takePlace(state, input, phonesPerAccount);
      if (isRefusal(place)) return place;
      const price = charge(state, askerOf(input), LINK.reserve, now);
      if (isRefusal(price)) return price;
      const phone = state.get(phones.at(hash));
      const [move, search] = [openMove(state, hash), openSearch(state, hash)];
      const alias = openAlias({ phone, blank: blankPhone(hash, mode, sealed), move, search }, now);
      const wanted = { participantGuid, account };
      const { holder } = alias;
      const elsewhere = holder !== null && holder.participantGuid !== participantGuid;
      if (holder === null) alias.link(wanted, "linked", consent);
      else if (!elsewhere) linkAgain(alias, wanted, consent);
      else if (aliasMoveHoldMs[mode] === 0) moveNow(alias, wanted, consent);
      else waitFor(alias, { guid: input.moveGuid, to: wanted, until: after(now, aliasMoveHoldMs[mode]) }, consent);
      return {
        result: { linked: isSameHolder(alias.holder, wanted) },
        writes: [...price.writes(elsewhere ? NOTHING_BACK : LINK.unknown), ...place, ...alias.writes()],
        events: [],
      };
    },
  });

const askerOf = ({ participantGuid, mode, account }: LinkAlias): Asker => ({ participantGuid, mode, account });

/** The present bank: it objects to a move, and may name another account. */
const linkAgain = (alias: Alias, wanted: Holder, consent: Consent): void => {
  const { held, holder } = alias;
  if (held !== null) {
    alias.release("objected");
    alias.record("objected", wanted, consent);
    alias.notify(held.participantGuid, { linked: false });
  }
  if (!isSameHolder(holder, wanted)) alias.link(wanted, "linked", consent);
};

/** Where nothing waits. A move that waited from before, under another setting, is off. */
const moveNow = (alias: Alias, wanted: Holder, consent: Consent): void => {
  const { held } = alias;
  alias.link(wanted, "moved", consent);
  if (held !== null && held.participantGuid !== wanted.participantGuid)
    alias.notify(held.participantGuid, { linked: false });
};

/** Another bank's phone. Who asks again waits no longer for it, whichever of its accounts it means by now. */
const waitFor = (alias: Alias, move: NewMove, consent: Consent): void => {
  if (alias.held?.participantGuid === move.to.participantGuid) alias.holdFor(move.to.account, consent);
  else alias.hold(move, consent);
};
