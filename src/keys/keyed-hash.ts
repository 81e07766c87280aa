/** A keyed hash that finds rows by a value that is stored encrypted. */
import { createHmac, randomBytes } from "node:crypto";
import { damaged, fingerprintOf, openKeyDirectory, parseKeyFile, readOrCreate } from "./files.ts";

const KEY_BYTES = 32;
export const KEYED_HASH_FILE = "keyed-hash.json";
const KEY = `key of ${KEY_BYTES} bytes`;

/** Finds what is stored encrypted: the same text has the same hash, and nobody without the key can try out texts. */
export type KeyedHash = (text: string) => string;

const createKey = async (): Promise<string> =>
  `${JSON.stringify({ key: randomBytes(KEY_BYTES).toString("base64url") })}\n`;

const readKey = (content: string): Buffer => {
  const file = parseKeyFile(KEYED_HASH_FILE, KEY, content);
  const key = Buffer.from(typeof file.key === "string" ? file.key : "", "base64url");
  if (key.length !== KEY_BYTES) throw damaged(KEYED_HASH_FILE, KEY);
  return key;
};

export const keyedHashFingerprints = (content: string) => ({
  present: [fingerprintOf("keyed hash", readKey(content))],
  withdrawn: [],
});

export const createKeyedHash =
  (key: Buffer): KeyedHash =>
  (text) =>
    createHmac("sha256", key).update(text, "utf8").digest("base64url");

/** Opens the key under the data directory and makes one on the first start. It cannot be changed: every hash would. */
export const openKeyedHash = async (dataDir: string): Promise<KeyedHash> => {
  const directory = await openKeyDirectory(dataDir);
  return createKeyedHash(readKey(await readOrCreate(directory, KEYED_HASH_FILE, createKey)));
};
