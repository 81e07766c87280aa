/**
 * How often something failed lately, by whom: rows, so that all nodes count the same and a restart forgets nothing. A try
 * counts as failed before it is looked at, so that many at once are no way around; one that was right is given back.
 */
import { hash } from "node:crypto";
import type { Pool, PoolClient } from "pg";
import { transact } from "../../database/index.ts";
import { DAY, isRefusal, MINUTE, type Refusal, refuse, SECOND } from "../../kernel/index.ts";
import { createLines, type Lines } from "./lines.ts";

const USUAL_WINDOW_MS = 15 * MINUTE;

type Limit = { readonly failures: number; readonly withinMs: number };
const within = (withinMs: number) => (failures: number) => ({ failures, withinMs });
const inFifteenMinutes = within(USUAL_WINDOW_MS);
const inADay = within(DAY);

/** What is counted, and how many times it may fail in how long. */
const LIMITS = {
  /** Of an address that guesses at many people's codes. */
  "code by address": inFifteenMinutes(50),
  /** Of one person, from anywhere: three of a million codes are right at any moment. */
  "code by person": inFifteenMinutes(5),
  /** Whoever has the password and guesses for a whole year is right with one chance in forty-five. */
  "code by person in a day": inADay(20),
  /** Mails that somebody asks for, whether anybody gets one or not. */
  "recovery by address": inFifteenMinutes(20),
  /** More would only fill somebody's mailbox. */
  "recovery by login": inFifteenMinutes(3),
  /** In place of a password; not counted with those, since whoever has forgotten one has tried. */
  "recovery code by login": inFifteenMinutes(5),
  /** They are too long to be guessed; more than typing errors is an attack. */
  "recovery code by person": inFifteenMinutes(10),
  /** Of an address that guesses at many people's passwords, whether they are there or not. */
  "sign-in by address": inFifteenMinutes(50),
  /** Of one login, from anywhere. */
  "sign-in by login": inFifteenMinutes(5),
  /** Each makes a hash and may make a person; an office or a class signs up within this. */
  "sign-up by address": inFifteenMinutes(50),
} as const satisfies Readonly<Record<string, Limit>>;

/** The third parameter's milliseconds. */
const WINDOW = "interval '1 millisecond' * $3::bigint";

export type AttemptScope = keyof typeof LIMITS;
export type Attempt = { readonly scope: AttemptScope; readonly key: string };

/** Counted already. */
export type Counted = Attempt & { readonly at: string };

/** Texts that others chose are kept neither long nor in the clear. */
const keyOf = (text: string): string => hash("sha256", text, "base64url");

/**
 * Counts a try of each kind, or of none.
 * @param attempts in the order in which everybody locks them: by scope
 */
export const countAttempts = (
  pool: Pool,
  attempts: readonly Attempt[],
): Promise<readonly Counted[] | Refusal<"RATE_LIMITED">> =>
  linesOf(pool).take(
    attempts.map(({ scope, key }) => `${scope} ${keyOf(key)}`),
    () =>
      transact(pool, async (client) => {
        const counted: Counted[] = [];
        for (const attempt of attempts) {
          const at = await count(client, attempt);
          if (isRefusal(at)) return at;
          counted.push({ ...attempt, at });
        }
        return counted;
      }),
  );

const lines = new WeakMap<Pool, Lines>();
const linesOf = (pool: Pool): Lines => {
  const known = lines.get(pool) ?? createLines();
  lines.set(pool, known);
  return known;
};

const count = async (client: PoolClient, { scope, key }: Attempt): Promise<string | Refusal<"RATE_LIMITED">> => {
  const { failures, withinMs } = LIMITS[scope];
  const values = [scope, keyOf(key), withinMs] as const;
  // A conflict waits for the other's commit and sees its row as it is then.
  const { rows } = await client.query<{ last: string }>({
    name: "count an attempt",
    text: `insert into identity.attempts as a (scope, key, failed_at, last_at)
      values ($1, $2, array[clock_timestamp()], clock_timestamp())
      on conflict (scope, key) do update set last_at = excluded.last_at, failed_at = excluded.failed_at ||
        array(select f from unnest(a.failed_at) f where f > excluded.last_at - ${WINDOW} order by f desc)
      where (select count(*) from unnest(a.failed_at) f where f > excluded.last_at - ${WINDOW}) < $4
      returning failed_at[1]::text as last`,
    values: [...values, failures],
  });
  return rows[0]?.last ?? refuse("RATE_LIMITED", { retry_after_seconds: await waitOf(client, values) });
};

/** Until the oldest of those that count is forgotten. */
const waitOf = async (client: PoolClient, values: readonly [string, string, number]): Promise<number> => {
  const { rows } = await client.query<{ wait: number }>({
    name: "wait of an attempt",
    text: `select extract(epoch from min(f) + ${WINDOW} - clock_timestamp())::float8 as wait
      from identity.attempts a, unnest(a.failed_at) f
      where a.scope = $1 and a.key = $2 and f > clock_timestamp() - ${WINDOW}`,
    values: [...values],
  });
  return Math.min(values[2] / SECOND, Math.max(1, Math.ceil(rows[0]?.wait ?? 1)));
};

/** Takes back what did not fail, in the same order. */
export const giveBack = async (client: PoolClient, counted: readonly Counted[]): Promise<void> => {
  for (const { scope, key, at } of counted)
    await client.query({
      name: "give an attempt back",
      text: `update identity.attempts set failed_at = array_remove(failed_at, $3::timestamptz) where scope = $1 and key = $2`,
      values: [scope, keyOf(key), at],
    });
};

/** Looks at what was counted. Where there was no place to look, such as in a flood of others' tries, it was no failure. */
export const look = async <Seen>(pool: Pool, counted: readonly Counted[], work: () => Promise<Seen>): Promise<Seen> => {
  try {
    return await work();
  } catch (error) {
    await transact(pool, (client) => giveBack(client, counted));
    throw error;
  }
};

export const forgetAttempts = async (pool: Pool): Promise<void> => {
  for (const withinMs of new Set(Object.values(LIMITS).map((limit) => limit.withinMs))) {
    const scopes = Object.entries(LIMITS).flatMap(([scope, limit]) => (limit.withinMs === withinMs ? [scope] : []));
    // Skips what is held: it is being counted again.
    await pool.query({
      text: `delete from identity.attempts where (scope, key) in (select scope, key from identity.attempts
        where scope = any($1) and last_at < now() - interval '1 millisecond' * $2::bigint for update skip locked)`,
      values: [scopes, withinMs],
    });
  }
};
