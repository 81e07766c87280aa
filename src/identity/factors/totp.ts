/**
 * One-time codes of an authenticator app (RFC 6238: SHA-1, six digits, 30 seconds, one step of drift). Each is taken once,
 * for whatever it is given: the row remembers the newest step, and no code up to it is taken again.
 */
import { generateSecret, generateURI, verifySync } from "otplib";
import type { Pool, PoolClient } from "pg";
import { HOUR } from "../../kernel/index.ts";
import type { Seal } from "../deps.ts";

/** RFC 4226 asks for 128 bits, and recommends these 160. */
const SECRET_BYTES = 20;
const PERIOD_SECONDS = 30;
/** A clock that is one step ahead or behind. */
const DRIFT_SECONDS = PERIOD_SECONDS;
/** A secret that was shown and never used may be on a screen somewhere. */
const ENROLMENT_MS = HOUR;
/** What the app shows beside its codes. */
const ISSUER = "Parley";

/** What is sealed for one person's row opens in no other. */
const contextOf = (personId: string): string => `identity:${personId}:totp`;

export type Enrolment = { readonly secret: string; readonly uri: string };

/** A new secret in place of one that is not on yet. The caller holds the person's row. @returns null: one is on */
export const beginTotp = async (
  client: PoolClient,
  seal: Seal,
  { personId, label }: { readonly personId: string; readonly label: string },
): Promise<Enrolment | null> => {
  const secret = generateSecret({ length: SECRET_BYTES });
  const { rowCount } = await client.query({
    text: `insert into identity.totp as t (person_id, secret) values ($1, $2)
      on conflict (person_id) do update set secret = excluded.secret, made_at = now(), last_step = 0
      where t.on_since is null`,
    values: [personId, seal.seal(secret, contextOf(personId))],
  });
  return rowCount === 1
    ? { secret, uri: generateURI({ issuer: ISSUER, label, secret, period: PERIOD_SECONDS }) }
    : null;
};

type Row = { readonly secret: string; readonly last_step: number; readonly now: number };

/** The step of a code; null: it is none of the present ones. */
const stepOf = (secret: string, code: string, epoch: number): number | null => {
  const outcome = verifySync({ secret, token: code, epoch, epochTolerance: DRIFT_SECONDS, period: PERIOD_SECONDS });
  return outcome.valid && "timeStep" in outcome ? outcome.timeStep : null;
};

/**
 * Takes a code, once: of two who come with the same one, the second waits for the row and finds the step used. The time is
 * the database's, so that all nodes agree.
 * @param on whether the factor is to be on already, or to be turned on by this
 */
const takeCode = async (
  client: PoolClient,
  seal: Seal,
  { personId, code, on }: { readonly personId: string; readonly code: string; readonly on: boolean },
): Promise<boolean> => {
  const { rows } = await client.query<Row>({
    name: "secret of one-time codes",
    text: `select secret, last_step, extract(epoch from clock_timestamp())::float8 as now from identity.totp
      where person_id = $1 and (on_since is not null) = $2
        and ($2 or made_at > now() - interval '${ENROLMENT_MS} milliseconds') for update`,
    values: [personId, on],
  });
  const [row] = rows;
  const step = row === undefined ? null : stepOf(seal.open(row.secret, contextOf(personId)), code, Math.floor(row.now));
  if (step === null) return false;
  const { rowCount } = await client.query({
    name: "take a one-time code",
    text: `update identity.totp set last_step = $2, on_since = coalesce(on_since, now())
      where person_id = $1 and last_step < $2`,
    values: [personId, step],
  });
  return rowCount === 1;
};

export type Code = { readonly personId: string; readonly code: string };

/** @returns whether it was right, and had not been used */
export const useTotp = (client: PoolClient, seal: Seal, given: Code): Promise<boolean> =>
  takeCode(client, seal, { ...given, on: true });

/** Turns it on by its first code. */
export const confirmTotp = (client: PoolClient, seal: Seal, given: Code): Promise<boolean> =>
  takeCode(client, seal, { ...given, on: false });

/** @returns whether it was on */
export const endTotp = async (client: PoolClient, personId: string): Promise<boolean> => {
  const { rows } = await client.query<{ was_on: boolean }>({
    text: "delete from identity.totp where person_id = $1 returning on_since is not null as was_on",
    values: [personId],
  });
  return rows[0]?.was_on === true;
};

/** In milliseconds; null: it is not on. */
export const totpSince = async (pool: Pool, personId: string): Promise<number | null> => {
  const { rows } = await pool.query<{ on_since: number | null }>({
    name: "one-time codes of a person",
    text: "select on_since from identity.totp where person_id = $1",
    values: [personId],
  });
  return rows[0]?.on_since ?? null;
};

export const forgetEnrolments = async (pool: Pool): Promise<void> => {
  await pool.query(`delete from identity.totp where person_id in (select person_id from identity.totp
    where on_since is null and made_at < now() - interval '${ENROLMENT_MS} milliseconds' for update skip locked)`);
};
