/** The outbox of callbacks: rows of `deliveries`, written in the transaction that they report. */
import { outbox } from "../../deliveries/index.ts";
import type { RowOf } from "../../engine/index.ts";

/** An endpoint is a participant; a body is JSON with guids and statuses, without a phone or a token, which are put in when it is sent. */
export const callbacks = outbox;
export type Callback = RowOf<typeof callbacks>;

/** The number of the last callback about an order or a phone, by the bank that it went to. */
export type LastSeqs = Readonly<Record<string, number>>;
