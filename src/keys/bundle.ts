/**
 * All keys of an installation as one text that opens with a passphrase, to be kept apart from the database's backup. What is
 * in it is read before anything is written, and nothing is ever put in the place of another key.
 */
import { createCipheriv, createDecipheriv, randomBytes, scrypt } from "node:crypto";
import { join } from "node:path";
import { FailedError } from "../kernel/index.ts";
import { openKeyDirectory, readOrCreate, readOrNull } from "./files.ts";
import { KEY_FILES, type KeyFingerprints, readFingerprints } from "./fingerprints.ts";

const FORMAT = "parley keys 1";
const CIPHER = "aes-256-gcm";
/** 128 MiB and some tenths of a second for each guess; whoever opens a bundle spends as much, whatever the bundle says. */
const SCRYPT = { N: 131_072, r: 8, p: 1, maxmem: 256 * 1_024 * 1_024 } as const;
const BYTES = { key: 32, salt: 16, nonce: 12, tag: 16 } as const;
/** Shorter ones are guessed, however dear a guess is. */
export const MIN_PASSPHRASE_LENGTH = 12;

type Files = Readonly<Record<string, string>>;

const keyOf = (passphrase: string, salt: Buffer): Promise<Buffer> =>
  new Promise((resolve, reject) =>
    scrypt(passphrase.normalize("NFC"), salt, BYTES.key, SCRYPT, (error, key) =>
      error === null ? resolve(key) : reject(error),
    ),
  );

/** @throws FailedError where there are none, or not all */
export const exportKeys = async (dataDir: string, passphrase: string): Promise<string> => {
  await readFingerprints(dataDir);
  const files: Record<string, string> = {};
  for (const [kind, { file }] of Object.entries(KEY_FILES)) {
    const content = await readOrNull(join(dataDir, "keys", file));
    if (content === null)
      throw new FailedError(
        `${join(dataDir, "keys")} holds no ${kind} key: start the server once, or name its DATA_DIR.`,
      );
    files[file] = content;
  }
  const [salt, nonce] = [randomBytes(BYTES.salt), randomBytes(BYTES.nonce)];
  const cipher = createCipheriv(CIPHER, await keyOf(passphrase, salt), nonce, { authTagLength: BYTES.tag });
  cipher.setAAD(Buffer.from(FORMAT));
  const body = Buffer.concat([cipher.update(JSON.stringify(files), "utf8"), cipher.final()]);
  const sealed = Buffer.concat([salt, nonce, cipher.getAuthTag(), body]).toString("base64");
  return `${JSON.stringify({ format: FORMAT, sealed })}\n`;
};

const NO_BUNDLE = "This is no file that `parley keys export` has written, or not a whole one.";

const readSealed = (text: string): Buffer => {
  try {
    const { format, sealed } = Object(JSON.parse(text)) as { readonly format?: unknown; readonly sealed?: unknown };
    const bytes = Buffer.from(format === FORMAT && typeof sealed === "string" ? sealed : "", "base64");
    if (bytes.length > BYTES.salt + BYTES.nonce + BYTES.tag) return bytes;
  } catch {
    // Said below.
  }
  throw new FailedError(NO_BUNDLE);
};

const open = async (text: string, passphrase: string): Promise<Files> => {
  const bytes = readSealed(text);
  const nonceAt = BYTES.salt;
  const tagAt = nonceAt + BYTES.nonce;
  const bodyAt = tagAt + BYTES.tag;
  const key = await keyOf(passphrase, bytes.subarray(0, nonceAt));
  const decipher = createDecipheriv(CIPHER, key, bytes.subarray(nonceAt, tagAt), { authTagLength: BYTES.tag });
  decipher.setAAD(Buffer.from(FORMAT));
  decipher.setAuthTag(bytes.subarray(tagAt, bodyAt));
  try {
    return JSON.parse(Buffer.concat([decipher.update(bytes.subarray(bodyAt)), decipher.final()]).toString("utf8"));
  } catch {
    throw new FailedError("The passphrase is another one, or the file was changed.");
  }
};

/** Whether this folder holds just what would be put there. @throws FailedError where it holds anything else */
const isThere = async (dataDir: string, files: Files): Promise<boolean> => {
  const found = await Promise.all(
    Object.entries(files).map(async ([name, content]) => {
      const path = join(dataDir, "keys", name);
      const here = await readOrNull(path);
      return { path, isThere: here !== null, isOther: here !== null && here !== content };
    }),
  );
  // The same one is named each time.
  const other = found.find(({ isOther }) => isOther);
  if (other !== undefined)
    throw new FailedError(
      `${other.path} holds another key: what that has sealed is lost without it. Move the folder away, or name another DATA_DIR.`,
    );
  return found.every((one) => one.isThere);
};

/** @returns the keys that are there now @throws FailedError; then nothing was written */
export const importKeys = async (dataDir: string, text: string, passphrase: string): Promise<KeyFingerprints> => {
  const files = await open(text, passphrase);
  for (const { file, read } of Object.values(KEY_FILES)) read(files[file] ?? "");
  if (!(await isThere(dataDir, files))) {
    const directory = await openKeyDirectory(dataDir);
    for (const { file } of Object.values(KEY_FILES)) await readOrCreate(directory, file, async () => files[file] ?? "");
    // A node that was started meanwhile may have made others.
    await isThere(dataDir, files);
  }
  return readFingerprints(dataDir);
};
