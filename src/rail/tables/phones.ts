/** Phones and their aliases. */
import { column, defineJournal, defineTable, type RowOf } from "../../engine/index.ts";
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
    /** Who takes it over, unless the present bank objects until then. */
    heldParticipantGuid: column.text().nullable,
    heldAccount: column.text().nullable,
    heldUntil: column.instant().nullable,
    /** Callbacks about it so far. */
    told: column.integer(),
  },
});
export type Phone = RowOf<typeof phones>;

export type AliasAct = "linked" | "unlinked" | "moved" | "held" | "objected" | "withdrawn";

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
