/** The database that the server uses, for commands that need no server: they run while it serves, or before it does. */
import type { Config } from "../config.ts";
import { reach, readEmbeddedUrls } from "../database/index.ts";
import { UsageError } from "./command.ts";

/** @throws UsageError where there is none yet, FailedError where it cannot be reached */
export const ownDatabaseUrl = async ({ database, dataDir }: Config): Promise<string> => {
  if (database.kind === "external") {
    await reach("DATABASE_URL", database.url, (client) => client.query("select 1"));
    return database.url;
  }
  const embedded = await readEmbeddedUrls(`${dataDir}/postgres`);
  if (embedded === undefined) throw new UsageError(`There is no database in ${dataDir} yet: start the server first.`);
  return embedded.servingUrl;
};
