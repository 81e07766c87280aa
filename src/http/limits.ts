/** Rate limits, per caller and per address, kept in memory by each node. */
import type { FastifyRequest } from "fastify";
import { LRUCache } from "lru-cache";
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

export const isLoopbackAddress = (address: string): boolean => {
  const plain = address.replace(MAPPED, "");
  return plain === "::1" || plain.startsWith("127.");
};

type Window = { count: number; readonly endsAt: number };

/**
 * So many calls per key and window, counted at once: nothing is awaited between counting and looking, so that a burst is
 * let in up to the limit and not one further. Returns the seconds to wait where there were too many.
 */
export const createCounter = (max: number): ((key: string) => number | null) => {
  const windows = new LRUCache<string, Window>({ max: MAX_KEYS });
  return (key) => {
    const now = performance.now();
    const known = windows.get(key);
    const window = known === undefined || known.endsAt <= now ? { count: 0, endsAt: now + WINDOW } : known;
    if (window !== known) windows.set(key, window);
    window.count++;
    return window.count <= max ? null : Math.max(1, Math.ceil((window.endsAt - now) / SECOND));
  };
};

const createLimit = (max: number, keyOf: (request: FastifyRequest) => string): Limit => {
  const count = createCounter(max);
  return (request) => {
    const wait = count(keyOf(request));
    return wait === null ? undefined : Promise.reject(new RefusedError(refuse("RATE_LIMITED"), wait));
  };
};

/**
 * Both limits are kept per node and in memory: they keep one caller from taking what belongs to all, and need not
 * agree between nodes.
 */
export const createLimits = (limits: { writes: number; anonymous: number; spareLoopback: boolean }) => {
  const byAddress = createLimit(limits.anonymous, (request) => request.ip);
  const byCaller = createLimit(limits.writes, (request) => callerOf(request).traderId);
  return {
    // Not for this very machine: reverse proxies, health checks, tests and demos come from there.
    address: (request: FastifyRequest) =>
      limits.spareLoopback && isLoopbackAddress(request.ip) ? undefined : byAddress(request),
    // Nobody's writes were counted by address already.
    writes: (request: FastifyRequest) => (request.caller === null ? undefined : byCaller(request)),
  } satisfies Record<string, Limit>;
};
