/** Somebody comes back. Whether a login is there cannot be told from the answer, nor from how long it took. */
import type { Pool } from "pg";
import { transact } from "../../database/index.ts";
import { isRefusal, type Refusal, refuse } from "../../kernel/index.ts";
import type { IdentityDeps } from "../deps.ts";
import type { Refused } from "../errors.ts";
import { addNotice } from "../notices.ts";
import { countAttempts, giveBack, look } from "../passwords/index.ts";
import { beginSession, deviceOf, type Whence } from "../sessions/index.ts";
import { loginOf } from "./logins.ts";

export type SignIn = Whence & { readonly login: string; readonly password: string };

type SignInDeps = Pick<IdentityDeps, "acts" | "pool" | "hashing">;

/** @returns the secret of the new session */
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
    const { rowCount } = await client.query({
      text: "select from identity.people where id = $1 and password_hash = $2 for no key update",
      values: [person.id, person.password_hash],
    });
    if (rowCount !== 1) return refuse("SIGN_IN_FAILED");
    const { agent, address } = given;
    await addNotice(client, person.id, "session_began", "owner", { device: deviceOf(agent), address });
    return beginSession(client, { agent, address, personId: person.id });
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
