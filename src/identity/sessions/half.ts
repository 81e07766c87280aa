/**
 * Half sessions: the password was right, and the second factor is still to come. The cookie holds one as it holds a session,
 * but no route takes it for one: all it is good for is to be completed, once, within minutes.
 */
import type { Pool, PoolClient } from "pg";
import { MINUTE } from "../../kernel/index.ts";
import { hashOf, newSecret } from "./rows.ts";

/** To find the telephone and type six digits. */
const LIFETIME_MS = 10 * MINUTE;
/** Whoever has the password could make as many as they like; the oldest makes room. */
const MAX_OF_ONE = 20;

/** The caller holds the person's row. @returns what the cookie holds */
export const beginHalfSession = async (client: PoolClient, personId: string): Promise<string> => {
  const secret = newSecret();
  await client.query({
    text: `insert into identity.half_sessions (secret_hash, person_id, expires_at)
      values ($1, $2, now() + interval '${LIFETIME_MS} milliseconds')`,
    values: [hashOf(secret), personId],
  });
  await client.query({
    text: `delete from identity.half_sessions where secret_hash in (
      select secret_hash from identity.half_sessions where person_id = $1
      order by made_at desc, secret_hash offset ${MAX_OF_ONE})`,
    values: [personId],
  });
  return secret;
};

export type HalfSession = { readonly personId: string; readonly expiresAt: number };

/** Null: it is over, was completed, or never was. */
export const findHalfSession = async (pool: Pool, secret: string): Promise<HalfSession | null> => {
  const { rows } = await pool.query<{ person_id: string; expires_at: number }>({
    name: "half session by its secret",
    text: "select person_id, expires_at from identity.half_sessions where secret_hash = $1 and expires_at > now()",
    values: [hashOf(secret)],
  });
  const [row] = rows;
  return row === undefined ? null : { personId: row.person_id, expiresAt: row.expires_at };
};

/** Of two who come with the same one, the second finds it used. The caller holds the person's row. */
export const useHalfSession = async (client: PoolClient, personId: string, secret: string): Promise<boolean> => {
  const { rowCount } = await client.query({
    text: "delete from identity.half_sessions where secret_hash = $1 and person_id = $2 and expires_at > now()",
    values: [hashOf(secret), personId],
  });
  return rowCount === 1;
};

/** Of somebody whose password or factors are others now. */
export const endHalfSessions = async (client: PoolClient, personId: string): Promise<void> => {
  await client.query({ text: "delete from identity.half_sessions where person_id = $1", values: [personId] });
};

/** What the browser gave up by signing in anew, or out. */
export const dropHalfSession = async (pool: Pool, secret: string): Promise<void> => {
  await pool.query({ text: "delete from identity.half_sessions where secret_hash = $1", values: [hashOf(secret)] });
};

export const forgetHalfSessions = async (pool: Pool): Promise<void> => {
  await pool.query(`delete from identity.half_sessions where secret_hash in
    (select secret_hash from identity.half_sessions where expires_at < now() for update skip locked)`);
};
