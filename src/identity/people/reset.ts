/** A password that was forgotten: a link that works once, for an hour; what it opens ends all that was open. */
import type { Pool, PoolClient } from "pg";
import { transact } from "../../database/index.ts";
import { HOUR, isRefusal, type Refusal, refuse } from "../../kernel/index.ts";
import type { IdentityDeps } from "../deps.ts";
import type { Refused } from "../errors.ts";
import { endFactors, lockOwner } from "../factors/index.ts";
import { addNotice } from "../notices.ts";
import { countAttempts, faultOfPassword, giveBack, look } from "../passwords/index.ts";
import { endOthers, hashOf, newSecret } from "../sessions/index.ts";
import { addAct } from "../trail.ts";

const LIFETIME_MS = HOUR;
/** So many links of one person are good at once: each mail that somebody asks for makes one. */
const MAX_OPEN = 3;

export type MakeReset = {
  readonly personId: string;
  readonly actor: string;
  /** Whether the second factor goes as well: an operator knows who asks, a mailbox does not. */
  readonly endsFactors: boolean;
};

/** @returns the code, which nobody can read again; null: there is no such person, or it is too many */
export const makeReset = async (
  client: PoolClient,
  { personId, actor, endsFactors }: MakeReset,
): Promise<string | null> => {
  const { rowCount } = await client.query({
    text: "select from identity.people where id = $1 and not demo for no key update",
    values: [personId],
  });
  if (rowCount === 0) return null;
  const code = newSecret();
  const { rowCount: made } = await client.query({
    text: `insert into identity.resets (code_hash, person_id, expires_at, ends_factors)
      select $1, $2, now() + interval '${LIFETIME_MS} milliseconds', $3
      where (select count(*) from identity.resets where person_id = $2 and expires_at > now()) < ${MAX_OPEN}`,
    values: [hashOf(code), personId, endsFactors],
  });
  if (made === 0) return null;
  await addAct(client, { actor, personId, act: "make-reset", details: { ends_factors: endsFactors } });
  return code;
};

/** A link that never reached anybody. */
export const dropReset = async (pool: Pool, code: string): Promise<void> => {
  await pool.query({ text: "delete from identity.resets where code_hash = $1", values: [hashOf(code)] });
};

export type Recover = { readonly code: string; readonly password: string; readonly address: string };

type Found = { readonly person_id: string; readonly login: string | null; readonly name: string };

const find = async (pool: Pool, code: string): Promise<Found | null> => {
  const { rows } = await pool.query<Found>({
    name: "person of a reset",
    text: `select r.person_id, p.login, p.name from identity.resets r join identity.people p on p.id = r.person_id
      where r.code_hash = $1 and r.expires_at > now()`,
    values: [hashOf(code)],
  });
  return rows[0] ?? null;
};

type NewPassword = { readonly personId: string; readonly passwordHash: string; readonly address: string };

/** Ends all that was open, and every link that is about. The caller holds the person's row, and has proven whose it is. */
export const setForgottenPassword = async (
  client: PoolClient,
  onReset: IdentityDeps["onReset"],
  { personId, passwordHash, address }: NewPassword,
): Promise<void> => {
  await client.query({
    text: "update identity.people set password_hash = $2 where id = $1",
    values: [personId, passwordHash],
  });
  await client.query({ text: "delete from identity.resets where person_id = $1", values: [personId] });
  await endOthers(client, personId, null);
  await onReset(client, personId);
  await addNotice(client, personId, "password_reset", "owner", { address });
};

type RecoverDeps = Pick<IdentityDeps, "acts" | "pool" | "hashing" | "onReset">;

/** @returns whose password it is now another */
export const recover = async (
  { acts, pool, hashing, onReset }: RecoverDeps,
  { code, password, address }: Recover,
): Promise<{ readonly personId: string } | Refusal<Refused>> => {
  const counted = await countAttempts(acts, [{ scope: "sign-in by address", key: address }]);
  if (isRefusal(counted)) return counted;
  const person = await find(pool, code);
  if (person === null) return refuse("LINK_OVER");
  const { person_id: personId, name } = person;
  const message = faultOfPassword(password, { login: person.login ?? "", name });
  if (message !== null) return refuse("VALIDATION_ERROR", { issues: [{ in: "body", pointer: "/password", message }] });
  const passwordHash = await look(acts, counted, () => hashing.hash(password));
  return transact(acts, async (client) => {
    await giveBack(client, counted);
    await lockOwner(client, personId);
    // Of two who come with the same link, the second finds it used.
    const { rows } = await client.query<{ ends_factors: boolean }>({
      text: "delete from identity.resets where code_hash = $1 and expires_at > now() returning ends_factors",
      values: [hashOf(code)],
    });
    const [used] = rows;
    if (used === undefined) return refuse("LINK_OVER");
    if (used.ends_factors) await endFactors(client, personId);
    await setForgottenPassword(client, onReset, { personId, passwordHash, address });
    return { personId };
  });
};

export const forgetResets = async (pool: Pool): Promise<void> => {
  await pool.query(`delete from identity.resets where code_hash in
    (select code_hash from identity.resets where expires_at < now() for update skip locked)`);
};
