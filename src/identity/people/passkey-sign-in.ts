/**
 * Somebody comes back by a passkey, which says by itself whose it is. It is both factors at once, so that the session is a
 * whole one; like any sign-in it is no step-up.
 */
import type { Static } from "typebox";
import { transact } from "../../database/index.ts";
import type { AnswerOf } from "../../http/index.ts";
import { isRefusal, type Refusal, refuse } from "../../kernel/index.ts";
import type { Refused } from "../errors.ts";
import { lockOwner } from "../factors/index.ts";
import {
  checkPasskey,
  makeChallenge,
  type PasskeyDeps,
  type PasskeyRequest,
  requestOptions,
  type SignedPasskeyCredential,
  siteOf,
  usePasskey,
} from "../passkeys/index.ts";
import type { Whence } from "../sessions/index.ts";
import { begin } from "./sign-in.ts";

/** The same for everybody: nobody has said who it is. */
export const askToSignIn = async (
  { acts, sessions }: PasskeyDeps,
  address: string,
): Promise<AnswerOf<typeof PasskeyRequest>> => {
  const challenge = await makeChallenge(acts, { purpose: "sign-in", holder: { address } });
  return requestOptions(siteOf(sessions.origin()), { challenge, allowed: [] });
};

/** @returns the secret of the new session */
export const signInByPasskey = async (
  deps: PasskeyDeps,
  credential: Static<typeof SignedPasskeyCredential>,
  whence: Whence,
): Promise<string | Refusal<Refused>> => {
  const checked = await checkPasskey(deps, { credential, purpose: "sign-in", sessionId: null }, null);
  if (isRefusal(checked)) return checked;
  return transact(deps.acts, async (client) => {
    if ((await lockOwner(client, checked.personId)) === null) return refuse("PASSKEY_REFUSED");
    return (await usePasskey(client, checked)) ?? begin(client, checked.personId, whence);
  });
};
