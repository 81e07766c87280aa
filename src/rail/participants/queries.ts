/** Reads participants as operators see them. */
import type { Pool } from "pg";
import { guidPlaceOf, instantOf, type ListQuery, listPage, OLDEST_GUID, rowOf } from "../../database/index.ts";
import { type Key, keys, type Mode, participants } from "../tables/index.ts";
import { participantDocument } from "./views.ts";

/** A mode or null for both. Oldest first. */
export const listParticipants = async (pool: Pool, mode: Mode | null, query: ListQuery) => {
  const { rank, id } = guidPlaceOf(query, OLDEST_GUID);
  const { rows } = await pool.query({
    name: "list participants",
    text: `select * from rail.participants where ($1::text is null or mode = $1) and (created_at, guid) > (${instantOf("$4")}, $5)
      order by created_at, guid limit $2 offset $3`,
    values: [mode, query.limit + 1, query.offset, rank, id],
  });
  const found = listPage(
    rows.map((row) => rowOf(participants, row)),
    query,
    ({ createdAt, guid }) => ({ rank: createdAt, id: guid }),
  );
  const guids = found.items.map(({ guid }) => guid);
  const [registered, silent] = await Promise.all([keysOf(pool, guids), silentOf(pool, guids)]);
  const items = found.items.map((participant) =>
    participantDocument(
      participant,
      registered.filter(({ participantGuid }) => participantGuid === participant.guid),
      !silent.has(participant.guid),
    ),
  );
  return { ...found, items };
};

export const findParticipant = async (pool: Pool, guid: string) => {
  const { rows } = await pool.query({
    name: "find participant",
    text: "select * from rail.participants where guid = $1",
    values: [guid],
  });
  const [row] = rows;
  if (row === undefined) return null;
  const [registered, silent] = await Promise.all([keysOf(pool, [guid]), silentOf(pool, [guid])]);
  return participantDocument(rowOf(participants, row), registered, !silent.has(guid));
};

export const findKey = async (pool: Pool, kid: string): Promise<Key | null> => {
  const { rows } = await pool.query({
    name: "find key",
    text: "select * from rail.keys where kid = $1",
    values: [kid],
  });
  return rows[0] === undefined ? null : rowOf(keys, rows[0]);
};

/** Those of them that left several asks in a row unanswered. */
const silentOf = async (pool: Pool, guids: readonly string[]): Promise<ReadonlySet<string>> => {
  const { rows } = await pool.query<{ guid: string }>({
    name: "silent participants",
    text: "select participant_guid as guid from rail.reach where participant_guid = any($1) and closed_until is not null",
    values: [guids],
  });
  return new Set(rows.map(({ guid }) => guid));
};

const keysOf = async (pool: Pool, guids: readonly string[]): Promise<readonly Key[]> => {
  const { rows } = await pool.query({
    name: "keys of participants",
    text: "select * from rail.keys where participant_guid = any($1) order by created_at, kid",
    values: [guids],
  });
  return rows.map((row) => rowOf(keys, row));
};
