/** Somebody takes another password: knows the present one, or has none and proves lately who it is; and is signed out everywhere else. */
import type { Pool, PoolClient } from "pg";
import { type CallerSession, demandFreshProof } from "../../http/index.ts";
import { isRefusal, type Refusal, refuse } from "../../kernel/index.ts";
import type { Refused } from "../errors.ts";
import { addNotice } from "../notices.ts";
import { endOthers } from "../sessions/index.ts";
import { type Counted, countAttempts, giveBack, look } from "./attempts.ts";
import type { Hashing } from "./hashing.ts";
import { faultOfPassword } from "./rules.ts";

export type ChangePassword = {
  readonly personId: string;
  readonly session: CallerSession;
  /** Null from somebody who has none yet. */
  readonly current: string | null;
  readonly password: string;
  readonly address: string;
};

export type PasswordOf = {
  readonly login: string | null;
  readonly name: string;
  readonly password_hash: string | null;
};

/** Null: nobody, or one of the demo's people. */
export const findPasswordOf = async (pool: Pool, personId: string): Promise<PasswordOf | null> => {
  const { rows } = await pool.query<PasswordOf>({
    name: "person for a password",
    text: "select login, name, password_hash from identity.people where id = $1 and not demo",
    values: [personId],
  });
  return rows[0] ?? null;
};

/** Sets a hash, if the one before is still the one that was looked at. @returns false: it is not */
export const setPassword = async (
  client: PoolClient,
  personId: string,
  before: string | null,
  passwordHash: string,
): Promise<boolean> => {
  const { rowCount } = await client.query({
    text: "update identity.people set password_hash = $3 where id = $1 and password_hash is not distinct from $2",
    values: [personId, before, passwordHash],
  });
  return rowCount === 1;
};

type Prepared = (client: PoolClient) => Promise<null | Refusal<Refused>>;

/**
 * Looks at both passwords, outside of any transaction.
 * @returns what then does it, in one
 * @throws RefusedError SECOND_FACTOR_REQUIRED
 */
export const prepareChange = async (
  { pool, acts, hashing }: { readonly pool: Pool; readonly acts: Pool; readonly hashing: Hashing },
  { personId, session, current, password, address }: ChangePassword,
): Promise<Prepared | Refusal<Refused>> => {
  const person = await findPasswordOf(pool, personId);
  if (person === null) return refuse("FORBIDDEN");
  // Without one to know, a session that was left open would be enough.
  if (person.password_hash === null) demandFreshProof(session);
  const message = faultOfPassword(password, { login: person.login ?? "", name: person.name });
  if (message !== null) return refuse("VALIDATION_ERROR", { issues: [{ in: "body", pointer: "/password", message }] });
  const counted = await provePassword({ acts, hashing }, { person, current, address });
  if (isRefusal(counted)) return counted;
  const passwordHash = await look(acts, counted, () => hashing.hash(password));
  return async (client) => {
    await giveBack(client, counted);
    if (!(await setPassword(client, personId, person.password_hash, passwordHash))) return refuse("SIGN_IN_FAILED");
    await endOthers(client, personId, session.id);
    await addNotice(client, personId, "password_changed", "owner", { address });
    return null;
  };
};

type Proof = { readonly person: PasswordOf; readonly current: string | null; readonly address: string };

/** Guessing here counts with guessing at the door. @returns what to give back, in the transaction that believes it */
export const provePassword = async (
  { acts, hashing }: { readonly acts: Pool; readonly hashing: Hashing },
  { person, current, address }: Proof,
): Promise<readonly Counted[] | Refusal<Refused>> => {
  if (person.password_hash === null) return [];
  const counted = await countAttempts(acts, [
    { scope: "sign-in by address", key: address },
    { scope: "sign-in by login", key: person.login ?? "" },
  ]);
  if (isRefusal(counted)) return counted;
  const stored = person.password_hash;
  const isRight = current !== null && (await look(acts, counted, () => hashing.verify(stored, current)));
  return isRight ? counted : refuse("SIGN_IN_FAILED");
};
