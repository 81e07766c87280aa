/**
 * Deliveries as commands see them: one that failed for good is sent again under its own row's lock, once for each time
 * that it was asked for. What carries them is no command's: attempts are counted by whoever sends.
 */
import { column, defineJournal, defineTable, type RowOf, type Write } from "../engine/index.ts";
import type { Instant } from "../kernel/index.ts";

export const letters = defineTable({
  name: "deliveries.queue",
  key: ["id"],
  fixed: {
    id: column.id(),
    channel: column.text(),
    endpoint: column.text(),
    subject: column.text(),
    eventId: column.text(),
    body: column.text(),
    createdAt: column.instant(),
  },
  changing: {
    state: column.text<"waiting" | "delivered" | "dead">(),
    attempts: column.integer(),
    nextAt: column.instant(),
    lastError: column.text().nullable,
    settledAt: column.instant().nullable,
  },
});
/** What a command puts into the queue, in the transaction of what it tells of. */
export const outbox = defineJournal({
  name: "deliveries.queue",
  columns: {
    channel: column.text(),
    endpoint: column.text(),
    /** Delivered in order within it. */
    subject: column.text(),
    eventId: column.text(),
    body: column.text(),
  },
});

type Letter = RowOf<typeof letters>;

/** Whose dead letters may be sent again. @property endpoint of one only */
export type LettersOf = { readonly channel: string; readonly endpoint?: string };

/** With all its attempts before it, at once. @returns null where there is no such dead letter */
export const sendAgain = (letter: Letter | undefined, { channel, endpoint }: LettersOf, now: Instant): Write | null => {
  if (letter?.state !== "dead" || letter.channel !== channel) return null;
  if (endpoint !== undefined && letter.endpoint !== endpoint) return null;
  return letters.update({ ...letter, state: "waiting", attempts: 0, nextAt: now, settledAt: null });
};
