/** Participants as operators see them. */
import type { Pool } from "pg";
import { type PageQuery, page, rowOf } from "../../database/index.ts";
import { type Key, keys, type Mode, participants } from "../tables/index.ts";
import { participantDocument } from "./views.ts";

/** A mode or null for both. Oldest first. */
export const listParticipants = async (pool: Pool, mode: Mode | null, query: PageQuery) => {
  const { rows } = await pool.query({
    name: "list participants",
    text: `select * from rail.participants where $1::text is null or mode = $1
      order by created_at, guid limit $2 offset $3`,
    values: [mode, query.limit + 1, query.offset],
  });
  const found = rows.map((row) => rowOf(participants, row));
  const registered = await keysOf(
    pool,
    found.map(({ guid }) => guid),
  );
  const documents = found.map((participant) =>
    participantDocument(
      participant,
      registered.filter(({ participantGuid }) => participantGuid === participant.guid),
    ),
  );
  return page(documents, query);
};

export const findParticipant = async (pool: Pool, guid: string) => {
  const { rows } = await pool.query({
    name: "find participant",
    text: "select * from rail.participants where guid = $1",
    values: [guid],
  });
  const [row] = rows;
  return row === undefined ? null : participantDocument(rowOf(participants, row), await keysOf(pool, [guid]));
};

export const findKey = async (pool: Pool, kid: string): Promise<Key | null> => {
  const { rows } = await pool.query({
    name: "find key",
    text: "select * from rail.keys where kid = $1",
    values: [kid],
  });
  return rows[0] === undefined ? null : rowOf(keys, rows[0]);
};

const keysOf = async (pool: Pool, guids: readonly string[]): Promise<readonly Key[]> => {
  const { rows } = await pool.query({
    name: "keys of participants",
    text: "select * from rail.keys where participant_guid = any($1) order by created_at, kid",
    values: [guids],
  });
  return rows.map((row) => rowOf(keys, row));
};
