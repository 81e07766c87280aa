/** The second factor of a person, whatever kind: proving it, and what turning one on or off changes elsewhere. */
import type { Pool, PoolClient } from "pg";
import { type Refusal, refuse } from "../../kernel/index.ts";
import type { Seal } from "../deps.ts";
import { addNotice } from "../notices.ts";
import { endPasskeys } from "../passkeys/index.ts";
import { type Attempt, type Counted, countAttempts } from "../passwords/index.ts";
import { endHalfSessions, endOthers, noteChange } from "../sessions/index.ts";
import { endRecoveryCodes, RECOVERY_CODE_PATTERN, useRecoveryCode } from "./recovery-codes.ts";
import { endTotp, useTotp } from "./totp.ts";

/** What is typed: six digits, or a recovery code. */
export const CODE_PATTERN = `^([0-9]{6}|${RECOVERY_CODE_PATTERN})$`;
const isOneTime = (code: string): boolean => /^[0-9]{6}$/.test(code);

export type GivenCode = { readonly personId: string; readonly code: string; readonly address: string };

/** Before a code is looked at, so that many at once are no way around. */
export const countCode = (
  acts: Pool,
  { personId, code, address }: GivenCode,
): Promise<readonly Counted[] | Refusal<"RATE_LIMITED">> => {
  const byPerson: readonly Attempt[] = isOneTime(code)
    ? [
        { scope: "code by person", key: personId },
        { scope: "code by person in a day", key: personId },
      ]
    : [{ scope: "recovery code by person", key: personId }];
  return countAttempts(acts, [{ scope: "code by address", key: address }, ...byPerson]);
};

/** Takes a code of either kind, once. The caller holds the person's row. */
export const proveCode = async (
  client: PoolClient,
  seal: Seal,
  { personId, code, address }: GivenCode,
): Promise<null | Refusal<"CODE_REFUSED">> => {
  if (isOneTime(code)) return (await useTotp(client, seal, { personId, code })) ? null : refuse("CODE_REFUSED");
  if (!(await useRecoveryCode(client, personId, code))) return refuse("CODE_REFUSED");
  await addNotice(client, personId, "recovery_code_used", "owner", { address });
  return null;
};

/** Says for every request whether somebody has one. @returns whether somebody has */
const noteFactors = async (client: PoolClient, personId: string): Promise<boolean> => {
  const { rows } = await client.query<{ second_factor: boolean }>({
    text: `update identity.people set second_factor =
        exists (select from identity.totp where person_id = $1 and on_since is not null)
        or exists (select from identity.passkeys where person_id = $1)
      where id = $1 returning second_factor`,
    values: [personId],
  });
  return rows[0]?.second_factor === true;
};

/** What began without it is over: a session that was stolen before would be as good as one that was not. */
export const turnedOn = async (client: PoolClient, personId: string, sessionId: string): Promise<void> => {
  await noteFactors(client, personId);
  await endOthers(client, personId, sessionId);
  await noteChange(client, personId);
};

/** What was proven by it counts no longer. */
export const turnedOff = async (client: PoolClient, personId: string): Promise<void> => {
  if (!(await noteFactors(client, personId))) {
    await endRecoveryCodes(client, personId);
    await endHalfSessions(client, personId);
    await client.query({
      text: `update identity.sessions set stepped_up_until = null, password_again_at = null where person_id = $1`,
      values: [personId],
    });
  }
  await noteChange(client, personId);
};

/** Of who has lost them all; proven elsewhere. */
export const endFactors = async (client: PoolClient, personId: string): Promise<void> => {
  for (const name of await endPasskeys(client, personId))
    await addNotice(client, personId, "passkey_removed", "operator", { name });
  if (await endTotp(client, personId)) await addNotice(client, personId, "second_factor_off", "operator");
  await turnedOff(client, personId);
};

export type Owner = { readonly label: string; readonly secondFactor: boolean; readonly passwordHash: string | null };

/** Locks the person's row. @returns null: somebody who has gone, or one of the demo's people */
export const lockOwner = async (client: PoolClient, personId: string): Promise<Owner | null> => {
  const { rows } = await client.query<{
    login: string | null;
    name: string;
    second_factor: boolean;
    password_hash: string | null;
  }>({
    name: "lock the owner of factors",
    text: `select login, name, second_factor, password_hash from identity.people
      where id = $1 and not demo for no key update`,
    values: [personId],
  });
  const [row] = rows;
  if (row === undefined) return null;
  return { label: row.login ?? row.name, secondFactor: row.second_factor, passwordHash: row.password_hash };
};
