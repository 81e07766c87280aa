/** What somebody does to their own second factor; each act is one transaction, told to its owner. */
import { transact } from "../../database/index.ts";
import { isRefusal, type Refusal, refuse } from "../../kernel/index.ts";
import type { IdentityDeps } from "../deps.ts";
import type { Refused } from "../errors.ts";
import { addNotice } from "../notices.ts";
import { giveBack } from "../passwords/index.ts";
import type { Mine } from "./mine.ts";
import { makeRecoveryCodes } from "./recovery-codes.ts";
import { countCode, lockOwner, turnedOff, turnedOn } from "./second-factor.ts";
import { beginTotp, confirmTotp, type Enrolment, endTotp } from "./totp.ts";

type Deps = Pick<IdentityDeps, "acts" | "seal">;

/** Nothing is on before the first code was given. */
export const enrol = ({ acts, seal }: Deps, { personId }: Mine): Promise<Enrolment | Refusal<Refused>> =>
  transact(acts, async (client) => {
    const owner = await lockOwner(client, personId);
    if (owner === null) return refuse("FORBIDDEN");
    return (await beginTotp(client, seal, { personId, label: owner.label })) ?? refuse("SECOND_FACTOR_ON");
  });

/** @returns the recovery codes, which nobody can read again */
export const confirm = async (
  { acts, seal }: Deps,
  { personId, sessionId, address }: Mine,
  code: string,
): Promise<readonly string[] | Refusal<Refused>> => {
  const counted = await countCode(acts, { personId, code, address });
  if (isRefusal(counted)) return counted;
  return transact(acts, async (client) => {
    await giveBack(client, counted);
    if ((await lockOwner(client, personId)) === null) return refuse("FORBIDDEN");
    if (!(await confirmTotp(client, seal, { personId, code }))) return refuse("CODE_REFUSED");
    const codes = await makeRecoveryCodes(client, personId);
    await addNotice(client, personId, "second_factor_on", "owner", { address });
    await turnedOn(client, personId, sessionId);
    return codes;
  });
};

export const turnOff = ({ acts }: Deps, { personId, address }: Mine): Promise<null | Refusal<Refused>> =>
  transact(acts, async (client) => {
    if ((await lockOwner(client, personId)) === null) return refuse("FORBIDDEN");
    if (!(await endTotp(client, personId))) return refuse("NOT_FOUND");
    await addNotice(client, personId, "second_factor_off", "owner", { address });
    await turnedOff(client, personId);
    return null;
  });

/** In place of all that are left. */
export const renewRecoveryCodes = (
  { acts }: Deps,
  { personId, address }: Mine,
): Promise<readonly string[] | Refusal<Refused>> =>
  transact(acts, async (client) => {
    const owner = await lockOwner(client, personId);
    if (owner?.secondFactor !== true) return refuse(owner === null ? "FORBIDDEN" : "NOT_FOUND");
    const codes = await makeRecoveryCodes(client, personId);
    await addNotice(client, personId, "recovery_codes_made", "owner", { address });
    return codes;
  });
