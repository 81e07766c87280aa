/** Holds an installation to the keys that its database belongs to, before anything is sealed, hashed or signed with others. */
import { claimKeys, type KeyRow } from "./database/index.ts";
import {
  demandKeys,
  type KeyKind,
  type KnownKeys,
  newKeys,
  openIssuer,
  openKeyedHash,
  openSealing,
  readFingerprints,
} from "./keys/index.ts";

/** What a database remembers, by kind. */
export const knownKeysOf = (rows: readonly KeyRow[]): KnownKeys => {
  const of = (kind: KeyKind) => rows.filter((row) => row.kind === kind).map(({ fingerprint }) => fingerprint);
  return { issuer: of("issuer"), sealing: of("sealing"), "keyed hash": of("keyed hash") };
};

/**
 * Makes keys where the database has none yet, and only there.
 * @param ownerUrl of the owning role @throws FailedError where the keys are not the database's
 */
export const holdToKeys = async (ownerUrl: string, dataDir: string): Promise<void> => {
  let isFirst = false;
  await claimKeys(ownerUrl, (rows) => {
    isFirst = rows.length === 0;
    return [];
  });
  if (isFirst) await Promise.all([openIssuer(dataDir), openSealing(dataDir), openKeyedHash(dataDir)]);
  const here = await readFingerprints(dataDir);
  await claimKeys(ownerUrl, (rows) => {
    const known = knownKeysOf(rows);
    demandKeys(known, here);
    return newKeys(known, here).map(([kind, fingerprint]) => ({ kind, fingerprint }));
  });
};
