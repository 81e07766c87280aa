/** Personal tokens as rows. Whoever writes them holds the person's row, which is the lock of all that is the person's. */
import type { Pool, PoolClient } from "pg";
import type { Scope } from "../../http/index.ts";
import { hashOf, noteChange } from "../sessions/index.ts";

/** Of what is found by its secret. */
export type TokenRow = {
  readonly id: string;
  readonly person_id: string;
  readonly person_name: string;
  readonly scope: Scope;
  readonly release: boolean;
  readonly expires_at: number;
  readonly last_used_at: number | null;
};

export const findToken = async (pool: Pool, secret: string): Promise<TokenRow | null> => {
  const { rows } = await pool.query<TokenRow>({
    name: "token by its secret",
    text: `select t.id, t.person_id, p.name as person_name, t.scope, t.release, t.expires_at, t.last_used_at
      from identity.tokens t join identity.people p on p.id = t.person_id
      where t.secret_hash = $1 and t.expires_at > now()`,
    values: [hashOf(secret)],
  });
  return rows[0] ?? null;
};

export type ListedToken = Pick<TokenRow, "id" | "scope" | "release" | "expires_at" | "last_used_at"> & {
  readonly name: string;
  readonly created_at: number;
};
const LISTED = "id, name, scope, release, created_at, expires_at, last_used_at";

/** Those that are good, the newest first. */
export const listTokens = async (pool: Pool, personId: string): Promise<readonly ListedToken[]> => {
  const { rows } = await pool.query<ListedToken>({
    name: "tokens of a person",
    text: `select ${LISTED} from identity.tokens where person_id = $1 and expires_at > now()
      order by created_at desc, id`,
    values: [personId],
  });
  return rows;
};

export const countTokens = async (client: PoolClient, personId: string): Promise<number> => {
  const { rows } = await client.query<{ count: number }>({
    text: "select count(*)::int as count from identity.tokens where person_id = $1 and expires_at > now()",
    values: [personId],
  });
  return rows[0]?.count ?? 0;
};

export type NewToken = Pick<ListedToken, "id" | "name" | "scope" | "release"> & {
  readonly personId: string;
  readonly secret: string;
  readonly days: number;
};

export const insertToken = async (client: PoolClient, token: NewToken): Promise<ListedToken> => {
  const { id, personId, name, scope, release, secret, days } = token;
  const { rows } = await client.query<ListedToken>({
    text: `insert into identity.tokens (id, person_id, name, scope, release, secret_hash, expires_at)
      values ($1, $2, $3, $4, $5, $6, now() + $7 * interval '1 day') returning ${LISTED}`,
    values: [id, personId, name, scope, release, hashOf(secret), days],
  });
  const [row] = rows;
  if (row === undefined) throw new Error("an insert gave no row back");
  return row;
};

/** @returns its name; null: the person has no such token */
export const endToken = async (client: PoolClient, personId: string, id: string): Promise<string | null> => {
  const { rows } = await client.query<{ name: string }>({
    text: "delete from identity.tokens where id = $1 and person_id = $2 returning name",
    values: [id, personId],
  });
  const name = rows[0]?.name ?? null;
  if (name !== null) await noteChange(client, personId);
  return name;
};

/** All that somebody has, on every node. */
export const endTokens = async (client: PoolClient, personId: string): Promise<void> => {
  const { rowCount } = await client.query({
    text: "delete from identity.tokens where person_id = $1",
    values: [personId],
  });
  if ((rowCount ?? 0) > 0) await noteChange(client, personId);
};

/** Those whose time is over. */
export const forgetTokens = async (pool: Pool): Promise<void> => {
  // Skips what is held: who holds it ends it.
  await pool.query(`delete from identity.tokens where id in
    (select id from identity.tokens where expires_at < now() for update skip locked)`);
};
