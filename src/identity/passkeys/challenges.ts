/**
 * Challenges: what an authenticator is to sign, so that an answer is new and meant for this. Each is random, for one purpose,
 * over within minutes, and gone with the first answer to it, whatever that is worth.
 */
import { hash, randomBytes } from "node:crypto";
import type { Pool } from "pg";
import { transact } from "../../database/index.ts";
import { MINUTE } from "../../kernel/index.ts";
import { hashOf } from "../sessions/index.ts";

/** To find the key and touch it. */
export const CHALLENGE_MS = 5 * MINUTE;
/** Of one session or one address: whoever asks for more gives up the oldest. */
const MAX_OPEN = 20;
/** WebAuthn asks for 16 at least. */
const CHALLENGE_BYTES = 32;

export type Purpose = "add" | "sign-in" | "sign-up" | "step-up";

/** Who asks: a session, which alone may answer; or a stranger, whose address only says how many are open. */
export type Holder = { readonly sessionId: string } | { readonly address: string };

/** An address is kept no longer in the clear than it must be. */
const textOf = (holder: Holder): string =>
  "sessionId" in holder ? holder.sessionId : hash("sha256", `address ${holder.address}`, "base64url");

export type NewChallenge = { readonly purpose: Purpose; readonly holder: Holder; readonly details?: object };

/** @returns the challenge as it is signed: base64url */
export const makeChallenge = async (pool: Pool, { purpose, holder, details = {} }: NewChallenge): Promise<string> => {
  const challenge = randomBytes(CHALLENGE_BYTES).toString("base64url");
  await transact(pool, (client) =>
    client.query({
      name: "make a challenge",
      text: `with made as (insert into identity.challenges (challenge_hash, purpose, holder, details, expires_at)
          values ($1, $2, $3, $4, now() + interval '${CHALLENGE_MS} milliseconds'))
        delete from identity.challenges where challenge_hash in (select challenge_hash from identity.challenges
          where holder = $3 order by made_at desc, challenge_hash offset ${MAX_OPEN - 1} for update skip locked)`,
      values: [hashOf(challenge), purpose, textOf(holder), JSON.stringify(details)],
    }),
  );
  return challenge;
};

export type TakeChallenge = {
  readonly challenge: string;
  readonly purpose: Purpose;
  /** Null: whoever has it, since nobody is signed in. */
  readonly sessionId: string | null;
};

/** Of two who come with the same one, the second finds it gone. @returns its details; null: there is no such challenge */
export const takeChallenge = async (
  pool: Pool,
  { challenge, purpose, sessionId }: TakeChallenge,
): Promise<object | null> => {
  const { rows } = await transact(pool, (client) =>
    client.query<{ details: object }>({
      name: "take a challenge",
      text: `delete from identity.challenges where challenge_hash = $1 and purpose = $2
        and ($3::text is null or holder = $3) and expires_at > now() returning details`,
      values: [hashOf(challenge), purpose, sessionId],
    }),
  );
  return rows[0]?.details ?? null;
};

export const forgetChallenges = async (pool: Pool): Promise<void> => {
  await pool.query(`delete from identity.challenges where challenge_hash in
    (select challenge_hash from identity.challenges where expires_at < now() for update skip locked)`);
};
