/**
 * Step-up: whoever is signed in proves once more who it is, and the session is good for what asks for it. By a second factor
 * for five minutes; by the password, for who has none, as long as the session lasts.
 */
import type { PoolClient } from "pg";
import type { Static } from "typebox";
import { transact } from "../../database/index.ts";
import { type CallerSession, invalid } from "../../http/index.ts";
import { isRefusal, type Refusal, refuse } from "../../kernel/index.ts";
import type { IdentityDeps } from "../deps.ts";
import type { Refused } from "../errors.ts";
import { checkPasskey, type SignedPasskeyCredential, usePasskey } from "../passkeys/index.ts";
import { findPasswordOf, giveBack, provePassword } from "../passwords/index.ts";
import { type Renewal, renewSession } from "../sessions/index.ts";
import { countCode, lockOwner, proveCode } from "./second-factor.ts";

export type Given = {
  readonly code?: string;
  readonly password?: string;
  readonly passkey?: Static<typeof SignedPasskeyCredential>;
};
export type StepUp = {
  readonly personId: string;
  readonly session: CallerSession;
  readonly given: Given;
  readonly address: string;
};

type Deps = Pick<IdentityDeps, "acts" | "pool" | "hashing" | "seal" | "sessions">;
/** The session's new secret. */
type Outcome = string | Refusal<Refused>;

const ONE_OF_THEM = { in: "body", pointer: "", message: "must have one of code, password and passkey" } as const;

/** @throws RefusedError VALIDATION_ERROR */
export const stepUp = (deps: Deps, asked: StepUp): Promise<Outcome> => {
  const { code, password, passkey } = asked.given;
  if (Object.keys(asked.given).length !== 1) throw invalid([ONE_OF_THEM]);
  if (code !== undefined) return byCode(deps, asked, code);
  if (password !== undefined) return byPassword(deps, asked, password);
  if (passkey !== undefined) return byPasskey(deps, asked, passkey);
  throw invalid([ONE_OF_THEM]);
};

const renew = async (client: PoolClient, renewal: Renewal): Promise<Outcome> =>
  (await renewSession(client, renewal)) ?? refuse("UNAUTHORIZED");

const byCode = async ({ acts, seal }: Deps, { personId, session, address }: StepUp, code: string): Promise<Outcome> => {
  const given = { personId, code, address };
  const counted = await countCode(acts, given);
  if (isRefusal(counted)) return counted;
  return transact(acts, async (client) => {
    await giveBack(client, counted);
    if ((await lockOwner(client, personId)) === null) return refuse("FORBIDDEN");
    const refused = await proveCode(client, seal, given);
    return refused ?? renew(client, { personId, sessionId: session.id, proven: "factor" });
  });
};

const byPassword = async (deps: Deps, { personId, session, address }: StepUp, current: string): Promise<Outcome> => {
  const { acts, pool, hashing } = deps;
  if (session.hasSecondFactor) return FACTOR_NEEDED;
  const person = await findPasswordOf(pool, personId);
  if (person === null) return refuse("FORBIDDEN");
  // Somebody without a password has a passkey, which is a second factor, or can prove nothing.
  if (person.password_hash === null) return FACTOR_NEEDED;
  const counted = await provePassword({ acts, hashing }, { person, current, address });
  if (isRefusal(counted)) return counted;
  return transact(acts, async (client) => {
    await giveBack(client, counted);
    const owner = await lockOwner(client, personId);
    // What was turned on, or changed, while the password was looked at.
    if (owner?.secondFactor === true) return FACTOR_NEEDED;
    if (owner === null || owner.passwordHash !== person.password_hash) return refuse("SIGN_IN_FAILED");
    return renew(client, { personId, sessionId: session.id, proven: "password" });
  });
};

/** Signs a challenge that this very session has asked for. */
const byPasskey = async (
  deps: Deps,
  { personId, session }: StepUp,
  credential: Static<typeof SignedPasskeyCredential>,
): Promise<Outcome> => {
  const checked = await checkPasskey(deps, { credential, purpose: "step-up", sessionId: session.id }, personId);
  if (isRefusal(checked)) return checked;
  return transact(deps.acts, async (client) => {
    if ((await lockOwner(client, personId)) === null) return refuse("FORBIDDEN");
    const refused = await usePasskey(client, checked);
    return refused ?? renew(client, { personId, sessionId: session.id, proven: "factor" });
  });
};

/** Where a factor is on, the password proves too little. */
const FACTOR_NEEDED = refuse("SECOND_FACTOR_REQUIRED", { enabled: true, needs: "factor" });
