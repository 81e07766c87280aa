/** What somebody does with their own passkeys; each act is one transaction, in the trail, and told to its owner. */
import type { Pool, PoolClient } from "pg";
import type { Static } from "typebox";
import type { AnswerOf } from "../../http/index.ts";
import { isRefusal, type Refusal, refuse } from "../../kernel/index.ts";
import type { Work } from "../act.ts";
import type { Refused } from "../errors.ts";
import { addNotice } from "../notices.ts";
import {
  checkNewPasskey,
  countPasskeys,
  creationOptions,
  credentialsOf,
  endPasskey,
  insertPasskey,
  type ListedPasskey,
  makeChallenge,
  type NewPasskeyCredential,
  type PasskeyCreation,
  type PasskeyDeps,
  type PasskeyRequest,
  requestOptions,
  siteOf,
} from "../passkeys/index.ts";
import { isSessionOf } from "../sessions/index.ts";
import { addAct } from "../trail.ts";
import type { Mine } from "./mine.ts";
import { makeRecoveryCodes } from "./recovery-codes.ts";
import { lockOwner, turnedOff, turnedOn } from "./second-factor.ts";

/** More than one person has devices and keys. */
export const MAX_PASSKEYS = 10;

const TOO_MANY = refuse("TOO_MANY_PASSKEYS", { max: MAX_PASSKEYS });

type Named = { readonly login: string | null; readonly name: string };

/** Null: nobody, or one of the demo's people. */
const findNamed = async (pool: Pool, personId: string): Promise<Named | null> => {
  const { rows } = await pool.query<Named>({
    name: "person for a passkey",
    text: "select login, name from identity.people where id = $1 and not demo",
    values: [personId],
  });
  return rows[0] ?? null;
};

/** What the browser needs for making one. */
export const askToAdd = async (
  { acts, pool, sessions }: PasskeyDeps,
  { personId, sessionId }: Mine,
): Promise<AnswerOf<typeof PasskeyCreation> | Refusal<Refused>> => {
  const [named, present] = await Promise.all([findNamed(pool, personId), credentialsOf(pool, personId)]);
  if (named === null) return refuse("FORBIDDEN");
  if (present.length >= MAX_PASSKEYS) return TOO_MANY;
  const challenge = await makeChallenge(acts, { purpose: "add", holder: { sessionId } });
  const person = { id: personId, login: named.login ?? named.name, name: named.name };
  return creationOptions(siteOf(sessions.origin()), { challenge, person, present });
};

/** What the browser needs for a step-up by one. */
export const askToStepUp = async (
  { acts, pool, sessions }: PasskeyDeps,
  { personId, sessionId }: Mine,
): Promise<AnswerOf<typeof PasskeyRequest> | Refusal<Refused>> => {
  const allowed = await credentialsOf(pool, personId);
  if (allowed.length === 0) return refuse("NOT_FOUND");
  const challenge = await makeChallenge(acts, { purpose: "step-up", holder: { sessionId } });
  return requestOptions(siteOf(sessions.origin()), { challenge, allowed });
};

export type AddPasskey = { readonly name: string; readonly credential: Static<typeof NewPasskeyCredential> };
export type Added = { readonly row: ListedPasskey; readonly recoveryCodes: readonly string[] | null };

/**
 * Looks at the key, outside of any transaction.
 * @param view makes the answer
 * @returns what then does it, in one
 */
export const prepareToAdd = async (
  deps: PasskeyDeps,
  mine: Mine,
  { name, credential }: AddPasskey,
  view: (added: Added) => object,
): Promise<Work | Refusal<Refused>> => {
  const { personId, sessionId, address } = mine;
  const checked = await checkNewPasskey(deps, { credential, purpose: "add", sessionId });
  if (isRefusal(checked)) return checked;
  return async (client) => {
    const owner = await lockOwner(client, personId);
    if (owner === null) return refuse("FORBIDDEN");
    // Whoever was signed out while this waited for the lock leaves no passkey behind.
    if (!(await isSessionOf(client, personId, sessionId))) return refuse("UNAUTHORIZED");
    if ((await countPasskeys(client, personId)) >= MAX_PASSKEYS) return TOO_MANY;
    const row = await insertPasskey(client, { personId, name, key: checked.key });
    if (row === null) return refuse("PASSKEY_REFUSED");
    await addNotice(client, personId, "passkey_added", "owner", { name, address });
    await addAct(client, { actor: personId, personId, act: "add-passkey", details: { id: row.id, name } });
    if (owner.secondFactor) return view({ row, recoveryCodes: null });
    // From now on the password alone opens nothing, and a passkey may be lost.
    const recoveryCodes = await makeRecoveryCodes(client, personId);
    await turnedOn(client, personId, sessionId);
    return view({ row, recoveryCodes });
  };
};

export const removePasskey = async (
  client: PoolClient,
  { personId, address }: Mine,
  id: string,
): Promise<null | Refusal<Refused>> => {
  const owner = await lockOwner(client, personId);
  if (owner === null) return refuse("FORBIDDEN");
  const name = await endPasskey(client, personId, id);
  if (name === null) return refuse("NOT_FOUND");
  if (owner.passwordHash === null && (await countPasskeys(client, personId)) === 0) return refuse("LAST_WAY_IN");
  await addNotice(client, personId, "passkey_removed", "owner", { name, address });
  await addAct(client, { actor: personId, personId, act: "remove-passkey", details: { id, name } });
  await turnedOff(client, personId);
  return null;
};
