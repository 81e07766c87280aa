/**
 * Who is signed in, for every request: looked up once and remembered, as long as this node hears of every change. A check
 * then costs what a remembered token's does. Also notes who was seen.
 */
import type { Pool } from "pg";
import { type Caller, readCookie, type SessionCookie, type Sessions } from "../../http/index.ts";
import { type Instant, instant, traderId } from "../../kernel/index.ts";
import { createMemory } from "../memory.ts";
import { createSightings } from "../sightings.ts";
import type { Hearing } from "./hearing.ts";
import { findSession, IDLE_MS, type SessionRow } from "./rows.ts";

const SECRET = /^[A-Za-z0-9_-]{43}$/;

type Entry = {
  readonly sessionId: string;
  readonly endsAt: number;
  caller: Caller;
  seenAt: number;
};

export type SessionRegistry = Sessions & {
  /** What this node has just changed, it knows at once. */
  forget(personId: string): void;
  /** Writes down who was seen. */
  flush(): Promise<void>;
};

export type RegistryOptions = {
  readonly cookie: SessionCookie;
  readonly origin: () => string;
  readonly hearing: Hearing;
  readonly pool: Pool;
  readonly writePool: Pool;
};

const idleEnd = (seenAt: number, endsAt: number, hasRole: boolean): Instant =>
  instant(hasRole ? Math.min(endsAt, seenAt + IDLE_MS) : endsAt);

export const createSessionRegistry = (options: RegistryOptions): SessionRegistry => {
  const { cookie, origin, hearing, pool, writePool } = options;
  const sightings = createSightings(writePool, { table: "sessions", column: "last_seen_at" });
  const memory = createMemory(async (secret): Promise<Entry | null> => {
    const row = await findSession(pool, secret);
    if (row === null) return null;
    const { id: sessionId, expires_at: endsAt, last_seen_at: seenAt } = row;
    return { sessionId, endsAt, seenAt, caller: callerOf(row, hearing) };
  });
  hearing.onChange(memory.forget);

  const touch = (entry: Entry): void => {
    const now = sightings.note(entry.sessionId, entry.seenAt);
    if (now === null) return;
    entry.seenAt = now;
    const { caller, endsAt } = entry;
    entry.caller = { ...caller, expiresAt: idleEnd(now, endsAt, caller.roles.size > 0) };
  };

  return {
    cookie,
    origin,
    secretOf: ({ headers }) => readCookie(headers.cookie, cookie.name),
    known(secret, unattended) {
      const entry = hearing.isTrusted() ? memory.get(secret) : undefined;
      if (entry === undefined || Date.now() >= entry.caller.expiresAt) return null;
      if (!unattended) touch(entry);
      return entry.caller;
    },
    async find(secret, unattended) {
      const entry = SECRET.test(secret) ? await memory.lookUp(secret) : null;
      if (entry !== null && !unattended) touch(entry);
      return entry?.caller ?? null;
    },
    forget: hearing.tell,
    flush: sightings.flush,
  };
};

const callerOf = (row: SessionRow, { watch }: Hearing): Caller => ({
  traderId: traderId(row.person_id),
  name: row.name,
  roles: new Set(row.roles),
  expiresAt: idleEnd(row.last_seen_at, row.expires_at, row.roles.length > 0),
  personalToken: null,
  session: {
    id: row.id,
    steppedUpUntil: row.stepped_up_until === null ? null : instant(row.stepped_up_until),
    hasSecondFactor: row.second_factor,
    passwordAgainAt: row.password_again_at === null ? null : instant(row.password_again_at),
    onEnd: (listener) => watch(row, listener),
  },
  vouchedUntil: null,
});
