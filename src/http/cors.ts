/**
 * Browsers of other origins: which of them may call, with a bearer token that they hold themselves. Cookies stay at home:
 * no answer ever allows credentials.
 */
import type { FastifyInstance, FastifyRequest } from "fastify";
import { addVary } from "./vary.ts";

const ALLOWED_HEADERS = "authorization, content-type, idempotency-key, if-none-match, last-event-id";
const ALLOWED_METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE";
const EXPOSED_HEADERS = "allow, etag, idempotent-replay, location, retry-after";
/** Browsers keep the answer for so long at the most; the list changes with a restart. */
const PREFLIGHT_MAX_AGE_SECONDS = 600;

export type CorsDeps = {
  /** As browsers write them: `https://app.example`. */
  readonly origins: readonly string[];
  /** Counts a question that no token can come with. */
  readonly count: (request: FastifyRequest) => void;
};

export const registerCors = (server: FastifyInstance, { origins, count }: CorsDeps): void => {
  if (origins.length === 0) return;
  const allowed = new Set(origins);
  server.addHook("onRequest", (request, reply, done) => {
    const { origin } = request.headers;
    addVary(reply, "Origin");
    if (origin === undefined || !allowed.has(origin)) return done();
    // On the response itself, so that a stream, which takes it over, has them too.
    reply.raw.setHeader("access-control-allow-origin", origin);
    reply.raw.setHeader("access-control-expose-headers", EXPOSED_HEADERS);
    if (request.method !== "OPTIONS" || request.headers["access-control-request-method"] === undefined) return done();
    try {
      count(request);
    } catch (error) {
      return done(error as Error);
    }
    reply
      .code(204)
      .headers({
        "access-control-allow-methods": ALLOWED_METHODS,
        "access-control-allow-headers": ALLOWED_HEADERS,
        "access-control-max-age": String(PREFLIGHT_MAX_AGE_SECONDS),
      })
      .send();
  });
};
