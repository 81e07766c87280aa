/**
 * What browsers take and give, in WebAuthn's own JSON forms: a page hands these to `PublicKeyCredential.parse…FromJSON`, and
 * sends back what `toJSON()` of the credential says. Members that are not read are not named.
 */
import { Type } from "typebox";
import { Choice, Closed } from "../../http/index.ts";

/** WebAuthn's longest credential is 1,023 bytes; the others hold what browsers make, with room for larger keys. */
const MAX = { credential: 1_364, clientData: 4_096, attestation: 12_288, authenticatorData: 4_096, signature: 8_192 };
const MAX_USER_HANDLE = 88;

const Base64Url = (maxLength: number, description: string) =>
  Type.String({ minLength: 1, maxLength, pattern: "^[A-Za-z0-9_-]+$", description: `base64url: ${description}` });

const Descriptors = (description: string) =>
  Type.Array(Closed({ type: Choice(["public-key"]), id: Type.String({ description: "base64url" }) }), { description });

const Challenge = Type.String({ description: "base64url: what is to be signed, once, within five minutes" });
const Timeout = Type.Integer({ description: "in milliseconds" });

export const PasskeyCreation = Closed(
  {
    rp: Closed({ id: Type.String({ description: "the host that the passkey is for" }), name: Type.String() }),
    user: Closed({
      id: Type.String({ description: "base64url" }),
      name: Type.String({ description: "the login" }),
      displayName: Type.String(),
    }),
    challenge: Challenge,
    pubKeyCredParams: Type.Array(
      Closed({ type: Choice(["public-key"]), alg: Type.Integer({ description: "COSE's number of the algorithm" }) }),
    ),
    timeout: Timeout,
    excludeCredentials: Descriptors("passkeys of the person already: the same authenticator makes no second one"),
    authenticatorSelection: Closed({
      residentKey: Choice(["required"]),
      requireResidentKey: Type.Boolean(),
      userVerification: Choice(["required"]),
    }),
    attestation: Choice(["none"]),
  },
  { $id: "PasskeyCreation", description: "What `PublicKeyCredential.parseCreationOptionsFromJSON` takes." },
);

export const PasskeyRequest = Closed(
  {
    rpId: Type.String({ description: "the host that the passkey is for" }),
    challenge: Challenge,
    timeout: Timeout,
    allowCredentials: Descriptors("which may sign; empty: any that the authenticator has for this host"),
    userVerification: Choice(["required"]),
  },
  { $id: "PasskeyRequest", description: "What `PublicKeyCredential.parseRequestOptionsFromJSON` takes." },
);

/** What else a browser says is let through and not looked at. */
const further = { additionalProperties: true } as const;
const clientDataJSON = Base64Url(MAX.clientData, "what the browser says was signed, and where");
const Credential = { id: Base64Url(MAX.credential, "the credential"), type: Choice(["public-key"]) };

export const NewPasskeyCredential = Type.Object(
  {
    ...Credential,
    response: Type.Object(
      { clientDataJSON, attestationObject: Base64Url(MAX.attestation, "the new key; no maker's certificate is taken") },
      further,
    ),
  },
  { ...further, $id: "NewPasskeyCredential", description: "A new passkey, as `toJSON()` of the credential says." },
);

export const SignedPasskeyCredential = Type.Object(
  {
    ...Credential,
    response: Type.Object(
      {
        clientDataJSON,
        authenticatorData: Base64Url(MAX.authenticatorData, "what the authenticator says"),
        signature: Base64Url(MAX.signature, "of both"),
        userHandle: Type.Optional(
          Type.Union([Base64Url(MAX_USER_HANDLE, "whose it is"), Type.Null()], { description: "needed to sign in" }),
        ),
      },
      further,
    ),
  },
  {
    ...further,
    $id: "SignedPasskeyCredential",
    description: "A passkey's answer to a challenge, as `toJSON()` of the credential says.",
  },
);

/** The forms that several routes share. */
export const PASSKEY_FORMS = [PasskeyCreation, PasskeyRequest, NewPasskeyCredential, SignedPasskeyCredential] as const;
