/** What the rail's commands read: keys, bodies, tokens, from files or from standard input. */
import { readFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import {
  isJsonObject,
  JsonFault,
  type JsonObject,
  type PrivateKey,
  type PublicKey,
  parseJson,
  publicJwkOf,
  readPrivateKey,
  readPublicKey,
} from "../jws/index.ts";
import { UsageError } from "./command.ts";

export const STANDARD_INPUT = "-";

/** @param file a path, or `-` for standard input */
export const readBytes = async (file: string): Promise<Buffer> => {
  if (file === STANDARD_INPUT) return buffer(process.stdin);
  return readFile(file).catch(() => {
    throw new UsageError(`${file} cannot be read.`);
  });
};

const readJson = async (file: string): Promise<unknown> => {
  const text = (await readBytes(file)).toString("utf8");
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(`${nameOf(file)} holds no JSON.`);
  }
};

const nameOf = (file: string): string => (file === STANDARD_INPUT ? "Standard input" : file);

export const readSigningKey = async (file: string): Promise<PrivateKey> => {
  const key = readPrivateKey(await readJson(file));
  if ("fault" in key) throw new UsageError(`${nameOf(file)} holds no key to sign with. ${key.fault}`);
  return key;
};

/** The public half, whichever half the file holds: a private key never leaves the machine. */
const publicHalf = (jwk: unknown): PublicKey | { readonly fault: string } => {
  const pair = readPrivateKey(jwk);
  return readPublicKey("fault" in pair ? jwk : publicJwkOf(pair));
};

export const readPublicHalf = async (file: string): Promise<PublicKey> => publicKeyOf(await readJson(file), file);

/** A JWK, or a set of them. What cannot be read in a set is left out: it may hold keys of other kinds. */
export const readKeys = async (file: string): Promise<readonly PublicKey[]> => {
  const given = await readJson(file);
  return isKeySet(given) ? keysOf(given) : [publicKeyOf(given, file)];
};

const publicKeyOf = (given: unknown, file: string): PublicKey => {
  const key = publicHalf(given);
  if ("fault" in key) throw new UsageError(`${nameOf(file)} holds no key to verify with. ${key.fault}`);
  return key;
};

type KeySet = { readonly keys: readonly unknown[] };

export const isKeySet = (given: unknown): given is KeySet =>
  typeof given === "object" && given !== null && Array.isArray(Reflect.get(given, "keys"));

export const keysOf = ({ keys }: KeySet): readonly PublicKey[] =>
  keys.map(publicHalf).filter((key): key is PublicKey => !("fault" in key));

/** A body's members in their order, numbers as they were written. */
export const readMembers = async (file: string): Promise<JsonObject> => {
  const text = (await readBytes(file)).toString("utf8");
  try {
    const value = parseJson(text);
    if (isJsonObject(value)) return value;
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error;
    throw new UsageError(`${nameOf(file)} is not JSON as the rail reads it: ${error.message}.`);
  }
  throw new UsageError(`${nameOf(file)} holds no JSON object.`);
};

/** What is wrong with a URL of a call; the rail hears http and https. */
export const readUrl = (option: string, given: string | undefined): URL => {
  if (given === undefined) throw new UsageError(`${option} is missing.`);
  const url = URL.canParse(given) ? new URL(given) : null;
  if (url !== null && (url.protocol === "http:" || url.protocol === "https:") && url.username === "") return url;
  throw new UsageError(`${option} is "${given}"; allowed is a URL that starts with https:// or http://.`);
};

/** As the server writes it: tokens are compared with it letter for letter. */
export const readGuid = (option: string, given: string): string => {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(given)) return given.toLowerCase();
  throw new UsageError(`${option} is "${given}"; allowed is a participant's guid, a UUID.`);
};

export type ProfileName = "compat" | "strong";

export const readProfile = (given: string): ProfileName => {
  if (given === "compat" || given === "strong") return given;
  throw new UsageError(`--profile is "${given}"; allowed is strong or compat.`);
};
