/**
 * Callers by personal tokens, beside those of issuers: looked up once and remembered, as long as this node hears of every
 * change, so that one costs what the other does. Also notes which were used.
 */
import type { Pool } from "pg";
import { type Caller, type Tokens, unauthorized } from "../../http/index.ts";
import { instant, traderId } from "../../kernel/index.ts";
import { createMemory } from "../memory.ts";
import type { Hearing } from "../sessions/index.ts";
import { createSightings } from "../sightings.ts";
import { findToken, type TokenRow } from "./rows.ts";

/** What each begins with, so that people and scanners of leaked secrets know one when they see it. */
export const TOKEN_PREFIX = "pat_";

const SCHEME = "Bearer ";
/** As it stands in the header; no token of an issuer begins like that. */
const BEARER = /^Bearer pat_[A-Za-z0-9_-]{43}$/i;

type Entry = { readonly id: string; readonly caller: Caller; usedAt: number };

export type TokenRegistry = {
  /** Takes these as well. */
  beside(tokens: Tokens): Tokens;
  /** Writes down which were used. */
  flush(): Promise<void>;
};

export type TokenRegistryOptions = { readonly hearing: Hearing; readonly pool: Pool; readonly writePool: Pool };

export const createTokenRegistry = ({ hearing, pool, writePool }: TokenRegistryOptions): TokenRegistry => {
  const sightings = createSightings(writePool, { table: "tokens", column: "last_used_at" });
  const memory = createMemory(async (authorization): Promise<Entry | null> => {
    const row = await findToken(pool, authorization.slice(SCHEME.length));
    if (row === null) return null;
    const usedAt = row.last_used_at ?? Number.NEGATIVE_INFINITY;
    return { id: row.id, usedAt, caller: callerOf(row, hearing) };
  });
  hearing.onChange(memory.forget);

  const touch = (entry: Entry): Caller => {
    entry.usedAt = sightings.note(entry.id, entry.usedAt) ?? entry.usedAt;
    return entry.caller;
  };

  const known = (authorization: string): Caller | null => {
    const entry = hearing.isTrusted() ? memory.get(authorization) : undefined;
    return entry === undefined || Date.now() >= entry.caller.expiresAt ? null : touch(entry);
  };

  const verify = async (authorization: string): Promise<Caller> => {
    const entry = await memory.lookUp(authorization);
    if (entry === null) throw unauthorized("the personal token is over, or there never was one");
    return touch(entry);
  };

  /** Whatever looks like one is none of an issuer's. */
  const isOurs = (authorization: string): boolean => authorization.startsWith(TOKEN_PREFIX, SCHEME.length);
  return {
    beside: (tokens) => ({
      known: (authorization) => (isOurs(authorization) ? known(authorization) : tokens.known(authorization)),
      verify: (authorization) => (BEARER.test(authorization) ? verify(authorization) : tokens.verify(authorization)),
    }),
    flush: sightings.flush,
  };
};

const callerOf = (row: TokenRow, { watch }: Hearing): Caller => ({
  traderId: traderId(row.person_id),
  name: row.person_name,
  // Whoever acts by a role is there, and gives the second factor.
  roles: new Set(),
  expiresAt: instant(row.expires_at),
  session: null,
  vouchedUntil: null,
  personalToken: {
    id: row.id,
    scope: row.scope,
    release: row.release,
    onEnd: (listener) => watch({ ...row, roles: [] }, listener),
  },
});
