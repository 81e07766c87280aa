/**
 * The changes of a phone's alias, each with its history and the callbacks to the banks. Commands decide which change
 * applies; this is the only place that makes it.
 */
import type { State, Write } from "../../engine/index.ts";
import type { Instant } from "../../kernel/index.ts";
import { notifyOfAlias } from "../callbacks/index.ts";
import { endFound } from "../orders/index.ts";
import {
  type AliasAct,
  type AliasMove,
  aliasHistory,
  aliasMoves,
  type MoveStatus,
  openMoves,
  type Phone,
  phoneChanges,
  phones,
  type Search,
} from "../tables/index.ts";
import type { Consent } from "./consent.ts";

export type Holder = { readonly participantGuid: string; readonly account: string };

export type Alias = {
  /** Whose account the phone leads to; null: nobody's. */
  readonly holder: Holder | null;
  /** Who takes it over unless the present bank objects. */
  readonly held: Holder | null;
  /** The former bank is notified unless it is the same one. A move that waits is over, and so is a search. */
  link(holder: Holder, act: "linked" | "moved", consent: Consent | null): void;
  /** Leaves the phone without a bank. A pending move stays pending. */
  unlink(): void;
  /** The present bank is told, and may object until then. Who waited for the phone before waits no longer. */
  hold(move: NewMove, consent: Consent): void;
  /** Who waits means another of its accounts; it waits no longer for it. */
  holdFor(account: string, consent: Consent): void;
  /** Ends a pending move without the phone going anywhere. */
  release(status: Exclude<MoveStatus, "waiting" | "completed">): void;
  record(act: AliasAct, holder: Holder, consent: Consent | null): void;
  notify(participantGuid: string, change: { readonly linked: boolean }): void;
  /** The phone's row and its move's, if they changed, with history and callbacks. */
  writes(): readonly Write[];
};

export type NewMove = { readonly guid: string; readonly to: Holder; readonly until: Instant };

/** The move that waits for a phone, if one does. */
export const openMove = (state: State, hash: string): AliasMove | null =>
  state.all(openMoves.of(phones.at(hash)))[0] ?? null;

export type Opened = {
  /** Undefined: it has no row yet. */
  readonly phone: Phone | undefined;
  /** The row that it then gets. */
  readonly blank: Phone;
  readonly move: AliasMove | null;
  /** The one that is under way for a phone that nobody has. */
  readonly search?: Search | null;
  /** The bank whose answer to that search this is. */
  readonly answeredBy?: string;
};

export const openAlias = ({ phone: before, blank, move, search, answeredBy }: Opened, now: Instant): Alias => {
  const first = before ?? blank;
  let phone = first;
  let waiting = move;
  const further: Write[] = [];

  const set = (change: Partial<Phone>) => {
    phone = { ...phone, ...change };
  };

  const record: Alias["record"] = (act, { participantGuid, account }, consent) => {
    further.push(aliasHistory.append({ phoneHash: phone.hash, participantGuid, account, act, consent, at: now }));
  };

  const tell = (participantGuid: string, change: Parameters<typeof notifyOfAlias>[2]) => {
    const notified = notifyOfAlias(phone, participantGuid, change);
    phone = notified.phone;
    further.push(notified.write);
  };

  const changed = () => further.push(phoneChanges.append({ phoneHash: phone.hash, at: now }));

  const endMove = (status: Exclude<MoveStatus, "waiting">) => {
    if (waiting === null) return;
    further.push(aliasMoves.update({ ...waiting, status, endedAt: now }));
    waiting = null;
  };

  return {
    get holder() {
      return holderOf(phone);
    },
    get held() {
      return waiting === null ? null : { participantGuid: waiting.toParticipantGuid, account: waiting.toAccount };
    },
    link(next, act, consent) {
      const former = holderOf(phone);
      endMove(waiting?.toParticipantGuid === next.participantGuid ? "completed" : "replaced");
      set({ participantGuid: next.participantGuid, account: next.account, linkedAt: now });
      record(act, next, consent);
      changed();
      if (search) further.push(...endFound(search, answeredBy ?? null, now));
      if (former !== null && former.participantGuid !== next.participantGuid)
        tell(former.participantGuid, { linked: false });
    },
    unlink() {
      const former = holderOf(phone);
      if (former === null) return;
      set({ participantGuid: null, account: null, linkedAt: null });
      record("unlinked", former, null);
      changed();
    },
    hold({ guid, to, until }, consent) {
      const from = holderOf(phone);
      if (from === null) throw new Error("a phone that nobody has is not moved");
      const other = waiting?.toParticipantGuid;
      endMove("replaced");
      if (other !== undefined) {
        changed();
        tell(other, { linked: false });
      }
      further.push(aliasMoves.insert(moveOf(phone, from, { guid, to, until }, now)));
      record("held", to, consent);
      tell(from.participantGuid, { linked: true, moves_at: until, move: guid });
    },
    holdFor(account, consent) {
      if (waiting === null || waiting.toAccount === account) return;
      waiting = { ...waiting, toAccount: account };
      further.push(aliasMoves.update(waiting));
      record("held", { participantGuid: waiting.toParticipantGuid, account }, consent);
      changed();
    },
    release(status) {
      endMove(status);
      changed();
    },
    record,
    notify: tell,
    writes() {
      if (before === undefined && phone !== first) return [phones.insert(phone), ...further];
      return phone === first ? further : [phones.update(phone), ...further];
    },
  };
};

const moveOf = (phone: Phone, from: Holder, { guid, to, until }: NewMove, now: Instant): AliasMove => ({
  guid,
  mode: phone.mode,
  phoneHash: phone.hash,
  fromParticipantGuid: from.participantGuid,
  fromAccount: from.account,
  toParticipantGuid: to.participantGuid,
  createdAt: now,
  until,
  toAccount: to.account,
  status: "waiting",
  heardAt: null,
  decidedBy: null,
  endedAt: null,
});

const holderOf = ({ participantGuid, account }: Phone): Alias["holder"] =>
  participantGuid === null || account === null ? null : { participantGuid, account };

export const isSameHolder = (one: Holder | null, other: Holder): boolean =>
  one !== null && one.participantGuid === other.participantGuid && one.account === other.account;
