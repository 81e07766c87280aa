/**
 * Uses up the `jti`s of reads: whatever was asked while the last insert was out goes into the next one. A write's are
 * claims of its own transaction.
 */
import type { Pool } from "pg";
import type { Claim } from "../../engine/index.ts";
import { refuse } from "../../kernel/index.ts";
import { LIMITS } from "../settings.ts";
import { quotas } from "../tables.ts";
import type { Caller } from "./authenticate.ts";

/** In one insert. */
const AT_ONCE = 500;

const scopeOf = (participantGuid: string): string => `jti ${participantGuid}`;

/** A second use of a `jti` is answered as every other fault of a token. @param request different for every request */
export const useClaims = ({ participant: { guid }, uses }: Caller, request: string): readonly Claim[] =>
  uses.map((jti) => ({
    scope: scopeOf(guid),
    key: jti,
    fingerprint: request,
    mismatch: refuse("AUTHORIZATION_FAILED"),
    keeps: "answers",
    lifetimeMs: LIMITS.memoryMs,
    guard: quotas.at(guid),
  }));

export type Uses = {
  /** Whether none of them had been used before. Rejects when that is not known. */
  spend(caller: Caller): Promise<boolean>;
};

type Waiting = {
  readonly scope: string;
  readonly key: string;
  readonly resolve: (fresh: boolean) => void;
  readonly reject: (error: unknown) => void;
};

export const createUses = (pool: Pool): Uses => {
  let waiting: Waiting[] = [];
  let running = false;

  const insert = async (batch: readonly Waiting[]): Promise<ReadonlySet<string>> => {
    const { rows } = await pool.query<{ id: string }>({
      name: "use jtis",
      text: `insert into rail.claims (scope, key, fingerprint, answer, expires_at)
        select u.scope, u.key, 'read', '', now() + $3 * interval '1 millisecond'
        from unnest($1::text[], $2::text[]) as u(scope, key) order by u.scope, u.key
        on conflict (scope, key) do nothing returning scope || ' ' || key as id`,
      values: [batch.map(({ scope }) => scope), batch.map(({ key }) => key), LIMITS.memoryMs],
    });
    return new Set(rows.map(({ id }) => id));
  };

  const settle = async (batch: readonly Waiting[]): Promise<void> => {
    try {
      const fresh = new Set(await insert(batch));
      // The first of two in one batch is the one that used it.
      for (const { scope, key, resolve } of batch) resolve(fresh.delete(`${scope} ${key}`));
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  };

  const run = async () => {
    running = true;
    // Calls of the same turn of the event loop belong in one insert.
    await Promise.resolve();
    while (waiting.length > 0) {
      const batch = waiting.slice(0, AT_ONCE);
      waiting = waiting.slice(AT_ONCE);
      await settle(batch);
    }
    running = false;
  };

  return {
    async spend({ participant, uses }) {
      const spent = uses.map(
        (key) =>
          new Promise<boolean>((resolve, reject) => {
            waiting.push({ scope: scopeOf(participant.guid), key, resolve, reject });
          }),
      );
      if (!running) void run();
      return (await Promise.all(spent)).every((fresh) => fresh);
    },
  };
};
