/**
 * The changes of a phone's alias, each with its history and the callbacks to the banks. Commands decide which change
 * applies; this is the only place that makes it.
 */
import type { Write } from "../../engine/index.ts";
import type { Instant } from "../../kernel/index.ts";
import { notifyOfAlias } from "../callbacks/index.ts";
import { endFound } from "../orders/index.ts";
import { type AliasAct, aliasHistory, type Phone, phoneChanges, phones, type Search } from "../tables/index.ts";
import type { Consent } from "./consent.ts";

export type Holder = { readonly participantGuid: string; readonly account: string };

export type Alias = {
  /** Whose account the phone leads to; null: nobody's. */
  readonly holder: Holder | null;
  /** Who takes it over unless the present bank objects. */
  readonly held: (Holder & { readonly until: Instant }) | null;
  /** The former bank is notified unless it is the same one. A pending move is cancelled, and a search is over. */
  link(holder: Holder, act: "linked" | "moved", consent: Consent | null): void;
  /** Leaves the phone without a bank. A pending move stays pending. */
  unlink(): void;
  /** The present bank may object until then. */
  hold(holder: Holder, until: Instant, consent: Consent): void;
  /** Cancels a pending move. */
  release(): void;
  record(act: AliasAct, holder: Holder, consent: Consent | null): void;
  notify(participantGuid: string, change: { readonly linked: boolean; readonly moves_at?: number }): void;
  /** The phone's row, if it changed, with history and callbacks. */
  writes(): readonly Write[];
};

const NOT_HELD = { heldParticipantGuid: null, heldAccount: null, heldUntil: null } as const;

/**
 * @param before undefined: the phone has no row yet @param blank the row that it then gets
 * @param search the one that is under way for a phone that nobody has @param answeredBy the bank whose answer to it this is
 */
export const openAlias = (
  before: Phone | undefined,
  blank: Phone,
  now: Instant,
  search: Search | null = null,
  answeredBy: string | null = null,
): Alias => {
  const page = openPage(before ?? blank, now);
  const { set, record, notify, changed, further } = page;
  return {
    get holder() {
      return holderOf(page.phone);
    },
    get held() {
      return heldOf(page.phone);
    },
    link(next, act, consent) {
      const former = holderOf(page.phone);
      set({ ...next, linkedAt: now, ...NOT_HELD });
      record(act, next, consent);
      changed();
      if (search !== null) further.push(...endFound(search, answeredBy, now));
      if (former !== null && former.participantGuid !== next.participantGuid)
        notify(former.participantGuid, { linked: false });
    },
    unlink() {
      const former = holderOf(page.phone);
      if (former === null) return;
      set({ participantGuid: null, account: null, linkedAt: null });
      record("unlinked", former, null);
      changed();
    },
    hold({ participantGuid, account }, until, consent) {
      if (page.phone.heldAccount !== null) changed();
      set({ heldParticipantGuid: participantGuid, heldAccount: account, heldUntil: until });
      record("held", { participantGuid, account }, consent);
    },
    release() {
      set(NOT_HELD);
      changed();
    },
    record,
    notify,
    writes() {
      const { phone } = page;
      if (before === undefined && phone !== blank) return [phones.insert(phone), ...further];
      return phone === before || phone === blank ? further : [phones.update(phone), ...further];
    },
  };
};

/** The phone's row as it is changed, and what is written beside it. */
const openPage = (first: Phone, now: Instant) => {
  let phone = first;
  const further: Write[] = [];
  const record: Alias["record"] = (act, { participantGuid, account }, consent) => {
    further.push(aliasHistory.append({ phoneHash: phone.hash, participantGuid, account, act, consent, at: now }));
  };
  return {
    get phone() {
      return phone;
    },
    further,
    set(change: Partial<Phone>) {
      phone = { ...phone, ...change };
    },
    record,
    notify(participantGuid: string, change: Parameters<typeof notifyOfAlias>[2]) {
      const notified = notifyOfAlias(phone, participantGuid, change);
      phone = notified.phone;
      further.push(notified.write);
    },
    /** What this means for orders and accounts is settled after it. */
    changed: () => void further.push(phoneChanges.append({ phoneHash: phone.hash, at: now })),
  };
};

const holderOf = ({ participantGuid, account }: Phone): Alias["holder"] =>
  participantGuid === null || account === null ? null : { participantGuid, account };

const heldOf = ({ heldParticipantGuid, heldAccount, heldUntil }: Phone): Alias["held"] =>
  heldParticipantGuid === null || heldAccount === null || heldUntil === null
    ? null
    : { participantGuid: heldParticipantGuid, account: heldAccount, until: heldUntil };

export const isSameHolder = (one: Holder | null, other: Holder): boolean =>
  one !== null && one.participantGuid === other.participantGuid && one.account === other.account;
