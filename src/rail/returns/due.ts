/** Return requests that nobody answered in time. Lapsing one ends it. */
import type { Pool } from "pg";
import type { Deadlines } from "../../engine/index.ts";
import { lapseReturnRequest, type ReturnRequestRef } from "./refuse-return.ts";

export const returnRequestsIn = (chores: Pool): Deadlines<ReturnRequestRef, ReturnRequestRef> => ({
  command: lapseReturnRequest,
  keyOf: ({ paymentGuid }) => paymentGuid,
  inputOf: (request) => request,
  async find(postponed, limit) {
    const { rows } = await chores.query<ReturnRequestRef>({
      text: `select payment_guid as "paymentGuid" from rail.return_requests
        where status = 'created' and until <= now() and payment_guid <> all($1::text[]) order by until limit $2`,
      values: [postponed, limit],
    });
    return rows;
  },
});
