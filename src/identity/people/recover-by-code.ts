/**
 * A forgotten password by one of the recovery codes. Whether the login or the code was wrong cannot be told from the answer,
 * nor from how long it took: the new password is hashed before anybody is looked for, and nobody is looked for like somebody.
 * A code is one factor: the others stay on, and signing in asks for one.
 */
import type { PoolClient } from "pg";
import { transact } from "../../database/index.ts";
import { isRefusal, type Refusal, refuse } from "../../kernel/index.ts";
import type { IdentityDeps } from "../deps.ts";
import type { Refused } from "../errors.ts";
import { useRecoveryCode } from "../factors/index.ts";
import { addNotice } from "../notices.ts";
import { countAttempts, faultOfPassword, giveBack, look } from "../passwords/index.ts";
import { loginOf } from "./logins.ts";
import { setForgottenPassword } from "./reset.ts";

export type RecoverByCode = {
  readonly login: string;
  readonly code: string;
  readonly password: string;
  readonly address: string;
};

type Deps = Pick<IdentityDeps, "acts" | "hashing" | "onReset">;

const NOBODY = { id: "", name: "" } as const;

/** Locks the row. */
const findByLogin = async (
  client: PoolClient,
  login: string,
): Promise<{ readonly id: string; readonly name: string }> => {
  const { rows } = await client.query<{ id: string; name: string }>({
    name: "lock a person by login",
    text: "select id, name from identity.people where login = $1 and not demo for no key update",
    values: [login],
  });
  return rows[0] ?? NOBODY;
};

const faulty = (message: string) =>
  refuse("VALIDATION_ERROR", { issues: [{ in: "body", pointer: "/password", message }] });

/** @returns whose password it is now another */
export const recoverByCode = async (
  { acts, hashing, onReset }: Deps,
  { login: given, code, password, address }: RecoverByCode,
): Promise<{ readonly personId: string } | Refusal<Refused>> => {
  const login = loginOf(given);
  // As much as can be said of a password without knowing whose it will be.
  const fault = faultOfPassword(password, { login, name: "" });
  if (fault !== null) return faulty(fault);
  const counted = await countAttempts(acts, [
    { scope: "recovery code by login", key: login },
    { scope: "sign-in by address", key: address },
  ]);
  if (isRefusal(counted)) return counted;
  const passwordHash = await look(acts, counted, () => hashing.hash(password));
  return transact(acts, async (client) => {
    const { id: personId, name } = await findByLogin(client, login);
    if (!(await useRecoveryCode(client, personId, code))) return refuse("RECOVERY_REFUSED");
    const ownFault = faultOfPassword(password, { login, name });
    if (ownFault !== null) return faulty(ownFault);
    await giveBack(client, counted);
    await addNotice(client, personId, "recovery_code_used", "owner", { address });
    await setForgottenPassword(client, onReset, { personId, passwordHash, address });
    return { personId };
  });
};
