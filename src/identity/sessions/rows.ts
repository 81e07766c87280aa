/** Sessions as rows: which are alive, whose they are, and when they were last seen. */
import { hash, randomBytes } from "node:crypto";
import type { Pool } from "pg";
import type { Role } from "../../http/index.ts";
import { HOUR } from "../../kernel/index.ts";

/** So long whoever has a role may do nothing before the session is over. */
export const IDLE_MS = 12 * HOUR;

const SECRET_BYTES = 32;

/** What a cookie holds, or a link. */
export const newSecret = (): string => randomBytes(SECRET_BYTES).toString("base64url");

/** What a secret is kept as. */
export const hashOf = (secret: string): Buffer => hash("sha256", secret, "buffer");

/** Of a session `s` and its person `p`. */
export const IS_ALIVE = `s.expires_at > now()
  and (p.roles = '{}' or s.last_seen_at > now() - interval '${IDLE_MS} milliseconds')`;

export type SessionRow = {
  readonly id: string;
  readonly person_id: string;
  readonly expires_at: number;
  readonly last_seen_at: number;
  readonly stepped_up_until: number | null;
  readonly password_again_at: number | null;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly second_factor: boolean;
};

export const findSession = async (pool: Pool, secret: string): Promise<SessionRow | null> => {
  const { rows } = await pool.query<SessionRow>({
    name: "session by its secret",
    text: `select s.id, s.person_id, s.expires_at, s.last_seen_at, s.stepped_up_until, s.password_again_at,
        p.name, p.roles, p.second_factor
      from identity.sessions s join identity.people p on p.id = s.person_id
      where s.secret_hash = $1 and ${IS_ALIVE}`,
    values: [hashOf(secret)],
  });
  return rows[0] ?? null;
};

type Listed = Pick<SessionRow, "id" | "last_seen_at"> & {
  readonly created_at: number;
  readonly agent: string;
  readonly address: string;
};

/** Those that are alive, the newest first. */
export const listSessions = async (pool: Pool, personId: string): Promise<readonly Listed[]> => {
  const { rows } = await pool.query<Listed>({
    name: "sessions of a person",
    text: `select s.id, s.created_at, s.last_seen_at, s.agent, s.address
      from identity.sessions s join identity.people p on p.id = s.person_id
      where s.person_id = $1 and ${IS_ALIVE} order by date_trunc('milliseconds', s.created_at) desc, s.id`,
    values: [personId],
  });
  return rows;
};
