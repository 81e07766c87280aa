/** Somebody new: a name, a login, a password (or a passkey, `passkey-sign-up.ts`), and an invitation where one is needed. */
import type { Pool, PoolClient } from "pg";
import { transact } from "../../database/index.ts";
import { isRefusal, type Refusal, refuse } from "../../kernel/index.ts";
import type { IdentityDeps } from "../deps.ts";
import type { Refused } from "../errors.ts";
import { type Counted, countAttempts, faultOfPassword, look } from "../passwords/index.ts";
import { randomText } from "../random-text.ts";
import { beginSession, hashOf, type Whence } from "../sessions/index.ts";
import { loginOf } from "./logins.ts";

export type SignUp = Whence & {
  readonly name: string;
  readonly login: string;
  readonly password: string;
  readonly invite: string | null;
};

/** Of a public user id, after `u_`: 60 bits. */
const ID_LENGTH = 12;
export const newPersonId = (): string => `u_${randomText(ID_LENGTH)}`;

/** Somebody who may sign up, as far as can be said before there is a row. */
export type Newcomer = {
  readonly name: string;
  readonly login: string;
  /** The hash of the invitation as hexadecimal; null: none is needed. */
  readonly invite: string | null;
};

type Admitted = { readonly newcomer: Newcomer; readonly counted: readonly Counted[] };
type Applicant = Pick<SignUp, "name" | "login" | "invite" | "address">;

/** Before anything costs: who guesses at invitations or asks which logins are taken is counted. */
export const admitNewcomer = async (
  { acts, pool, settings }: Pick<IdentityDeps, "acts" | "pool" | "settings">,
  given: Applicant,
): Promise<Admitted | Refusal<Refused>> => {
  if (settings.signUp === "closed") return refuse("FORBIDDEN");
  const counted = await countAttempts(acts, [{ scope: "sign-up by address", key: given.address }]);
  if (isRefusal(counted)) return counted;
  const code = settings.signUp === "invite" ? (given.invite ?? "") : null;
  const invite = code === null ? null : hashOf(code).toString("hex");
  if (invite !== null && !(await isInvited(pool, invite))) return refuse("INVITE_REQUIRED");
  return { newcomer: { name: given.name.trim(), login: loginOf(given.login), invite }, counted };
};

type SignUpDeps = Pick<IdentityDeps, "acts" | "pool" | "hashing" | "settings">;

/** @returns the secret of the first session */
export const signUp = async (deps: SignUpDeps, given: SignUp): Promise<string | Refusal<Refused>> => {
  const { acts, hashing } = deps;
  const message = faultOfPassword(given.password, { login: loginOf(given.login), name: given.name.trim() });
  if (message !== null) return refuse("VALIDATION_ERROR", { issues: [{ in: "body", pointer: "/password", message }] });
  const admitted = await admitNewcomer(deps, given);
  if (isRefusal(admitted)) return admitted;
  const { newcomer, counted } = admitted;
  const passwordHash = await look(acts, counted, () => hashing.hash(given.password));
  return transact(acts, async (client) => {
    const id = newPersonId();
    const refused = await insertPerson(client, { ...newcomer, id, passwordHash });
    return refused ?? beginSession(client, { ...given, personId: id });
  });
};

/** @property passwordHash null: of somebody who comes by a passkey, which is a second factor as well */
type NewPerson = Newcomer & { readonly id: string; readonly passwordHash: string | null };

export const insertPerson = async (client: PoolClient, person: NewPerson): Promise<null | Refusal<Refused>> => {
  const { id, login, name, invite, passwordHash } = person;
  const { rowCount } = await client.query({
    text: `insert into identity.people (id, login, name, password_hash, second_factor) values ($1, $2, $3, $4, $5)
      on conflict (login) do nothing`,
    values: [id, login, name, passwordHash, passwordHash === null],
  });
  if (rowCount === 0) return refuse("LOGIN_TAKEN");
  return invite === null || (await useInvite(client, invite, id)) ? null : refuse("INVITE_REQUIRED");
};

const isInvited = async (pool: Pool, invite: string): Promise<boolean> => {
  const { rows } = await pool.query({
    name: "an invitation that is good",
    text: "select from identity.invites where code_hash = $1 and used_at is null and expires_at > now()",
    values: [Buffer.from(invite, "hex")],
  });
  return rows.length > 0;
};

/** Of two who come with the same one, the second waits for the first. */
const useInvite = async (client: PoolClient, invite: string, personId: string): Promise<boolean> => {
  const { rowCount } = await client.query({
    text: `update identity.invites set used_by = $2, used_at = now()
      where code_hash = $1 and used_at is null and expires_at > now()`,
    values: [Buffer.from(invite, "hex"), personId],
  });
  return rowCount === 1;
};
