/**
 * Step-up: whoever is signed in proves once more who it is, and the session is good for what asks for it. By a second factor
 * for five minutes; by the password, for who has none, as long as the session lasts.
 */
import type { PoolClient } from "pg";
import { transact } from "../../database/index.ts";
import { type CallerSession, invalid } from "../../http/index.ts";
import { isRefusal, type Refusal, refuse } from "../../kernel/index.ts";
import type { IdentityDeps } from "../deps.ts";
import type { Refused } from "../errors.ts";
import { findPasswordOf, giveBack, provePassword } from "../passwords/index.ts";
import { type Renewal, renewSession } from "../sessions/index.ts";
import { countCode, lockOwner, proveCode } from "./second-factor.ts";

export type Given = { readonly code?: string; readonly password?: string };
export type StepUp = {
  readonly personId: string;
  readonly session: CallerSession;
  readonly given: Given;
  readonly address: string;
};

type Deps = Pick<IdentityDeps, "acts" | "pool" | "hashing" | "seal">;
/** The session's new secret. */
type Outcome = string | Refusal<Refused>;

const ONE_OF_THEM = { in: "body", pointer: "", message: "must have code or password, and not both" } as const;

/** @throws RefusedError VALIDATION_ERROR */
export const stepUp = (deps: Deps, asked: StepUp): Promise<Outcome> => {
  const { code, password } = asked.given;
  if (code !== undefined && password === undefined) return byCode(deps, asked, code);
  if (password !== undefined && code === undefined) return byPassword(deps, asked, password);
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

/** Where a factor is on, the password proves too little. */
const FACTOR_NEEDED = refuse("SECOND_FACTOR_REQUIRED", { enabled: true, needs: "factor" });
