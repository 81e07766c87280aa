/** Who may call a route: the hook that checks the address, the token and the role before anything else is looked at. */
import type { FastifyReply, FastifyRequest, HookHandlerDoneFunction, onRequestHookHandler } from "fastify";
import { refuse } from "../kernel/index.ts";
import { RefusedError } from "./errors.ts";
import type { Caller, Role, Tokens } from "./tokens.ts";

/**
 * Who may call a route. `public` needs no token, but one that is sent must be valid; `open` looks at none, for what
 * must answer while the host platform's keys cannot be had (health, metrics, documentation). `signed` requests are
 * vouched for by their own signatures, which the feature looks at. A `rail_operator` route takes both kinds of operator.
 */
export type Access = "open" | "public" | "trader" | "operator" | "rail_operator" | "platform" | "signed";

/** Counts one request. Rejects with RATE_LIMITED; returns nothing where there is nothing to count. */
export type Limit = (request: FastifyRequest) => Promise<void> | undefined;

export type GuardDeps = {
  /** Null: an API without tokens. */
  readonly tokens: Tokens | null;
  /** Requests that no valid token vouches for, by address. */
  readonly addressLimit: Limit;
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

/** The hook that lets a request in: address, token, role, and then the exchange's own welcome. */
export const createGuard = ({ tokens, addressLimit, onCaller }: GuardDeps) => {
  const stranger = (request: FastifyRequest, access: Access): Promise<void> | undefined => {
    const turnAway = (): void => {
      if (access !== "public" && access !== "open") throw new RefusedError(refuse("UNAUTHORIZED"));
    };
    const counting = addressLimit(request);
    if (counting !== undefined) return counting.then(turnAway);
    turnAway();
    return undefined;
  };

  const verify = async (request: FastifyRequest, tokens: Tokens, authorization: string): Promise<Caller> => {
    try {
      return await tokens.verify(authorization);
    } catch (error) {
      // Guessing is as expensive for us as verifying, so it is counted.
      await addressLimit(request);
      throw error;
    }
  };

  /** Returns nothing when there is nothing to wait for, which is the usual case. */
  const welcome = (request: FastifyRequest, access: Access, caller: Caller): Promise<void> | undefined => {
    if (!isAllowed(access, caller)) throw new RefusedError(refuse("FORBIDDEN"));
    request.caller = caller;
    return onCaller?.(caller);
  };

  const admit = (request: FastifyRequest, access: Access): Promise<void> | undefined => {
    const { authorization } = request.headers;
    if (access === "signed") return undefined;
    if (authorization === undefined || access === "open" || tokens === null) return stranger(request, access);
    const known = tokens.known(authorization);
    if (known !== null) return welcome(request, access, known);
    return verify(request, tokens, authorization).then((caller) => welcome(request, access, caller));
  };

  return (access: Access): onRequestHookHandler =>
    (request: FastifyRequest, _reply: FastifyReply, done: HookHandlerDoneFunction) => {
      try {
        const waiting = admit(request, access);
        if (waiting === undefined) done();
        else waiting.then(() => done(), done);
      } catch (error) {
        done(error as Error);
      }
    };
};
