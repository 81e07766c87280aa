/** Phones and their aliases. */
import { column, defineJournal, defineSet, defineTable, type RowOf } from "../../engine/index.ts";
import { payers } from "./budgets.ts";
import type { LastSeqs } from "./callbacks.ts";
import type { Mode } from "./participants.ts";

/** A phone of one world. Its row is there once it was linked or searched for. */
export const phones = defineTable({
  name: "rail.phones",
  key: ["hash"],
  fixed: {
    hash: column.text(),
    mode: column.text<Mode>(),
    /** Ciphertext. */
    phone: column.text(),
  },
  changing: {
    participantGuid: column.text().nullable,
    account: column.text().nullable,
    linkedAt: column.instant().nullable,
    lastSeqs: column.json<LastSeqs>(),
    /** When it was searched for, within the last day. */
    searchedAt: column.instants(),
  },
});
export type Phone = RowOf<typeof phones>;

export type MoveStatus = "waiting" | "completed" | "objected" | "refused" | "withdrawn" | "replaced";

/** A phone that another bank wants: it waits for the present bank's objection. */
export const aliasMoves = defineTable({
  name: "rail.alias_moves",
  key: ["guid"],
  fixed: {
    guid: column.text(),
    mode: column.text<Mode>(),
    phoneHash: column.text(),
    fromParticipantGuid: column.text(),
    fromAccount: column.text(),
    toParticipantGuid: column.text(),
    createdAt: column.instant(),
    until: column.instant(),
  },
  changing: {
    toAccount: column.text(),
    status: column.text<MoveStatus>(),
    /** When the present bank had taken the notice. */
    heardAt: column.instant().nullable,
    /** An operator. */
    decidedBy: column.text().nullable,
    endedAt: column.instant().nullable,
  },
  guardedBy: ({ phoneHash }) => [phones.at(phoneHash)],
});
export type AliasMove = RowOf<typeof aliasMoves>;

/** At most one: a third bank takes the place of the second. */
export const openMoves = defineSet(aliasMoves, {
  name: "rail.open_alias_moves",
  by: "phoneHash",
  where: "ended_at is null",
  holds: ({ endedAt }) => endedAt === null,
});

/** A phone's place on an account that it leads to, or is to lead to. */
export const accountPhones = defineTable({
  name: "rail.account_phones",
  key: ["account", "phoneHash"],
  fixed: {
    /** Its world and the account, as `payers` has it. */
    account: column.text(),
    phoneHash: column.text(),
  },
  changing: {
    /** False once the phone leads elsewhere: a place is given up a moment after it. */
    kept: column.boolean(),
  },
  guardedBy: ({ account }) => [payers.at(account)],
});

export type AccountPhone = RowOf<typeof accountPhones>;

/** At most `phonesPerAccount`. */
export const keptPhones = defineSet(accountPhones, {
  name: "rail.kept_phones",
  by: "account",
  where: "kept",
  holds: ({ kept }) => kept,
});

export type AliasAct = "linked" | "unlinked" | "moved" | "held" | "objected" | "withdrawn" | "refused";

export const aliasHistory = defineJournal({
  name: "rail.alias_history",
  columns: {
    phoneHash: column.text(),
    participantGuid: column.text(),
    account: column.text(),
    act: column.text<AliasAct>(),
    consent: column.json().nullable,
    at: column.instant(),
  },
});
export type AliasHistory = RowOf<typeof aliasHistory>;

/** Phones whose alias changed; what that means for their orders is settled one by one, after it. */
export const phoneChanges = defineJournal({
  name: "rail.phone_changes",
  columns: {
    phoneHash: column.text(),
    at: column.instant(),
  },
});
