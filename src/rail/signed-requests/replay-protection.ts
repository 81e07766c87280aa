/**
 * Consumes `jti`s, so that a signed request cannot be replayed. Those of reads are inserted in batches; those of writes are
 * claims of the write's own transaction.
 */
import { hash } from "node:crypto";
import type { Pool } from "pg";
import type { Claim } from "../../engine/index.ts";
import { createRandomDraw, refuse } from "../../kernel/index.ts";
import { createBatcher } from "../batcher.ts";
import { LIMITS } from "../settings.ts";
import { quotas } from "../tables/index.ts";
import type { Caller, Use } from "./authenticate.ts";

/** In one insert. */
const AT_ONCE = 500;

/** Of whatever is kept for ever: one scope, which has a part of the table to itself (ADR 16). */
const KEPT_SCOPE = "body";

type Place = { readonly scope: string; readonly key: string; readonly lifetimeMs: number | null };

/**
 * A header has a date, and a strong body an end. A compat body has neither: a copy of it would come back to life under the
 * next header, so that its `jti` is never forgotten.
 */
const placeOf = ({ participant: { guid, profile } }: Caller, { of, jti }: Use): Place => {
  if (of === "header") return { scope: `jti ${guid}`, key: jti, lifetimeMs: LIMITS.memoryMs };
  return profile === "compat"
    ? { scope: KEPT_SCOPE, key: keptKey(guid, jti), lifetimeMs: null }
    : { scope: `body ${guid}`, key: jti, lifetimeMs: LIMITS.memoryMs };
};

/** Half of SHA-256: nobody finds two bodies under one. */
const KEY_BYTES = 16;
const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
/** Of a UUID of version 7: milliseconds. */
const TIME_BYTES = 6;

/**
 * A bank and its `jti` in 22 characters. One that begins with its time keeps that beginning, so that what comes at one time
 * stands together in the index, however much there is by then.
 */
const keptKey = (guid: string, jti: string): string => {
  const digest = hash("sha256", `${guid} ${jti}`, "buffer").subarray(0, KEY_BYTES);
  if (!UUID_V7.test(jti)) return digest.toString("base64url");
  const time = Buffer.from(jti.replaceAll("-", "").slice(0, 2 * TIME_BYTES), "hex");
  return Buffer.concat([time, digest.subarray(TIME_BYTES)]).toString("base64url");
};

/** Tells two requests with one `jti` apart, in few bytes: some of it is kept for ever. */
const REQUEST_BYTES = 9;
const drawRequest = createRandomDraw(REQUEST_BYTES);

/** A second use of a `jti` is answered as every other fault of a token. */
export const replayClaims = (caller: Caller): readonly Claim<"AUTHORIZATION_FAILED">[] => {
  const fingerprint = drawRequest().toString("base64url");
  return caller.uses.map((use) => ({
    ...placeOf(caller, use),
    fingerprint,
    mismatch: refuse("AUTHORIZATION_FAILED"),
    keeps: "uses",
    guard: quotas.at(caller.participant.guid),
  }));
};

export type ReplayProtection = {
  /** Of a request without a body: whether none of its `jti`s had been used before. Rejects when that is not known. */
  consume(caller: Caller): Promise<boolean>;
};

export const createReplayProtection = (pool: Pool): ReplayProtection => {
  const use = createBatcher<Place, boolean>(AT_ONCE, async (batch) => {
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
    async consume(caller) {
      const spent = await Promise.all(caller.uses.map((each) => use(placeOf(caller, each))));
      return spent.every((fresh) => fresh);
    },
  };
};
