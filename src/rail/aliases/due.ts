/** Moves of phones between banks that are there, whose notice was taken and that nobody objected to. Completing one ends it. */
import type { Pool } from "pg";
import type { Deadlines } from "../../engine/index.ts";
import { completeMove } from "./complete-move.ts";
import type { MoveRef } from "./move-rows.ts";

export const movesIn = (chores: Pool): Deadlines<MoveRef, MoveRef> => ({
  command: completeMove,
  keyOf: ({ guid }) => guid,
  inputOf: (move) => move,
  async find(postponed, limit) {
    const { rows } = await chores.query<MoveRef>({
      text: `select guid from rail.alias_moves m where ended_at is null and heard_at is not null and until <= now()
        and not exists (select from rail.participants p
          where p.guid in (m.from_participant_guid, m.to_participant_guid) and p.state = 'suspended')
        and guid <> all($1::text[]) order by until limit $2`,
      values: [postponed, limit],
    });
    return rows;
  },
});
