/** Passkeys as rows. Whoever adds or ends one holds the person's row, which is the lock of all that is the person's. */
import type { Pool, PoolClient } from "pg";
import { randomText } from "../random-text.ts";

const ID_LENGTH = 16;

export type ListedPasskey = {
  readonly id: string;
  readonly name: string;
  readonly created_at: number;
  readonly last_used_at: number | null;
};
const LISTED = "id, name, created_at, last_used_at";

export type PasskeyRow = {
  readonly id: string;
  readonly person_id: string;
  readonly public_key: Buffer;
  readonly counter: number;
};

/** By the authenticator's name for it. */
export const findPasskey = async (pool: Pool, credentialId: Buffer): Promise<PasskeyRow | null> => {
  const { rows } = await pool.query<PasskeyRow>({
    name: "passkey by its credential",
    text: "select id, person_id, public_key, counter from identity.passkeys where credential_id = $1",
    values: [credentialId],
  });
  return rows[0] ?? null;
};

/** The newest first. */
export const listPasskeys = async (pool: Pool, personId: string): Promise<readonly ListedPasskey[]> => {
  const { rows } = await pool.query<ListedPasskey>({
    name: "passkeys of a person",
    text: `select ${LISTED} from identity.passkeys where person_id = $1 order by created_at desc, id`,
    values: [personId],
  });
  return rows;
};

/** As authenticators know them. */
export const credentialsOf = async (pool: Pool, personId: string): Promise<readonly string[]> => {
  const { rows } = await pool.query<{ credential_id: Buffer }>({
    name: "credentials of a person",
    text: "select credential_id from identity.passkeys where person_id = $1 order by created_at desc, id",
    values: [personId],
  });
  return rows.map(({ credential_id }) => credential_id.toString("base64url"));
};

export const countPasskeys = async (client: Pool | PoolClient, personId: string): Promise<number> => {
  const { rows } = await client.query<{ count: number }>({
    name: "count passkeys",
    text: "select count(*)::int as count from identity.passkeys where person_id = $1",
    values: [personId],
  });
  return rows[0]?.count ?? 0;
};

export type NewPasskey = {
  readonly credentialId: Buffer;
  readonly publicKey: Buffer;
  readonly counter: number;
};

/** @returns null: somebody has it already */
export const insertPasskey = async (
  client: PoolClient,
  { personId, name, key }: { readonly personId: string; readonly name: string; readonly key: NewPasskey },
): Promise<ListedPasskey | null> => {
  const { rows } = await client.query<ListedPasskey>({
    text: `insert into identity.passkeys (id, person_id, name, credential_id, public_key, counter)
      values ($1, $2, $3, $4, $5, $6) on conflict (credential_id) do nothing returning ${LISTED}`,
    values: [`k_${randomText(ID_LENGTH)}`, personId, name, key.credentialId, key.publicKey, key.counter],
  });
  return rows[0] ?? null;
};

/** Counts a use. @returns false: it was ended, or has been used meanwhile: its count would not go up */
export const noteUse = async (
  client: PoolClient,
  { id, personId, counter }: { readonly id: string; readonly personId: string; readonly counter: number },
): Promise<boolean> => {
  const { rowCount } = await client.query({
    name: "use a passkey",
    text: `update identity.passkeys set counter = $3, last_used_at = now()
      where id = $1 and person_id = $2 and (counter < $3 or (counter = 0 and $3 = 0))`,
    values: [id, personId, counter],
  });
  return rowCount === 1;
};

/** @returns its name; null: the person has no such passkey */
export const endPasskey = async (client: PoolClient, personId: string, id: string): Promise<string | null> => {
  const { rows } = await client.query<{ name: string }>({
    text: "delete from identity.passkeys where id = $1 and person_id = $2 returning name",
    values: [id, personId],
  });
  return rows[0]?.name ?? null;
};

/** All that somebody has. @returns their names */
export const endPasskeys = async (client: PoolClient, personId: string): Promise<readonly string[]> => {
  const { rows } = await client.query<{ name: string }>({
    text: "delete from identity.passkeys where person_id = $1 returning name",
    values: [personId],
  });
  return rows.map(({ name }) => name);
};
