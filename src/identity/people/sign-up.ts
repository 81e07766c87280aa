/** Somebody new: a name, a login, a password, and an invitation where one is needed. */
import type { Pool, PoolClient } from "pg";
import { transact } from "../../database/index.ts";
import { isRefusal, type Refusal, refuse } from "../../kernel/index.ts";
import type { IdentityDeps } from "../deps.ts";
import type { Refused } from "../errors.ts";
import { countAttempts, faultOfPassword, look } from "../passwords/index.ts";
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

type SignUpDeps = Pick<IdentityDeps, "acts" | "pool" | "hashing" | "settings">;

/** @returns the secret of the first session */
export const signUp = async (deps: SignUpDeps, given: SignUp): Promise<string | Refusal<Refused>> => {
  const { acts, pool, hashing, settings } = deps;
  if (settings.signUp === "closed") return refuse("FORBIDDEN");
  const name = given.name.trim();
  const login = loginOf(given.login);
  const message = faultOfPassword(given.password, { login, name });
  if (message !== null) return refuse("VALIDATION_ERROR", { issues: [{ in: "body", pointer: "/password", message }] });
  // Before anything costs: who guesses at invitations or asks which logins are taken is counted.
  const counted = await countAttempts(acts, [{ scope: "sign-up by address", key: given.address }]);
  if (isRefusal(counted)) return counted;
  const invite = settings.signUp === "invite" ? given.invite : null;
  if (settings.signUp === "invite" && !(await isInvited(pool, invite))) return refuse("INVITE_REQUIRED");
  const passwordHash = await look(acts, counted, () => hashing.hash(given.password));

  return transact(acts, async (client) => {
    const id = `u_${randomText(ID_LENGTH)}`;
    const { rowCount } = await client.query({
      text: `insert into identity.people (id, login, name, password_hash) values ($1, $2, $3, $4)
        on conflict (login) do nothing`,
      values: [id, login, name, passwordHash],
    });
    if (rowCount === 0) return refuse("LOGIN_TAKEN");
    if (invite !== null && !(await useInvite(client, invite, id))) return refuse("INVITE_REQUIRED");
    return beginSession(client, { ...given, personId: id });
  });
};

const isInvited = async (pool: Pool, code: string | null): Promise<boolean> => {
  if (code === null) return false;
  const { rows } = await pool.query({
    name: "an invitation that is good",
    text: "select from identity.invites where code_hash = $1 and used_at is null and expires_at > now()",
    values: [hashOf(code)],
  });
  return rows.length > 0;
};

/** Of two who come with the same one, the second waits for the first. */
const useInvite = async (client: PoolClient, code: string, personId: string): Promise<boolean> => {
  const { rowCount } = await client.query({
    text: `update identity.invites set used_by = $2, used_at = now()
      where code_hash = $1 and used_at is null and expires_at > now()`,
    values: [hashOf(code), personId],
  });
  return rowCount === 1;
};
