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

export const openAlias = (opened: Opened, now: Instant): Alias => {
  const page = openPage(opened, now);
  const { set, record, tell, changed, endMove, further } = page;
  const { search, answeredBy = null } = opened;
  return {
    get holder() {
      return holderOf(page.phone);
    },
    get held() {
      return heldOf(page.move);
    },
    link(next, act, consent) {
      const former = holderOf(page.phone);
      endMove(page.move?.toParticipantGuid === next.participantGuid ? "completed" : "replaced");
      set({ participantGuid: next.participantGuid, account: next.account, linkedAt: now });
      record(act, next, consent);
      changed();
      if (search) further.push(...endFound(search, answeredBy, now));
      if (former !== null && former.participantGuid !== next.participantGuid)
        tell(former.participantGuid, { linked: false });
    },
    unlink() {
      const former = holderOf(page.phone);
      if (former === null) return;
      set({ participantGuid: null, account: null, linkedAt: null });
      record("unlinked", former, null);
      changed();
    },
    hold: (move, consent) => hold(page, move, consent, now),
    holdFor(account, consent) {
      const { move } = page;
      if (move === null || move.toAccount === account) return;
      page.putMove({ ...move, toAccount: account });
      record("held", { participantGuid: move.toParticipantGuid, account }, consent);
      changed();
    },
    release(status) {
      endMove(status);
      changed();
    },
    record,
    notify: tell,
    writes: page.writes,
  };
};

const hold = (page: Page, { guid, to, until }: NewMove, consent: Consent, now: Instant): void => {
  const from = holderOf(page.phone);
  if (from === null) throw new Error("a phone that nobody has is not moved");
  const other = page.move?.toParticipantGuid;
  page.endMove("replaced");
  if (other !== undefined) {
    page.changed();
    page.tell(other, { linked: false });
  }
  page.further.push(aliasMoves.insert(moveOf(page.phone, from, { guid, to, until }, now)));
  page.record("held", to, consent);
  page.tell(from.participantGuid, { linked: true, moves_at: until, move: guid });
};

type Page = ReturnType<typeof openPage>;

/** The phone's row and the move that waits, as they are changed, with what is written beside them. */
const openPage = ({ phone: before, blank, move: waiting }: Opened, now: Instant) => {
  let phone = before ?? blank;
  let move = waiting;
  const further: Write[] = [];
  const record: Alias["record"] = (act, { participantGuid, account }, consent) => {
    further.push(aliasHistory.append({ phoneHash: phone.hash, participantGuid, account, act, consent, at: now }));
  };
  return {
    get phone() {
      return phone;
    },
    get move() {
      return move;
    },
    further,
    set(change: Partial<Phone>) {
      phone = { ...phone, ...change };
    },
    putMove(next: AliasMove) {
      move = next;
      further.push(aliasMoves.update(next));
    },
    endMove(status: Exclude<MoveStatus, "waiting">) {
      if (move === null) return;
      further.push(aliasMoves.update({ ...move, status, endedAt: now }));
      move = null;
    },
    record,
    tell(participantGuid: string, change: Parameters<typeof notifyOfAlias>[2]) {
      const notified = notifyOfAlias(phone, participantGuid, change);
      phone = notified.phone;
      further.push(notified.write);
    },
    /** What this means for orders and accounts is settled after it. */
    changed: () => void further.push(phoneChanges.append({ phoneHash: phone.hash, at: now })),
    writes(): readonly Write[] {
      if (before === undefined && phone !== blank) return [phones.insert(phone), ...further];
      return phone === before || phone === blank ? further : [phones.update(phone), ...further];
    },
  };
};

const heldOf = (move: AliasMove | null): Holder | null =>
  move === null ? null : { participantGuid: move.toParticipantGuid, account: move.toAccount };

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
