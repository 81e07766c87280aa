/**
 * What may become of a phone's alias, each with its history and with what banks are told of it. Commands say which of it
 * is to be; this is the one place that does it.
 */
import type { Write } from "../../engine/index.ts";
import type { Instant } from "../../kernel/index.ts";
import { notifyOfAlias } from "../callbacks/index.ts";
import { type AliasAct, aliasHistory, type Phone, phoneChanges, phones } from "../tables/index.ts";
import type { Consent } from "./consent.ts";

export type Holder = { readonly participantGuid: string; readonly account: string };

export type Alias = {
  /** Who has the phone; null: nobody. */
  readonly holder: Holder | null;
  /** Who waits to take it over. */
  readonly held: (Holder & { readonly until: Instant }) | null;
  /** From whomever had it, who is told unless it is the same bank. A move that waited is off. */
  link(holder: Holder, act: "linked" | "moved", consent: Consent | null): void;
  /** Nobody has it. A move that waits goes on waiting. */
  unlink(): void;
  /** Its bank is told when it goes, and may object until then. */
  hold(holder: Holder, until: Instant, consent: Consent): void;
  /** A move that waited will not be. */
  release(): void;
  record(act: AliasAct, holder: Holder, consent: Consent | null): void;
  notify(participantGuid: string, change: { readonly linked: boolean; readonly moves_at?: number }): void;
  /** The phone's row, if it changed, and all that goes with it. */
  writes(): readonly Write[];
};

const NOT_HELD = { heldParticipantGuid: null, heldAccount: null, heldUntil: null } as const;

/** @param before undefined: the phone has no row yet @param blank the row that it then gets */
export const openAlias = (before: Phone | undefined, blank: Phone, now: Instant): Alias => {
  const first = before ?? blank;
  let phone = first;
  const further: Write[] = [];

  const holder = (): Holder | null => {
    const { participantGuid, account } = phone;
    return participantGuid === null || account === null ? null : { participantGuid, account };
  };

  const set = (change: Partial<Phone>) => {
    phone = { ...phone, ...change };
  };

  const note: Alias["record"] = (act, { participantGuid, account }, consent) => {
    further.push(aliasHistory.append({ phoneHash: phone.hash, participantGuid, account, act, consent, at: now }));
  };

  const tell: Alias["notify"] = (participantGuid, change) => {
    const told = notifyOfAlias(phone, participantGuid, change);
    phone = told.phone;
    further.push(told.write);
  };

  const changed = () => further.push(phoneChanges.append({ phoneHash: phone.hash, at: now }));

  return {
    get holder() {
      return holder();
    },
    get held() {
      const { heldParticipantGuid: participantGuid, heldAccount: account, heldUntil: until } = phone;
      return participantGuid === null || account === null || until === null
        ? null
        : { participantGuid, account, until };
    },
    link(next, act, consent) {
      const former = holder();
      set({ ...next, linkedAt: now, ...NOT_HELD });
      note(act, next, consent);
      changed();
      if (former !== null && former.participantGuid !== next.participantGuid)
        tell(former.participantGuid, { linked: false });
    },
    unlink() {
      const former = holder();
      if (former === null) return;
      set({ participantGuid: null, account: null, linkedAt: null });
      note("unlinked", former, null);
      changed();
    },
    hold({ participantGuid, account }, until, consent) {
      set({ heldParticipantGuid: participantGuid, heldAccount: account, heldUntil: until });
      note("held", { participantGuid, account }, consent);
    },
    release: () => set(NOT_HELD),
    record: note,
    notify: tell,
    writes() {
      if (before === undefined && phone !== first) return [phones.insert(phone), ...further];
      return phone === first ? further : [phones.update(phone), ...further];
    },
  };
};

export const isSameHolder = (one: Holder | null, other: Holder): boolean =>
  one !== null && one.participantGuid === other.participantGuid && one.account === other.account;
