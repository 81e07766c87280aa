/** The outbox of callbacks: rows of `deliveries`, written in the transaction that they report. */
import { column, defineJournal, type RowOf } from "../../engine/index.ts";

export const callbacks = defineJournal({
  name: "deliveries.queue",
  columns: {
    channel: column.text(),
    /** The participant. */
    endpoint: column.text(),
    /** Delivered in order within it. */
    subject: column.text(),
    eventId: column.text(),
    /** JSON with guids and statuses; no phone and no token: those are put in when it is sent. */
    body: column.text(),
  },
});
export type Callback = RowOf<typeof callbacks>;

/** The number of the last callback about an order or a phone, by the bank that it went to. */
export type LastSeqs = Readonly<Record<string, number>>;
