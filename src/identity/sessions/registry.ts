/**
 * Who is signed in, for every request: looked up once and remembered, as long as this node hears of every change. A check
 * then costs what a remembered token's does. Also tells streams that their session is over, and notes who was seen.
 */
import { LRUCache } from "lru-cache";
import type { Pool } from "pg";
import { type Caller, readCookie, type SessionCookie, type Sessions } from "../../http/index.ts";
import { type Instant, instant, MINUTE, traderId } from "../../kernel/index.ts";
import { followChanges } from "./changes.ts";
import { findSession, IDLE_MS, noteSeen, type SessionRow } from "./rows.ts";
import { createWatches, type Watches } from "./watches.ts";

/** One per person and device that is active at the moment, as many as tokens. */
const MAX_KNOWN = 20_000;
/** Coarser than calls come, so that somebody who is there costs a write a minute. */
const SEEN_STEP_MS = MINUTE;
const SEEN_AT_ONCE = 1_000;
const SECRET = /^[A-Za-z0-9_-]{43}$/;

type Entry = {
  readonly sessionId: string;
  readonly endsAt: number;
  caller: Caller;
  seenAt: number;
};

export type SessionRegistry = Sessions & {
  /** Begins to hear of what other nodes do. */
  open(): void;
  /** What this node has just changed, it knows at once. */
  forget(personId: string): void;
  /** Writes down who was seen. */
  flush(): Promise<void>;
  close(): Promise<void>;
};

export type RegistryOptions = {
  readonly cookie: SessionCookie;
  readonly origin: () => string;
  readonly pool: Pool;
  /** One connection for hearing of changes. */
  readonly changesPool: Pool;
  readonly writePool: Pool;
  readonly onFailure: (error: unknown) => void;
};

const idleEnd = (seenAt: number, endsAt: number, hasRole: boolean): Instant =>
  instant(hasRole ? Math.min(endsAt, seenAt + IDLE_MS) : endsAt);

type Memory = {
  get(secret: string): Entry | undefined;
  forget(people: ReadonlySet<string> | null): void;
  /** Rejects when the database does not answer. */
  lookUp(secret: string): Promise<Entry | null>;
};

const createMemory = (pool: Pool, watches: Watches): Memory => {
  const known = new LRUCache<string, Entry>({ max: MAX_KNOWN });
  const pending = new Map<string, Promise<Entry | null>>();
  /** A look-up that began before a change may have read what was before it. */
  let generation = 0;

  const read = async (secret: string): Promise<Entry | null> => {
    const before = generation;
    const row = await findSession(pool, secret);
    if (row === null) return null;
    const { id: sessionId, expires_at: endsAt, last_seen_at: seenAt } = row;
    const entry = { sessionId, endsAt, seenAt, caller: callerOf(row, watches) };
    if (generation === before) known.set(secret, entry);
    return entry;
  };

  return {
    get: (secret) => known.get(secret),
    forget(people) {
      generation++;
      pending.clear();
      if (people === null) known.clear();
      else for (const [secret, { caller }] of known.entries()) if (people.has(caller.traderId)) known.delete(secret);
    },
    lookUp(secret) {
      const shared = pending.get(secret);
      if (shared !== undefined) return shared;
      const search = read(secret).finally(() => {
        if (pending.get(secret) === search) pending.delete(secret);
      });
      pending.set(secret, search);
      return search;
    },
  };
};

export const createSessionRegistry = (options: RegistryOptions): SessionRegistry => {
  const { cookie, origin, pool, changesPool, writePool, onFailure } = options;
  const watches = createWatches(pool);
  const memory = createMemory(pool, watches);
  const seen = new Map<string, number>();
  let changes: ReturnType<typeof followChanges> | undefined;

  const forget = (people: ReadonlySet<string> | null): void => {
    memory.forget(people);
    watches.suspect(people);
  };

  const touch = (entry: Entry): void => {
    const now = Date.now();
    if (now - entry.seenAt < SEEN_STEP_MS) return;
    entry.seenAt = now;
    seen.set(entry.sessionId, now);
    const { caller, endsAt } = entry;
    entry.caller = { ...caller, expiresAt: idleEnd(now, endsAt, caller.roles.size > 0) };
  };

  return {
    cookie,
    origin,
    secretOf: ({ headers }) => readCookie(headers.cookie, cookie.name),
    known(secret, unattended) {
      const entry = changes?.isTrusted() === true ? memory.get(secret) : undefined;
      if (entry === undefined || Date.now() >= entry.caller.expiresAt) return null;
      if (!unattended) touch(entry);
      return entry.caller;
    },
    async find(secret, unattended) {
      const entry = SECRET.test(secret) ? await memory.lookUp(secret) : null;
      if (entry !== null && !unattended) touch(entry);
      return entry?.caller ?? null;
    },
    open() {
      changes = followChanges({ pool: changesPool, onChange: forget, onLook: watches.look, onFailure });
    },
    forget: (personId) => forget(new Set([personId])),
    async flush() {
      const batch = [...seen].slice(0, SEEN_AT_ONCE);
      if (batch.length === 0) return;
      for (const [id] of batch) seen.delete(id);
      await noteSeen(writePool, batch);
    },
    async close() {
      await changes?.close();
    },
  };
};

const callerOf = (row: SessionRow, watches: Watches): Caller => ({
  traderId: traderId(row.person_id),
  name: row.name,
  roles: new Set(row.roles),
  expiresAt: idleEnd(row.last_seen_at, row.expires_at, row.roles.length > 0),
  session: {
    id: row.id,
    steppedUpUntil: row.stepped_up_until === null ? null : instant(row.stepped_up_until),
    hasSecondFactor: row.second_factor,
    passwordAgainAt: row.password_again_at === null ? null : instant(row.password_again_at),
    onEnd: (listener) => watches.add(row, listener),
  },
  vouchedUntil: null,
});
