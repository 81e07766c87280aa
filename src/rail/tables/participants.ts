/** Banks on the rail, with their codes and keys. */
import { column, defineJournal, defineSet, defineTable, type RowOf } from "../../engine/index.ts";

/** Two worlds that never meet. */
export type Mode = "sandbox" | "production";
export type Profile = "compat" | "strong";

export const participants = defineTable({
  name: "rail.participants",
  key: ["guid"],
  fixed: {
    guid: column.text(),
    mode: column.text<Mode>(),
    createdAt: column.instant(),
    createdBy: column.text(),
  },
  changing: {
    name: column.text(),
    /** The six digits inside an IBAN. */
    bankCodes: column.texts(),
    callbackUrl: column.text().nullable,
    /** Null: not proven, which only the sandbox does without. */
    callbackProvenAt: column.instant().nullable,
    /** What the callback URL has to answer with; null once it did. */
    challenge: column.text().nullable,
    deeplinkUrl: column.text().nullable,
    profile: column.text<Profile>(),
    /** Whether it is asked for receivers. */
    receiverSearch: column.boolean(),
    state: column.text<"active" | "suspended">(),
    /** Announced by the bank itself, in their order. */
    maintenance: column.json<readonly Window[]>(),
    maintenanceSetAt: column.instant().nullable,
  },
});
export type Participant = RowOf<typeof participants>;

export type KeyUse = "sig" | "enc";

/** When a bank will not answer, by its own word. @property until not part of it */
export type Window = { readonly from: number; readonly until: number };

/** Whose a bank code is in a world. */
export const bankCodes = defineTable({
  name: "rail.bank_codes",
  key: ["mode", "code"],
  fixed: {
    mode: column.text<Mode>(),
    code: column.text(),
  },
  changing: {
    /** Null: given up. */
    participantGuid: column.text().nullable,
  },
});
export type BankCode = RowOf<typeof bankCodes>;

export const keys = defineTable({
  name: "rail.keys",
  key: ["kid"],
  fixed: {
    kid: column.text(),
    participantGuid: column.text(),
    /** For its signatures, or for what is encrypted for it: never both. */
    use: column.text<KeyUse>(),
    jwk: column.json(),
    notBefore: column.instant().nullable,
    expiresAt: column.instant().nullable,
    createdAt: column.instant(),
  },
  changing: { revokedAt: column.instant().nullable },
  guardedBy: ({ participantGuid }) => [participants.at(participantGuid)],
});
export type Key = RowOf<typeof keys>;

/** Those that are not revoked: at most `LIMITS.maxKeys`. */
export const activeKeys = defineSet(keys, {
  name: "rail.active_keys",
  by: "participantGuid",
  where: "revoked_at is null",
  holds: (key) => key.revokedAt === null,
});

/** Whether a bank answers when it is asked for receivers. One that always did has no row. */
export const reach = defineTable({
  name: "rail.reach",
  key: ["participantGuid"],
  fixed: { participantGuid: column.text() },
  changing: {
    /** In a row. */
    failures: column.integer(),
    /** Not asked before it, and then once. */
    closedUntil: column.instant().nullable,
  },
});
export type Reach = RowOf<typeof reach>;

/** Banks that are not asked any more; what they are asked still is ended one by one, after it. */
export const asksToEnd = defineJournal({
  name: "rail.asks_to_end",
  columns: {
    participantGuid: column.text(),
    at: column.instant(),
  },
});

export const participantActs = defineJournal({
  name: "rail.participant_acts",
  columns: {
    participantGuid: column.text(),
    operatorId: column.text(),
    act: column.text(),
    details: column.json(),
    at: column.instant(),
  },
});
export type ParticipantAct = RowOf<typeof participantActs>;
