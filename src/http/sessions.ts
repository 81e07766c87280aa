/**
 * Callers by cookie: how the cookie is read and set, and what a write that comes with one has to bring along, so that no
 * page but ours acts as whoever opens it. Who is signed in is for the feature that keeps sessions.
 */
import type { FastifyReply, FastifyRequest } from "fastify";
import { DAY, refuse, SECOND } from "../kernel/index.ts";
import type { Caller } from "./callers.ts";
import { RefusedError } from "./errors.ts";

export type SessionCookie = {
  readonly name: string;
  /** Whether it travels by https alone. */
  readonly secure: boolean;
};

export type Sessions = {
  readonly cookie: SessionCookie;
  /** What the request's cookie holds, whatever it is; null: it has none. */
  secretOf(request: FastifyRequest): string | null;
  /** As our own pages write it: scheme, host and port of PUBLIC_URL. */
  origin(): string;
  /**
   * The caller whose session was looked up lately, without waiting; else null.
   * @param unattended the call is no sign of a person: a page makes it by itself
   */
  known(secret: string, unattended: boolean): Caller | null;
  /** Null: there is no such session, or it is over. Rejects when the database does not answer. */
  find(secret: string, unattended: boolean): Promise<Caller | null>;
};

/** So long a session lasts, and its cookie. */
export const SESSION_LIFETIME_MS = 14 * DAY;

/** The `__Host-` cookie comes from this very host by https, or browsers refuse it; on one's own machine there is no https. */
export const sessionCookieFor = (isPlainLoopback: boolean): SessionCookie =>
  isPlainLoopback ? { name: "parley", secure: false } : { name: "__Host-parley", secure: true };

/** The value of the first cookie of that name, or null. Linear in the header. */
export const readCookie = (header: string | undefined, name: string): string | null => {
  if (header === undefined) return null;
  for (const pair of header.split(";")) {
    const start = pair.indexOf("=");
    if (start > 0 && pair.slice(0, start).trim() === name) return pair.slice(start + 1).trim();
  }
  return null;
};

const ATTRIBUTES = "Path=/; HttpOnly; SameSite=Lax";

const setCookieText = ({ name, secure }: SessionCookie, value: string, seconds: number): string =>
  `${name}=${value}; ${ATTRIBUTES}; Max-Age=${seconds}${secure ? "; Secure" : ""}`;

export const setSessionCookie = (reply: FastifyReply, cookie: SessionCookie, secret: string): FastifyReply =>
  reply.header("set-cookie", setCookieText(cookie, secret, SESSION_LIFETIME_MS / SECOND));

export const clearSessionCookie = (reply: FastifyReply, cookie: SessionCookie): FastifyReply =>
  reply.header("set-cookie", setCookieText(cookie, "", 0));

const CLIENT_HEADER = "parley-client";

/**
 * Browsers say whose page writes, and let no other page set a header of ours.
 * @throws RefusedError CROSS_SITE
 */
export const demandOwnPage = ({ headers }: FastifyRequest, sessions: Sessions): void => {
  const client = headers[CLIENT_HEADER];
  const origin = sessions.origin();
  if (headers.origin === origin && typeof client === "string" && client !== "") return;
  throw new RefusedError(refuse("CROSS_SITE", { origin }));
};
