/** Which keys a database belongs to: remembered at the first start, and added to by those that come with a further key. */
import pg from "pg";

export type KeyRow = { readonly kind: string; readonly fingerprint: string };

/** In the order of their coming. */
export const readKeyRows = async (client: pg.Client): Promise<readonly KeyRow[]> => {
  const { rows } = await client.query<KeyRow>("select kind, fingerprint from engine.key_fingerprints order by id");
  return rows;
};

/**
 * Of nodes that start at once one goes after the other, so that the second is held to what the first has noted.
 * @param connectionString of the owning role
 * @param judge takes what is known, in the order of its coming, and gives what is to be added; it may throw
 */
export const claimKeys = async (
  connectionString: string,
  judge: (known: readonly KeyRow[]) => readonly KeyRow[],
): Promise<void> => {
  const client = new pg.Client({ connectionString, application_name: "parley keys" });
  await client.connect();
  try {
    await client.query("begin; lock table engine.key_fingerprints in share row exclusive mode");
    for (const { kind, fingerprint } of judge(await readKeyRows(client)))
      await client.query("insert into engine.key_fingerprints (kind, fingerprint) values ($1, $2)", [
        kind,
        fingerprint,
      ]);
    await client.query("commit");
  } finally {
    await client.end();
  }
};
