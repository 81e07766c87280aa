/**
 * What needs more than being signed in: the second factor of the last minutes, or the password once more. Said of a route by
 * its `stepUp`, asked of each caller here. How it is given is for the feature that keeps factors.
 */
import { type Instant, MINUTE, type Refusal, refuse } from "../kernel/index.ts";
import type { Access, Caller, CallerSession } from "./callers.ts";
import { RefusedError } from "./errors.ts";
import { isWrite } from "./methods.ts";

/** So long a session is good for what asks for the second factor. */
export const STEP_UP_MS = 5 * MINUTE;

/**
 * When a route asks for it: `always`; `where-on`, of those alone who have a second factor; or when the body says so.
 * Whoever has none gives the password once more in its place.
 */
export type StepUp = "always" | "where-on" | ((body: unknown) => boolean);

/** What would help: a factor, the password, having a factor in the first place, or the host platform. */
export const STEP_UP_NEEDS = ["factor", "password", "enrolment", "host"] as const;
type Need = (typeof STEP_UP_NEEDS)[number];

const isFuture = (until: Instant | null): boolean => until !== null && Date.now() < until;

/** The factor, or being one of the demo's people, whose sessions count as if it had been given. */
const isSteppedUp = ({ steppedUpUntil }: CallerSession): boolean => isFuture(steppedUpUntil);

const required = (session: CallerSession | null, needs: Need): Refusal<"SECOND_FACTOR_REQUIRED"> =>
  refuse("SECOND_FACTOR_REQUIRED", { enabled: session?.hasSecondFactor === true, needs });

/** @returns what is missing; null: nothing */
const lackOf = ({ session, roles, vouchedUntil }: Caller): Need | null => {
  if (session === null) return vouchedUntil === null || isFuture(vouchedUntil) ? null : "host";
  if (isSteppedUp(session)) return null;
  if (session.hasSecondFactor) return "factor";
  if (roles.size > 0) return "enrolment";
  return session.passwordAgainAt === null ? "password" : null;
};

/** Whoever acts by a role has a second factor, or nobody acts. */
const mayUseRole = ({ session }: Caller): boolean =>
  session === null || session.hasSecondFactor || isSteppedUp(session);

const isForRoles = (access: Access): boolean => access !== "public" && access !== "trader";

/** What moves money in and out, and what installs banks: each act of a session, whatever it is. */
const isWeighty = (access: Access, method: string): boolean =>
  (access === "platform" || access === "rail_operator") && isWrite(method);

type Act = { readonly access: Access; readonly method: string; readonly stepUp: StepUp | undefined };

/** @throws RefusedError SECOND_FACTOR_REQUIRED */
export const demandStepUp = (caller: Caller, { access, method, stepUp }: Act): void => {
  const { session } = caller;
  if (isForRoles(access) && !mayUseRole(caller)) throw new RefusedError(required(session, "enrolment"));
  const always = stepUp === "always" || (session !== null && isWeighty(access, method));
  if (!always && stepUp !== "where-on") return;
  demandFactor(caller, always);
};

/** @throws RefusedError SECOND_FACTOR_REQUIRED */
export const demandFactor = (caller: Caller, always: boolean): void => {
  const lack = lackOf(caller);
  if (lack === null || (!always && (lack === "password" || lack === "enrolment"))) return;
  throw new RefusedError(required(caller.session, lack));
};

/**
 * For changes of what opens an account: a factor, or the password where there is none, and either of the last minutes.
 * @throws RefusedError SECOND_FACTOR_REQUIRED
 */
export const demandFreshProof = (session: CallerSession): void => {
  const { hasSecondFactor, passwordAgainAt } = session;
  if (isSteppedUp(session)) return;
  if (hasSecondFactor) throw new RefusedError(required(session, "factor"));
  if (passwordAgainAt !== null && Date.now() < passwordAgainAt + STEP_UP_MS) return;
  throw new RefusedError(required(session, "password"));
};

/** What a route's answers may hold because of it. */
export const asksForStepUp = (access: Access, stepUp: StepUp | undefined): boolean =>
  stepUp !== undefined || isForRoles(access);
