/** Reading aliases: whether a phone is linked to an account that is known; and moves, by either side and by operators. */
import type { Pool } from "pg";
import {
  guidPlaceOf,
  instantOf,
  type ListQuery,
  listPage,
  NEWEST_GUID,
  OLDEST_GUID,
  startingAfter,
  textPage,
} from "../../database/index.ts";
import type { AnswerOf } from "../../http/index.ts";
import { type Instant, toRfc3339, toRfc3339OrNull } from "../../kernel/index.ts";
import type { Mode, MoveStatus } from "../tables/index.ts";
import type { Holder } from "./alias.ts";
import type { OperatorMoveComponent } from "./schemas.ts";

export const isLinked = async (pool: Pool, hash: string, { participantGuid, account }: Holder): Promise<boolean> => {
  const { rows } = await pool.query({
    name: "alias",
    text: "select from rail.phones where hash = $1 and participant_guid = $2 and account = $3",
    values: [hash, participantGuid, account],
  });
  return rows.length > 0;
};

/** @property sealed ciphertext */
export type OwnAlias = {
  readonly hash: string;
  readonly sealed: string;
  readonly account: string;
  readonly linkedAt: Instant;
};

/** By the hash of the phone: whatever is linked and unlinked meanwhile moves no other from its place. */
export const listAliases = async (pool: Pool, bank: string, query: ListQuery) => {
  const { rows } = await pool.query<OwnAlias>({
    name: "aliases of a bank",
    text: `select hash, phone as sealed, account, linked_at as "linkedAt" from rail.phones
      where participant_guid = $1 and hash > $2 order by hash limit $3 offset $4`,
    values: [bank, startingAfter(query) ?? "", query.limit + 1, query.offset],
  });
  return textPage(rows, query, ({ hash }) => hash);
};

/** @property account the asking bank's own: the other's is none of its business @property sealed ciphertext */
export type FoundMove = {
  readonly guid: string;
  readonly direction: "in" | "out";
  readonly hash: string;
  readonly sealed: string;
  readonly account: string;
  readonly status: MoveStatus;
  readonly until: Instant;
  readonly createdAt: Instant;
  readonly endedAt: Instant | null;
};

const placeOfMove = ({ createdAt, guid }: Pick<FoundMove, "createdAt" | "guid">) => ({ rank: createdAt, id: guid });

/** Newest first. */
export const findMovesOf = async (pool: Pool, bank: string, query: ListQuery) => {
  const { rank, id } = guidPlaceOf(query, NEWEST_GUID);
  const { rows } = await pool.query<FoundMove>({
    name: "moves of a bank",
    text: `select m.guid, m.direction, p.hash, p.phone as sealed, m.account, m.status, m.until,
        m.created_at as "createdAt", m.ended_at as "endedAt"
      from (
        select guid, 'in' as direction, phone_hash, to_account as account, status, until, created_at, ended_at
        from rail.alias_moves where to_participant_guid = $1 and (created_at, guid) < (${instantOf("$4")}, $5)
        union all
        select guid, 'out', phone_hash, from_account, status, until, created_at, ended_at
        from rail.alias_moves where from_participant_guid = $1 and (created_at, guid) < (${instantOf("$4")}, $5)
        order by created_at desc, guid desc limit $2 offset $3) m
      join rail.phones p on p.hash = m.phone_hash order by m.created_at desc, m.guid desc`,
    values: [bank, query.limit + 1, query.offset, rank, id],
  });
  return listPage(rows, query, placeOfMove);
};

type OperatorMove = {
  readonly guid: string;
  readonly mode: Mode;
  readonly fromGuid: string;
  readonly fromName: string;
  readonly toGuid: string;
  readonly toName: string;
  readonly status: MoveStatus;
  readonly heardAt: Instant | null;
  readonly until: Instant;
  readonly createdAt: Instant;
  readonly endedAt: Instant | null;
  readonly decidedBy: string | null;
};

const SELECT = `select m.guid, m.mode, f.guid as "fromGuid", f.name as "fromName", t.guid as "toGuid", t.name as "toName",
    m.status, m.heard_at as "heardAt", m.until, m.created_at as "createdAt", m.ended_at as "endedAt",
    m.decided_by as "decidedBy"
  from rail.alias_moves m join rail.participants f on f.guid = m.from_participant_guid
    join rail.participants t on t.guid = m.to_participant_guid`;

const WHICH = {
  left: "m.ended_at is null and m.until <= now() and (m.heard_at is null or 'suspended' in (f.state, t.state))",
  waiting: "m.ended_at is null",
  all: "true",
} as const;

/** Oldest first. */
export const listMoves = async (pool: Pool, which: keyof typeof WHICH, query: ListQuery) => {
  const { rank, id } = guidPlaceOf(query, OLDEST_GUID);
  const { rows } = await pool.query<OperatorMove>({
    name: `moves ${which}`,
    text: `${SELECT} where ${WHICH[which]} and (m.created_at, m.guid) > (${instantOf("$3")}, $4)
      order by m.created_at, m.guid limit $1 offset $2`,
    values: [query.limit + 1, query.offset, rank, id],
  });
  const found = listPage(rows, query, placeOfMove);
  return { ...found, items: found.items.map(moveDocument) };
};

export const findMove = async (pool: Pool, guid: string): Promise<AnswerOf<typeof OperatorMoveComponent>> => {
  const { rows } = await pool.query<OperatorMove>({
    name: "move",
    text: `${SELECT} where m.guid = $1`,
    values: [guid],
  });
  const [row] = rows;
  if (row === undefined) throw new Error("a move that was decided is not there");
  return moveDocument(row);
};

const moveDocument = (move: OperatorMove): AnswerOf<typeof OperatorMoveComponent> => ({
  guid: move.guid,
  mode: move.mode,
  from: { guid: move.fromGuid, name: move.fromName },
  to: { guid: move.toGuid, name: move.toName },
  status: move.status,
  notice_taken_at: toRfc3339OrNull(move.heardAt),
  moves_at: toRfc3339(move.until),
  created_at: toRfc3339(move.createdAt),
  ended_at: toRfc3339OrNull(move.endedAt),
  decided_by: move.decidedBy,
});
