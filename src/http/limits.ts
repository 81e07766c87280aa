import type { FastifyInstance, FastifyRequest } from "fastify";
import { refuse, SECOND } from "../kernel/index.ts";
import { callerOf, type Limit } from "./access.ts";
import { RefusedError } from "./errors.ts";

/** Short, so that a burst is forgiven soon, and `Retry-After` stays small. */
const WINDOW = 10 * SECOND;
/** Many people share one address behind a carrier's NAT, so it is as generous as a person's own limit. */
export const ANONYMOUS_PER_WINDOW = 600;
/** Counters kept. Whoever is pushed out starts anew, so it is more than the callers of any ten seconds. */
const MAX_KEYS = 50_000;

/** IPv4 addresses as a dual-stack listener reports them. */
const MAPPED = /^::ffff:/i;

const isLoopbackAddress = (address: string): boolean => {
  const plain = address.replace(MAPPED, "");
  return plain === "::1" || plain.startsWith("127.");
};

const createLimit = (
  server: FastifyInstance,
  options: { max: number; keyGenerator?: (request: FastifyRequest) => string },
): Limit => {
  // Its types forget `cache`, which a limit of its own does read.
  const settings = { timeWindow: WINDOW, cache: MAX_KEYS, ...options };
  const count = server.createRateLimit(settings);
  return async (request) => {
    const result = await count(request);
    if (!result.isAllowed && result.isExceeded)
      throw new RefusedError(refuse("RATE_LIMITED"), Math.max(1, result.ttlInSeconds));
  };
};

/**
 * Both limits are kept per node and in memory: they keep one caller from taking what belongs to all, and need not
 * count exactly. Needs @fastify/rate-limit.
 */
export const createLimits = (
  server: FastifyInstance,
  limits: { writes: number; anonymous: number; spareLoopback: boolean },
) => {
  const byAddress = createLimit(server, { max: limits.anonymous });
  const byCaller = createLimit(server, { max: limits.writes, keyGenerator: (request) => callerOf(request).traderId });
  return {
    // Not for this very machine: reverse proxies, health checks, tests and demos come from there.
    address: (request: FastifyRequest) =>
      limits.spareLoopback && isLoopbackAddress(request.ip) ? undefined : byAddress(request),
    // Nobody's writes were counted by address already.
    writes: (request: FastifyRequest) => (request.caller === null ? undefined : byCaller(request)),
  } satisfies Record<string, Limit>;
};
