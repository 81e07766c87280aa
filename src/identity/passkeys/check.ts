/**
 * From an answer to whose passkey it is: the challenge is taken first, so that no answer is looked at twice; the signature is
 * checked outside of any transaction; and the one that believes it counts the use, under the person's row.
 */
import type { Pool, PoolClient } from "pg";
import type { Static } from "typebox";
import { isRefusal, type Refusal, refuse } from "../../kernel/index.ts";
import { type Purpose, takeChallenge } from "./challenges.ts";
import { findPasskey, type NewPasskey, noteUse } from "./rows.ts";
import type { NewPasskeyCredential, SignedPasskeyCredential } from "./schemas.ts";
import { challengeOf, readCounter, readNewPasskey, type Site, siteOf } from "./webauthn.ts";

export type PasskeyDeps = {
  readonly acts: Pool;
  readonly pool: Pool;
  readonly sessions: { origin(): string };
};

type Asked<Credential> = {
  readonly credential: Credential;
  readonly purpose: Purpose;
  /** Who asked for the challenge; null: somebody who was not signed in. */
  readonly sessionId: string | null;
};

type Refused = Refusal<"PASSKEY_REFUSED">;
/** One answer for all that does not hold. */
const REFUSED = refuse("PASSKEY_REFUSED");

type Taken = { readonly site: Site; readonly challenge: string; readonly details: object };

const take = async (
  { acts, sessions }: PasskeyDeps,
  { credential, purpose, sessionId }: Asked<{ readonly response: { readonly clientDataJSON: string } }>,
): Promise<Taken | Refused> => {
  const challenge = challengeOf(credential);
  const details = challenge === null ? null : await takeChallenge(acts, { challenge, purpose, sessionId });
  if (challenge === null || details === null) return REFUSED;
  return { site: siteOf(sessions.origin()), challenge, details };
};

/** @returns the new key, and what was kept with its challenge */
export const checkNewPasskey = async (
  deps: PasskeyDeps,
  asked: Asked<Static<typeof NewPasskeyCredential>>,
): Promise<{ readonly key: NewPasskey; readonly details: object } | Refused> => {
  const taken = await take(deps, asked);
  if (isRefusal(taken)) return taken;
  const key = await readNewPasskey(taken.site, { challenge: taken.challenge, credential: asked.credential });
  return key === null ? REFUSED : { key, details: taken.details };
};

export type CheckedPasskey = { readonly id: string; readonly personId: string; readonly counter: number };

const ownerSaid = ({ response }: Static<typeof SignedPasskeyCredential>): string | null =>
  typeof response.userHandle === "string" ? Buffer.from(response.userHandle, "base64url").toString("utf8") : null;

/** @param personId whose it has to be; null: whose the authenticator says */
export const checkPasskey = async (
  deps: PasskeyDeps,
  asked: Asked<Static<typeof SignedPasskeyCredential>>,
  personId: string | null,
): Promise<CheckedPasskey | Refused> => {
  const taken = await take(deps, asked);
  if (isRefusal(taken)) return taken;
  const { credential } = asked;
  const row = await findPasskey(deps.pool, Buffer.from(credential.id, "base64url"));
  // An authenticator may leave the owner out where it was told which passkeys may sign.
  const owner = ownerSaid(credential) ?? personId;
  if (row === null || row.person_id !== owner || (personId !== null && owner !== personId)) return REFUSED;
  const counter = await readCounter(taken.site, { challenge: taken.challenge, credential }, row);
  return counter === null ? REFUSED : { id: row.id, personId: row.person_id, counter };
};

/** The caller holds the person's row. */
export const usePasskey = async (client: PoolClient, checked: CheckedPasskey): Promise<null | Refused> =>
  (await noteUse(client, checked)) ? null : REFUSED;
