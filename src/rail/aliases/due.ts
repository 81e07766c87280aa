/** Moves of phones that nobody objected to in time. Completing a move takes it off the phone's row. */
import type { Pool } from "pg";
import type { Deadlines } from "../../engine/index.ts";
import { completeMove, type PhoneRef } from "./complete-move.ts";

export const movesIn = (chores: Pool): Deadlines<PhoneRef, PhoneRef> => ({
  command: completeMove,
  keyOf: ({ hash }) => hash,
  inputOf: (phone) => phone,
  async find(postponed, limit) {
    const { rows } = await chores.query<PhoneRef>({
      text: `select hash from rail.phones where held_until <= now() and hash <> all($1::text[])
        order by held_until limit $2`,
      values: [postponed, limit],
    });
    return rows;
  },
});
