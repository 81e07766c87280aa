/**
 * Consumes `jti`s, so that a signed request cannot be replayed. Those of reads are inserted in batches; those of writes are
 * claims of the write's own transaction.
 */
import type { Pool } from "pg";
import type { Claim } from "../../engine/index.ts";
import { refuse } from "../../kernel/index.ts";
import { createBatcher } from "../batcher.ts";
import { LIMITS } from "../settings.ts";
import { quotas } from "../tables/index.ts";
import type { Caller } from "./authenticate.ts";

/** In one insert. */
const AT_ONCE = 500;

const scopeOf = (participantGuid: string): string => `jti ${participantGuid}`;

/** A second use of a `jti` is answered as every other fault of a token. @param request different for every request */
export const replayClaims = (
  { participant: { guid }, jtis }: Caller,
  request: string,
): readonly Claim<"AUTHORIZATION_FAILED">[] =>
  jtis.map((jti) => ({
    scope: scopeOf(guid),
    key: jti,
    fingerprint: request,
    mismatch: refuse("AUTHORIZATION_FAILED"),
    keeps: "uses",
    lifetimeMs: LIMITS.memoryMs,
    guard: quotas.at(guid),
  }));

export type ReplayProtection = {
  /** Whether none of them had been used before. Rejects when that is not known. */
  consume(caller: Caller): Promise<boolean>;
};

export const createReplayProtection = (pool: Pool): ReplayProtection => {
  const use = createBatcher<Use, boolean>(AT_ONCE, async (batch) => {
    const { rows } = await pool.query<{ id: string }>({
      name: "use jtis",
      text: `insert into rail.claims (scope, key, fingerprint, answer, expires_at)
        select u.scope, u.key, 'read', '', now() + $3 * interval '1 millisecond'
        from unnest($1::text[], $2::text[]) as u(scope, key) order by u.scope, u.key
        on conflict (scope, key) do nothing returning scope || ' ' || key as id`,
      values: [batch.map(({ scope }) => scope), batch.map(({ key }) => key), LIMITS.memoryMs],
    });
    const fresh = new Set(rows.map(({ id }) => id));
    // The first of two in one batch is the one that used it.
    return batch.map(({ scope, key }) => fresh.delete(`${scope} ${key}`));
  });

  return {
    async consume({ participant, jtis }) {
      const spent = await Promise.all(jtis.map((key) => use({ scope: scopeOf(participant.guid), key })));
      return spent.every((fresh) => fresh);
    },
  };
};

type Use = { readonly scope: string; readonly key: string };
