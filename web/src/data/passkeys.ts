/**
 * Passkeys: what the browser makes and signs. It reads and writes WebAuthn's own JSON forms by itself, and what it is told no
 * with, by a person or a device, is a refusal with a sentence like any other: nothing has been sent.
 */
import type { Result } from "@parley/client";
import type { BrowserCode } from "../locales/errors.ts";
import { api, giveProof } from "./client.ts";
import { useSession } from "./session.ts";
import type {
  BrowserFailure,
  Failure,
  NewPasskeyCredential,
  PasskeyCreation,
  PasskeyRequest,
  SignedPasskeyCredential,
} from "./types.ts";

/** Older ones, and pages that came without https, have none, or cannot read what the server sends. */
const knowsPasskeys = (): boolean =>
  typeof PublicKeyCredential === "function" && "parseRequestOptionsFromJSON" in PublicKeyCredential;

/** Whether there are passkeys here; else why not: the address is no name that they could be bound to, or the browser has none. */
export const usePasskeys = (): "here" | "no-name" | "no-browser" => {
  const { document } = useSession();
  if (document?.passkeys !== true) return "no-name";
  return knowsPasskeys() ? "here" : "no-browser";
};

class PasskeyRefused extends Error implements BrowserFailure {
  override readonly name = "PasskeyRefused";
  readonly code: BrowserCode;
  constructor(code: BrowserCode, cause: unknown) {
    super("the browser gave no passkey", { cause });
    this.code = code;
  }
}

/** What a browser says where one of those that must not be made twice is on the device. */
const IS_HERE = "InvalidStateError";

/**
 * What the browser writes is what the server reads, and the server looks whether it is.
 * @throws PasskeyRefused
 */
const given = async <Form>(asking: Promise<Credential | null>): Promise<Form> => {
  const credential = await asking.catch((error: unknown) => {
    const isHere = error instanceof DOMException && error.name === IS_HERE;
    throw new PasskeyRefused(isHere ? "PASSKEY_HERE_ALREADY" : "PASSKEY_NOT_GIVEN", error);
  });
  if (credential instanceof PublicKeyCredential) return credential.toJSON() as unknown as Form;
  throw new PasskeyRefused("PASSKEY_NOT_GIVEN", null);
};

/** @throws PasskeyRefused */
export const makePasskey = (asked: PasskeyCreation): Promise<NewPasskeyCredential> =>
  given(navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(asked) }));

/** @throws PasskeyRefused */
export const signByPasskey = (asked: PasskeyRequest): Promise<SignedPasskeyCredential> =>
  given(navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(asked) }));

/** Gives the second factor by one of one's own. */
export const stepUpByPasskey = async (): Promise<Result<unknown, Failure>> => {
  const asked = await api.post("/identity/step-up/challenge");
  if (!asked.ok) return asked;
  try {
    return await giveProof({ passkey: await signByPasskey(asked.data) });
  } catch (error) {
    if (error instanceof PasskeyRefused) return { ok: false, status: null, error };
    throw error;
  }
};
