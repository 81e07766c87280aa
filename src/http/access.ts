/** Who may call a route: the hook that checks the address, the token and the role before anything else is looked at. */
import type { FastifyReply, FastifyRequest, HookHandlerDoneFunction, onRequestHookHandler } from "fastify";
import type { Access, Caller, Role } from "./callers.ts";
import type { ClientAddress } from "./client-address.ts";
import { createCookieGuard } from "./cookie-guard.ts";
import { forbidden, refusalOf, unauthorized } from "./errors.ts";
import type { Limits } from "./limits.ts";
import { isWrite } from "./methods.ts";
import { demandScope, type Terms } from "./scopes.ts";
import type { Sessions } from "./sessions.ts";
import { demandStepUp } from "./step-up.ts";
import type { Tokens } from "./tokens.ts";

export type GuardDeps = {
  /** Null: an API without tokens. */
  readonly tokens: Tokens | null;
  /** Null: cookies are not looked at. */
  readonly sessions: Sessions | null;
  readonly limits: Limits;
  readonly addressOf: ClientAddress;
  /** Awaited for each request of a caller; nothing to wait for is the usual answer. */
  readonly onCaller: ((caller: Caller) => Promise<void> | undefined) | undefined;
};

/** The caller of a route that is not public. */
export const callerOf = (request: FastifyRequest): Caller => {
  if (request.caller === null) throw new Error("this route is public: its caller may be nobody");
  return request.caller;
};

const isAllowed = (access: Access, { roles }: Caller): boolean => {
  if (access === "public" || access === "trader") return true;
  return roles.has(access as Role) || (access === "rail_operator" && roles.has("operator"));
};

/** @throws RefusedError INSUFFICIENT_SCOPE, FORBIDDEN, SECOND_FACTOR_REQUIRED */
const demandRights = ({ method, routeOptions }: FastifyRequest, { access, need }: Terms, caller: Caller): void => {
  if (caller.personalToken !== null) demandScope(caller.personalToken, need);
  if (!isAllowed(access, caller)) throw forbidden(`the caller is no ${access}`);
  demandStepUp(caller, { access, method, stepUp: routeOptions.config.stepUp });
};

/** Behind a proxy that nobody named all strangers are one: said once, for whoever wonders why they are limited. */
const createHint = (addressOf: ClientAddress) => {
  let given = false;
  return ({ headers, raw, log }: FastifyRequest): void => {
    const address = raw.socket.remoteAddress ?? "";
    if (given || headers["x-forwarded-for"] === undefined || addressOf.isProxy(address)) return;
    given = true;
    log.warn({ address }, "this address is limited, and sends X-Forwarded-For: is it a proxy for TRUSTED_PROXIES?");
  };
};

/** The hook that lets a request in: address, token, how often, role, and then the exchange's own welcome. */
export const createGuard = ({ tokens, sessions, limits, addressOf, onCaller }: GuardDeps) => {
  const hint = createHint(addressOf);

  const stranger = (request: FastifyRequest, access: Access): undefined => {
    try {
      limits.anonymous(addressOf(request.raw));
    } catch (error) {
      hint(request);
      throw error;
    }
    if (access !== "public" && access !== "open") throw unauthorized("there is no token, and no session");
  };

  /** Returns nothing when there is nothing to wait for, which is the usual case. */
  const welcome = (request: FastifyRequest, terms: Terms, caller: Caller): Promise<void> | undefined => {
    if (isWrite(request.method)) limits.attempt(caller.traderId);
    else limits.read(caller.traderId);
    demandRights(request, terms, caller);
    request.caller = caller;
    return onCaller?.(caller);
  };

  /** Looking at a token costs as much when it is none, so that it is counted before it is looked at. */
  const verify = async (request: FastifyRequest, terms: Terms, tokens: Tokens, authorization: string) => {
    const guess = limits.guess(addressOf(request.raw));
    const caller = await tokens.verify(authorization).catch((error: unknown) => {
      // Keys that cannot be had now are not the caller's fault.
      if (refusalOf(error)?.refusal === "UNAUTHORIZED") guess.wasWrong();
      else guess.wasNone();
      throw error;
    });
    guess.wasNone();
    await welcome(request, terms, caller);
  };

  const byCookie = createCookieGuard({ sessions, limits, addressOf, welcome });

  const admit = (request: FastifyRequest, terms: Terms): Promise<void> | undefined => {
    const { authorization } = request.headers;
    if (terms.access === "signed" || terms.access === "health") return undefined;
    if (terms.access === "open") return stranger(request, terms.access);
    const letIn = byCookie(request, terms);
    if (letIn !== false) return letIn;
    if (authorization === undefined || tokens === null) return stranger(request, terms.access);
    const known = tokens.known(authorization);
    if (known !== null) return welcome(request, terms, known);
    return verify(request, terms, tokens, authorization);
  };

  return (terms: Terms): onRequestHookHandler =>
    (request: FastifyRequest, _reply: FastifyReply, done: HookHandlerDoneFunction) => {
      try {
        const waiting = admit(request, terms);
        if (waiting === undefined) done();
        else waiting.then(() => done(), done);
      } catch (error) {
        done(error as Error);
      }
    };
};
