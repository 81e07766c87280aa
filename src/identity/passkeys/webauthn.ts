/**
 * WebAuthn: what a browser is asked for, and whether what it answers holds. Every passkey is bound to this host, found by its
 * owner without a name, and used by somebody whom the authenticator has recognised, which makes it both factors at once.
 */
import { isIP } from "node:net";
import { verifyAuthenticationResponse, verifyRegistrationResponse } from "@simplewebauthn/server";
import { decodeAttestationObject } from "@simplewebauthn/server/helpers";
import type { Static } from "typebox";
import type { AnswerOf } from "../../http/index.ts";
import { CHALLENGE_MS } from "./challenges.ts";
import type { NewPasskey, PasskeyRow } from "./rows.ts";
import type { NewPasskeyCredential, PasskeyCreation, PasskeyRequest, SignedPasskeyCredential } from "./schemas.ts";

/** COSE's numbers: EdDSA, ES256, and RS256 for Windows' own. */
const ALGORITHMS = [-8, -7, -257];
/** What the authenticator's own list calls us. */
const NAME = "Parley";

export type Site = { readonly origin: string; readonly rpId: string };

export const siteOf = (origin: string): Site => ({ origin, rpId: new URL(origin).hostname });

/** Browsers bind passkeys to names: an address of digits has none. */
export const takesPasskeys = ({ rpId }: Site): boolean => isIP(rpId.replaceAll(/[[\]]/g, "")) === 0;

const described = (credentials: readonly string[]) => credentials.map((id) => ({ type: "public-key", id }) as const);

export type ForWhom = { readonly id: string; readonly login: string; readonly name: string };

/** @param present those that the person has already */
export const creationOptions = (
  { rpId }: Site,
  { challenge, person, present }: { challenge: string; person: ForWhom; present: readonly string[] },
): AnswerOf<typeof PasskeyCreation> => ({
  rp: { id: rpId, name: NAME },
  user: { id: Buffer.from(person.id).toString("base64url"), name: person.login, displayName: person.name },
  challenge,
  pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: "public-key", alg })),
  timeout: CHALLENGE_MS,
  excludeCredentials: described(present),
  authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" },
  attestation: "none",
});

/** @param allowed empty: whichever the authenticator has for us */
export const requestOptions = (
  { rpId }: Site,
  { challenge, allowed }: { challenge: string; allowed: readonly string[] },
): AnswerOf<typeof PasskeyRequest> => ({
  rpId,
  challenge,
  timeout: CHALLENGE_MS,
  allowCredentials: described(allowed),
  userVerification: "required",
});

type Given = { readonly response: { readonly clientDataJSON: string } };

/** What was signed, as the browser says: for finding the challenge; whether it is so is looked at after. Null: it is no such text. */
export const challengeOf = ({ response }: Given): string | null => {
  try {
    const said: unknown = JSON.parse(Buffer.from(response.clientDataJSON, "base64url").toString("utf8"));
    const challenge: unknown = Reflect.get(Object(said), "challenge");
    // A frame of another site's page is not where anybody signs in here.
    return typeof challenge === "string" && Reflect.get(Object(said), "crossOrigin") !== true ? challenge : null;
  } catch {
    return null;
  }
};

/** What does not hold is thrown by the library, in many ways. */
const heldOrNull = async <Held>(check: () => Promise<Held | null>): Promise<Held | null> => {
  try {
    return await check();
  } catch {
    return null;
  }
};

/**
 * Nobody is asked for a certificate, and none is looked at: to check one, the library would fetch what its own text names.
 * An authenticator that signs by the new key itself needs none.
 */
const isWithoutCertificate = (attestationObject: string): boolean => {
  const decoded = decodeAttestationObject(new Uint8Array(Buffer.from(attestationObject, "base64url")));
  const format = decoded.get("fmt");
  return format === "none" || (format === "packed" && decoded.get("attStmt").get("x5c") === undefined);
};

type Signed<Credential> = { readonly challenge: string; readonly credential: Credential };

/** @returns the key that was made; null: the answer does not hold */
export const readNewPasskey = (
  { origin, rpId }: Site,
  { challenge, credential: { id, response } }: Signed<Static<typeof NewPasskeyCredential>>,
): Promise<NewPasskey | null> =>
  heldOrNull(async () => {
    if (!isWithoutCertificate(response.attestationObject)) return null;
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: { id, rawId: id, type: "public-key", clientExtensionResults: {}, response },
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: rpId,
      requireUserVerification: true,
      supportedAlgorithmIDs: ALGORITHMS,
    });
    if (!verified || registrationInfo.credential.id !== id) return null;
    const { publicKey, counter } = registrationInfo.credential;
    return { credentialId: Buffer.from(id, "base64url"), publicKey: Buffer.from(publicKey), counter };
  });

/** @returns how often the passkey has signed; null: the answer does not hold */
export const readCounter = (
  { origin, rpId }: Site,
  { challenge, credential }: Signed<Static<typeof SignedPasskeyCredential>>,
  { public_key, counter }: PasskeyRow,
): Promise<number | null> =>
  heldOrNull(async () => {
    const { id, response } = credential;
    const { clientDataJSON, authenticatorData, signature } = response;
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: {
        id,
        rawId: id,
        type: "public-key",
        clientExtensionResults: {},
        response: { clientDataJSON, authenticatorData, signature },
      },
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: rpId,
      credential: { id, publicKey: new Uint8Array(public_key), counter },
      requireUserVerification: true,
    });
    return verified ? authenticationInfo.newCounter : null;
  });
