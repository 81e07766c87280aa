/**
 * What tells one key from another and is no secret, so that a database can remember which keys it belongs to. Read from the
 * files as they are: nothing is made.
 */
import { join } from "node:path";
import { FailedError } from "../kernel/index.ts";
import { readOrNull } from "./files.ts";
import { ISSUER_FILE, issuerFingerprints } from "./issuer.ts";
import { KEYED_HASH_FILE, keyedHashFingerprints } from "./keyed-hash.ts";
import { SEALING_FILE, sealingFingerprints } from "./sealing.ts";

export const KEY_KINDS = ["issuer", "sealing", "keyed hash"] as const;
export type KeyKind = (typeof KEY_KINDS)[number];

/** @property present of the keys in the file, oldest first @property withdrawn of those that were taken out on purpose */
export type Fingerprints = { readonly present: readonly string[]; readonly withdrawn: readonly string[] };
export type KeyFingerprints = Readonly<Record<KeyKind, Fingerprints>>;

const NONE: Fingerprints = { present: [], withdrawn: [] };

type KeyFile = {
  readonly file: string;
  /** @throws FailedError where it is damaged */
  read(content: string): Fingerprints;
};

export const KEY_FILES: Readonly<Record<KeyKind, KeyFile>> = {
  issuer: { file: ISSUER_FILE, read: issuerFingerprints },
  sealing: { file: SEALING_FILE, read: sealingFingerprints },
  "keyed hash": { file: KEYED_HASH_FILE, read: keyedHashFingerprints },
};

/** @throws FailedError where a file is damaged */
export const readFingerprints = async (dataDir: string): Promise<KeyFingerprints> => {
  const found = KEY_KINDS.map(async (kind) => {
    const { file, read } = KEY_FILES[kind];
    const content = await readOrNull(join(dataDir, "keys", file));
    return [kind, content === null ? NONE : read(content)] as const;
  });
  return Object.fromEntries(await Promise.all(found)) as KeyFingerprints;
};

/** @property known in the order in which the database came to know them */
export type KnownKeys = Readonly<Record<KeyKind, readonly string[]>>;

/** What was known has to be here: all that seals, and of the issuer's the newest, since old ones may go. */
const missingOf = (
  kind: KeyKind,
  known: readonly string[],
  { present, withdrawn }: Fingerprints,
): readonly string[] => {
  const wanted = kind === "issuer" ? known.slice(-1) : known;
  return wanted.filter((fingerprint) => !present.includes(fingerprint) && !withdrawn.includes(fingerprint));
};

const COPY = "copy DATA_DIR/keys whole from a node that serves this database, or from the backup of that time";

/** @throws FailedError where a key of the database is not here */
export const demandKeys = (known: KnownKeys, here: KeyFingerprints): void => {
  const missing = KEY_KINDS.flatMap((kind) => missingOf(kind, known[kind], here[kind]).map((one) => `${kind} ${one}`));
  if (missing.length === 0) return;
  const isEmpty = KEY_KINDS.every((kind) => here[kind].present.length === 0);
  throw new FailedError(
    isEmpty
      ? `DATA_DIR/keys holds no keys, and this database belongs to keys that were made before (${missing.join(", ")}): ${COPY}.`
      : `DATA_DIR/keys holds other keys than this database belongs to; missing: ${missing.join(", ")}. Please ${COPY}.`,
  );
};

/** Those that the database does not know yet. */
export const newKeys = (known: KnownKeys, here: KeyFingerprints): readonly (readonly [KeyKind, string])[] =>
  KEY_KINDS.flatMap((kind) =>
    here[kind].present.filter((one) => !known[kind].includes(one)).map((one) => [kind, one] as const),
  );
