/** Beginning and ending sessions. The caller holds the person's row, which is the lock of that person's sessions. */
import type { Pool, PoolClient } from "pg";
import { transact } from "../../database/index.ts";
import { SESSION_LIFETIME_MS, STEP_UP_MS } from "../../http/index.ts";
import { randomText } from "../random-text.ts";
import { noteChange } from "./changes.ts";
import { endHalfSessions } from "./half.ts";
import { hashOf, newSecret } from "./rows.ts";

const ID_LENGTH = 16;
/** More than one person has devices; the oldest makes room. */
const MAX_OF_ONE = 50;

/** Whence somebody signs in. */
export type Whence = { readonly agent: string; readonly address: string };

export type NewSession = Whence & {
  readonly personId: string;
  /** As if the second factor had been given, for as long as the session lasts. */
  readonly steppedUp?: boolean;
};

/** @returns what the cookie holds; nobody can read it again */
export const beginSession = async (client: PoolClient, session: NewSession): Promise<string> => {
  const { personId, agent, address, steppedUp = false } = session;
  const secret = newSecret();
  const end = `now() + interval '${SESSION_LIFETIME_MS} milliseconds'`;
  await client.query({
    text: `insert into identity.sessions (id, person_id, secret_hash, expires_at, agent, address, stepped_up_until)
      values ($1, $2, $3, ${end}, $4, $5, ${steppedUp ? end : "null"})`,
    values: [`s_${randomText(ID_LENGTH)}`, personId, hashOf(secret), agent, address],
  });
  const { rowCount } = await client.query({
    text: `delete from identity.sessions where id in (
      select id from identity.sessions where person_id = $1 order by created_at desc, id offset ${MAX_OF_ONE})`,
    values: [personId],
  });
  if ((rowCount ?? 0) > 0) await noteChange(client, personId);
  return secret;
};

/** Ends what a cookie opened. @returns whose it was; null when it was over */
export const endSessionOf = (pool: Pool, secret: string): Promise<string | null> =>
  transact(pool, async (client) => {
    const { rows } = await client.query<{ person_id: string }>({
      text: "delete from identity.sessions where secret_hash = $1 returning person_id",
      values: [hashOf(secret)],
    });
    const personId = rows[0]?.person_id ?? null;
    if (personId !== null) await noteChange(client, personId);
    return personId;
  });

/** The person's row is the lock of all that is the person's. @returns false: there is nobody */
export const lockPerson = async (client: PoolClient, personId: string): Promise<boolean> => {
  const { rowCount } = await client.query({
    name: "lock a person",
    text: "select from identity.people where id = $1 for no key update",
    values: [personId],
  });
  return rowCount === 1;
};

/** Whether it goes on, as of now: for who holds the person's row. */
export const isSessionOf = async (client: PoolClient, personId: string, sessionId: string): Promise<boolean> => {
  const { rowCount } = await client.query({
    name: "a session that goes on",
    text: "select from identity.sessions where id = $1 and person_id = $2",
    values: [sessionId, personId],
  });
  return rowCount === 1;
};

/** @returns false: the person has no such session */
export const endSession = async (client: PoolClient, personId: string, sessionId: string): Promise<boolean> => {
  await lockPerson(client, personId);
  const { rowCount } = await client.query({
    text: "delete from identity.sessions where id = $1 and person_id = $2",
    values: [sessionId, personId],
  });
  if (rowCount === 1) await noteChange(client, personId);
  return rowCount === 1;
};

/** Half ones end as well. @param kept the one that goes on; null: none @returns how many ended */
export const endOthers = async (client: PoolClient, personId: string, kept: string | null): Promise<number> => {
  await lockPerson(client, personId);
  await endHalfSessions(client, personId);
  const { rowCount } = await client.query({
    text: "delete from identity.sessions where person_id = $1 and id is distinct from $2",
    values: [personId, kept],
  });
  const ended = rowCount ?? 0;
  if (ended > 0) await noteChange(client, personId);
  return ended;
};

/** What somebody has just proven, and what the session is worth for it. */
const WORTH = {
  factor: `stepped_up_until = greatest(stepped_up_until, now() + interval '${STEP_UP_MS} milliseconds')`,
  password: "password_again_at = now()",
} as const;

export type Renewal = {
  readonly personId: string;
  readonly sessionId: string;
  readonly proven: keyof typeof WORTH;
};

/**
 * A new secret for the same session: what the old one opened, only the new one opens, so that a secret that was stolen
 * before is not worth more for it.
 * @returns null: the session is over
 */
export const renewSession = async (
  client: PoolClient,
  { personId, sessionId, proven }: Renewal,
): Promise<string | null> => {
  const secret = newSecret();
  await lockPerson(client, personId);
  const { rowCount } = await client.query({
    text: `update identity.sessions set secret_hash = $3, ${WORTH[proven]}
      where id = $1 and person_id = $2 and expires_at > now()`,
    values: [sessionId, personId, hashOf(secret)],
  });
  if (rowCount !== 1) return null;
  await noteChange(client, personId);
  return secret;
};

/** Those whose time is over. */
export const forgetSessions = async (pool: Pool): Promise<void> => {
  // Skips what is held: who holds it ends it.
  await pool.query(`delete from identity.sessions where id in
    (select id from identity.sessions where expires_at < now() for update skip locked)`);
};
