/** Encryption at rest: AES-256-GCM with a ring of keys, each text bound to the place it was sealed for. */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { createRandomDraw } from "../kernel/index.ts";
import { damaged, fingerprintOf, openKeyDirectory, parseKeyFile, readOrCreate } from "./files.ts";

/** AES-256-GCM with a random nonce: safe for 2^32 texts per key, far above what one exchange will ever hold. */
const CIPHER = "aes-256-gcm";
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_ID_BYTES = 4;

const VERSION = "v1";
export const SEALING_FILE = "sealing.json";
const KEY = `current key of ${KEY_BYTES} bytes`;

/**
 * Texts at rest. `context` says what a text is and whose (`order:42:payment_details`): it is not stored, but what was
 * sealed for one place cannot be opened at another, so that a row's ciphertext copied into another row is worthless.
 */
export type Sealing = {
  seal(plaintext: string, context: string): string;
  /** Throws when the text was altered, belongs elsewhere, or its key is gone. */
  open(sealed: string, context: string): string;
};

type KeyRing = { readonly current: string; readonly keys: ReadonlyMap<string, Buffer> };

const createKeys = async (): Promise<string> => {
  const id = randomBytes(KEY_ID_BYTES).toString("hex");
  return `${JSON.stringify({ current: id, keys: { [id]: randomBytes(KEY_BYTES).toString("base64url") } })}\n`;
};

/** Old keys stay in the file to open what they sealed; `current` seals. */
const readKeys = (content: string): KeyRing => {
  const file = parseKeyFile(SEALING_FILE, KEY, content);
  const entries = Object.entries(file.keys ?? {}).map(
    ([id, key]) => [id, Buffer.from(String(key), "base64url")] as const,
  );
  const keys = new Map(entries);
  const sound = entries.every(([id, key]) => /^[0-9a-f]+$/.test(id) && key.length === KEY_BYTES);
  if (typeof file.current !== "string" || !keys.has(file.current) || !sound) throw damaged(SEALING_FILE, KEY);
  return { current: file.current, keys };
};

const drawNonce = createRandomDraw(NONCE_BYTES);

export const sealingFingerprints = (content: string) => ({
  present: [...readKeys(content).keys.values()].map((key) => fingerprintOf("sealing", key)),
  withdrawn: [],
});

const boundTo = (keyId: string, context: string): Buffer => Buffer.from(`${VERSION}.${keyId}.${context}`, "utf8");

/** @throws when no key has this id */
const keyOf = (ring: KeyRing, id: string): Buffer => {
  const key = ring.keys.get(id);
  if (key === undefined) throw new Error(`no key "${id}" in ${SEALING_FILE}: the text was sealed with another one`);
  return key;
};

export const createSealing = (ring: KeyRing): Sealing => ({
  seal(plaintext, context) {
    const nonce = drawNonce();
    const cipher = createCipheriv(CIPHER, keyOf(ring, ring.current), nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(boundTo(ring.current, context));
    const body = Buffer.concat([cipher.update(plaintext, "utf8"), cipher.final()]);
    return `${VERSION}.${ring.current}.${Buffer.concat([nonce, cipher.getAuthTag(), body]).toString("base64url")}`;
  },
  open(sealed, context) {
    const [version, keyId, encoded, ...rest] = sealed.split(".");
    if (version !== VERSION || keyId === undefined || encoded === undefined || rest.length > 0)
      throw new Error("not a sealed text of a version that we know");
    const bytes = Buffer.from(encoded, "base64url");
    if (bytes.length < NONCE_BYTES + TAG_BYTES) throw new Error("a sealed text was cut short");
    const nonce = bytes.subarray(0, NONCE_BYTES);
    const decipher = createDecipheriv(CIPHER, keyOf(ring, keyId), nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(boundTo(keyId, context));
    decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    const body = bytes.subarray(NONCE_BYTES + TAG_BYTES);
    return Buffer.concat([decipher.update(body), decipher.final()]).toString("utf8");
  },
});

/** Opens the keys under the data directory and makes one on the first start. */
export const openSealing = async (dataDir: string): Promise<Sealing> => {
  const directory = await openKeyDirectory(dataDir);
  return createSealing(readKeys(await readOrCreate(directory, SEALING_FILE, createKeys)));
};
