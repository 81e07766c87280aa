/**
 * A bank links a phone to an account of its own. The last link wins; where a move is held, the present bank is notified
 * and objects by linking the phone again.
 */
import { after, type Instant } from "../../kernel/index.ts";
import { defineCommand } from "../command.ts";
import { blankPhone } from "../phone-cipher.ts";
import type { RailSettings } from "../settings.ts";
import { type Mode, phones, quotas } from "../tables/index.ts";
import { type Alias, type Holder, isSameHolder, openAlias } from "./alias.ts";
import type { Consent } from "./consent.ts";

export type LinkAlias = Holder & {
  readonly mode: Mode;
  readonly hash: string;
  /** Ciphertext. */
  readonly sealed: string;
  readonly consent: Consent;
};

/** Whether the phone is linked to that account now. */
export type Linked = { readonly linked: boolean };

export const linkAlias = ({ aliasMoveHoldMs }: Pick<RailSettings, "aliasMoveHoldMs">) =>
  defineCommand<LinkAlias, Linked>()({
    name: "link-alias",
    refuses: [],
    needs: ({ participantGuid, hash }) => [quotas.at(participantGuid), phones.at(hash)],
    decide(state, { hash, mode, sealed, participantGuid, account, consent }, { now }) {
      const alias = openAlias(state.get(phones.at(hash)), blankPhone(hash, mode, sealed), now);
      const wanted = { participantGuid, account };
      if (alias.holder === null) alias.link(wanted, "linked", consent);
      else if (alias.holder.participantGuid === participantGuid) linkAgain(alias, wanted, consent);
      else if (aliasMoveHoldMs[mode] === 0) moveNow(alias, wanted, consent);
      else waitFor(alias, wanted, consent, after(now, aliasMoveHoldMs[mode]));
      return { result: { linked: isSameHolder(alias.holder, wanted) }, writes: alias.writes(), events: [] };
    },
  });

/** The present bank: it objects to a move, and may name another account. */
const linkAgain = (alias: Alias, wanted: Holder, consent: Consent): void => {
  const { held, holder } = alias;
  if (held !== null) {
    alias.release();
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
const waitFor = (alias: Alias, wanted: Holder, consent: Consent, until: Instant): void => {
  const { held, holder } = alias;
  if (isSameHolder(held, wanted)) return;
  if (held?.participantGuid === wanted.participantGuid) {
    alias.hold(wanted, held.until, consent);
    return;
  }
  alias.hold(wanted, until, consent);
  if (held !== null) alias.notify(held.participantGuid, { linked: false });
  if (holder !== null) alias.notify(holder.participantGuid, { linked: true, moves_at: until });
};
