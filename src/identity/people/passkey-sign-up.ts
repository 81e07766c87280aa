/** Somebody new, by a passkey instead of a password. What was said of them waits with the challenge until the key is there. */
import type { Pool } from "pg";
import type { Static } from "typebox";
import { transact } from "../../database/index.ts";
import type { AnswerOf } from "../../http/index.ts";
import { isRefusal, type Refusal, refuse } from "../../kernel/index.ts";
import type { IdentityDeps } from "../deps.ts";
import type { Refused } from "../errors.ts";
import { addNotice } from "../notices.ts";
import {
  checkNewPasskey,
  creationOptions,
  insertPasskey,
  makeChallenge,
  type NewPasskeyCredential,
  type PasskeyCreation,
  siteOf,
} from "../passkeys/index.ts";
import { beginSession, deviceOf, type Whence } from "../sessions/index.ts";
import { addAct } from "../trail.ts";
import { admitNewcomer, insertPerson, type Newcomer, newPersonId } from "./sign-up.ts";

type Deps = Pick<IdentityDeps, "acts" | "pool" | "sessions" | "settings">;

/** What waits with the challenge. */
type Waiting = Newcomer & { readonly id: string };

/** Said before a key is made that would open nothing; signing up by a password says the same. */
const isTaken = async (pool: Pool, login: string): Promise<boolean> => {
  const { rows } = await pool.query({
    name: "a login that is taken",
    text: "select from identity.people where login = $1",
    values: [login],
  });
  return rows.length > 0;
};

/** What the browser needs for making one. */
export const askToSignUp = async (
  deps: Deps,
  given: { readonly name: string; readonly login: string; readonly invite: string | null; readonly address: string },
): Promise<AnswerOf<typeof PasskeyCreation> | Refusal<Refused>> => {
  const { acts, pool, sessions } = deps;
  const admitted = await admitNewcomer(deps, given);
  if (isRefusal(admitted)) return admitted;
  const { newcomer } = admitted;
  if (await isTaken(pool, newcomer.login)) return refuse("LOGIN_TAKEN");
  const person: Waiting = { ...newcomer, id: newPersonId() };
  const holder = { address: given.address };
  const challenge = await makeChallenge(acts, { purpose: "sign-up", holder, details: person });
  return creationOptions(siteOf(sessions.origin()), { challenge, person, present: [] });
};

/** @returns the secret of the first session */
export const signUpByPasskey = async (
  deps: Deps,
  credential: Static<typeof NewPasskeyCredential>,
  whence: Whence,
): Promise<string | Refusal<Refused>> => {
  const checked = await checkNewPasskey(deps, { credential, purpose: "sign-up", sessionId: null });
  if (isRefusal(checked)) return checked;
  const person = checked.details as Waiting;
  const name = deviceOf(whence.agent);
  return transact(deps.acts, async (client) => {
    const refused = await insertPerson(client, { ...person, passwordHash: null });
    if (refused !== null) return refused;
    const row = await insertPasskey(client, { personId: person.id, name, key: checked.key });
    if (row === null) return refuse("PASSKEY_REFUSED");
    await addNotice(client, person.id, "passkey_added", "owner", { name, address: whence.address });
    await addAct(client, {
      actor: person.id,
      personId: person.id,
      act: "add-passkey",
      details: { id: row.id, name },
    });
    return beginSession(client, { ...whence, personId: person.id });
  });
};
