/** The database that the server uses, for commands that need no server: they run while it serves, or before it does. */
import type { Config } from "../config.ts";
import { reach, readEmbeddedUrls } from "../database/index.ts";
import { FailedError } from "../kernel/index.ts";
import { UsageError } from "./command.ts";

/** @throws UsageError where there is none yet, FailedError where it cannot be reached */
export const ownDatabaseUrl = async ({ database, dataDir, preparedStatements }: Config): Promise<string> => {
  if (database.kind === "external") {
    if (database.directUrl === null && preparedStatements === "unnamed")
      throw new FailedError(
        "This needs a session of its own, which a pooler does not give: set DIRECT_DATABASE_URL to the database that " +
          "DATABASE_URL leads to, without the pooler.",
      );
    const [name, url] =
      database.directUrl === null ? ["DATABASE_URL", database.url] : ["DIRECT_DATABASE_URL", database.directUrl];
    await reach(name, url, (client) => client.query("select 1"));
    return url;
  }
  const embedded = await readEmbeddedUrls(`${dataDir}/postgres`);
  if (embedded === undefined) throw new UsageError(`There is no database in ${dataDir} yet: start the server first.`);
  return embedded.servingUrl;
};
