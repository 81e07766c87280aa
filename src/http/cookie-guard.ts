/** Lets in whoever comes with a session's cookie, and nobody who was sent by another site's page. */
import type { FastifyRequest } from "fastify";
import type { Caller } from "./callers.ts";
import type { ClientAddress } from "./client-address.ts";
import { invalid, unauthorized } from "./errors.ts";
import type { Limits } from "./limits.ts";
import { isWrite } from "./methods.ts";
import type { Terms } from "./scopes.ts";
import { demandOwnPage, type Sessions } from "./sessions.ts";

export type CookieGuardDeps = {
  /** Null: cookies are not looked at. */
  readonly sessions: Sessions | null;
  readonly limits: Limits;
  readonly addressOf: ClientAddress;
  readonly welcome: (request: FastifyRequest, terms: Terms, caller: Caller) => Promise<void> | undefined;
};

const TWO_CALLERS = {
  in: "header",
  pointer: "/Cookie",
  message: "must not come together with a bearer token: send one of them",
} as const;

const isUnattended = ({ routeOptions }: FastifyRequest): boolean => routeOptions.config.unattended === true;

/** @returns what to wait for, as a rule nothing; false: there is no cookie of ours */
export const createCookieGuard = ({ sessions, limits, addressOf, welcome }: CookieGuardDeps) => {
  /** Looking somebody up is counted before it is done, as a token is. */
  const lookUp = async (request: FastifyRequest, terms: Terms, sessions: Sessions, secret: string): Promise<void> => {
    const guess = limits.guess(addressOf(request.raw));
    const caller = await sessions.find(secret, isUnattended(request)).catch((error: unknown) => {
      guess.wasNone();
      throw error;
    });
    if (caller === null) {
      guess.wasWrong();
      if (terms.access !== "public") throw unauthorized("the session is over, or there never was one");
      return;
    }
    guess.wasNone();
    await welcome(request, terms, caller);
  };

  /** What is refused before anybody is looked up counts by address. */
  const check = (request: FastifyRequest, sessions: Sessions, isSent: boolean): void => {
    try {
      if (isSent && request.headers.authorization !== undefined) throw invalid([TWO_CALLERS]);
      if (isWrite(request.method)) demandOwnPage(request, sessions);
    } catch (error) {
      limits.anonymous(addressOf(request.raw));
      throw error;
    }
  };

  return (request: FastifyRequest, terms: Terms): Promise<void> | undefined | false => {
    if (sessions === null) return false;
    const secret = sessions.secretOf(request);
    if (secret !== null || request.routeOptions.config.ownPage === true) check(request, sessions, secret !== null);
    if (secret === null) return false;
    const known = sessions.known(secret, isUnattended(request));
    return known === null ? lookUp(request, terms, sessions, secret) : welcome(request, terms, known);
  };
};
