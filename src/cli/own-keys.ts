/** This installation's own key, for commands that act as it. */
import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type Issuer, openIssuer } from "../keys/index.ts";

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** A key that was only made for this command is nobody's yet: the server that is meant has most likely another one. */
export const openOwnIssuer = async (dataDir: string): Promise<Issuer> => {
  const known = await isThere(join(dataDir, "keys"));
  const issuer = await openIssuer(dataDir);
  if (!known)
    process.stderr.write(
      `There were no keys in ${resolve(dataDir)}, so new ones were made: a server with another DATA_DIR does not know them.\n`,
    );
  return issuer;
};
