/** Somebody comes back. Whether a login is there cannot be told from the answer, nor from how long it took. */
import type { Pool, PoolClient } from "pg";
import { transact } from "../../database/index.ts";
import { isRefusal, type Refusal, refuse } from "../../kernel/index.ts";
import type { IdentityDeps } from "../deps.ts";
import type { Refused } from "../errors.ts";
import { countCode, lockOwner, proveCode } from "../factors/index.ts";
import { addNotice } from "../notices.ts";
import { countAttempts, giveBack, look } from "../passwords/index.ts";
import {
  beginHalfSession,
  beginSession,
  deviceOf,
  findHalfSession,
  useHalfSession,
  type Whence,
} from "../sessions/index.ts";
import { loginOf } from "./logins.ts";

export type SignIn = Whence & { readonly login: string; readonly password: string };

type SignInDeps = Pick<IdentityDeps, "acts" | "pool" | "hashing">;

/** @returns the secret of the new session, or of half a one, which the second factor completes */
export const signIn = async (deps: SignInDeps, given: SignIn): Promise<string | Refusal<Refused>> => {
  const { acts, pool, hashing } = deps;
  const login = loginOf(given.login);
  const counted = await countAttempts(acts, [
    { scope: "sign-in by address", key: given.address },
    { scope: "sign-in by login", key: login },
  ]);
  if (isRefusal(counted)) return counted;
  const person = await findByLogin(pool, login);
  const stored = person?.password_hash ?? null;
  const isRight = await look(acts, counted, () => hashing.verify(stored, given.password));
  if (person === null || !isRight) return refuse("SIGN_IN_FAILED");
  return transact(acts, async (client) => {
    await giveBack(client, counted);
    // A password that was changed while this one was looked at opens nothing any more.
    const { rows } = await client.query<{ second_factor: boolean }>({
      text: "select second_factor from identity.people where id = $1 and password_hash = $2 for no key update",
      values: [person.id, person.password_hash],
    });
    const [found] = rows;
    if (found === undefined) return refuse("SIGN_IN_FAILED");
    return found.second_factor ? beginHalfSession(client, person.id) : begin(client, person.id, given);
  });
};

/** The caller holds the person's row. */
export const begin = async (client: PoolClient, personId: string, { agent, address }: Whence): Promise<string> => {
  await addNotice(client, personId, "session_began", "owner", { device: deviceOf(agent), address });
  return beginSession(client, { agent, address, personId });
};

export type Completion = Whence & {
  /** What the cookie holds; null: nothing. */
  readonly half: string | null;
  readonly code: string;
};

/** The second factor of a sign-in. It does not count as a step-up. @returns the secret of the new session */
export const completeSignIn = async (
  { acts, pool, seal }: Pick<IdentityDeps, "acts" | "pool" | "seal">,
  { half, code, ...whence }: Completion,
): Promise<string | Refusal<Refused>> => {
  const begun = half === null ? null : await findHalfSession(pool, half);
  if (half === null || begun === null) return refuse("SIGN_IN_OVER");
  const given = { personId: begun.personId, code, address: whence.address };
  const counted = await countCode(acts, given);
  if (isRefusal(counted)) return counted;
  return transact(acts, async (client) => {
    await giveBack(client, counted);
    await lockOwner(client, given.personId);
    const refused = await proveCode(client, seal, given);
    if (refused !== null) return refused;
    if (!(await useHalfSession(client, given.personId, half))) return refuse("SIGN_IN_OVER");
    return begin(client, given.personId, whence);
  });
};

type Found = { readonly id: string; readonly password_hash: string | null };

const findByLogin = async (pool: Pool, login: string): Promise<Found | null> => {
  const { rows } = await pool.query<Found>({
    name: "person by login",
    text: "select id, password_hash from identity.people where login = $1",
    values: [login],
  });
  return rows[0] ?? null;
};
