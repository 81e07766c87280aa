/**
 * Owns what a new database cluster looks like. It is made complete, with roles, passwords and database, in a folder of
 * another name before it is called `data`: a start that is killed at any moment leaves all of it or nothing.
 */
import { chmod, chown, mkdtemp, open, readdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Account } from "./account.ts";
import type { Binaries } from "./binaries.ts";
import { type Connection, DATABASE, HOST, OWNER, passwordIn, SERVING, SUPERUSER } from "./connection.ts";
import { dataArgument, runProgram } from "./program.ts";

/** Everybody needs a password; there is no socket file and no trust. */
const ACCESS = `host all all ${HOST}/32 scram-sha-256\n`;

/** One statement per line: that is how the single-user server reads. */
const setUp = ({ superuserUrl, ownerUrl, servingUrl }: Connection): string =>
  [
    `alter role ${SUPERUSER} password '${passwordIn(superuserUrl)}';`,
    `create role ${OWNER} login password '${passwordIn(ownerUrl)}';`,
    `create role ${SERVING} login password '${passwordIn(servingUrl)}';`,
    `create database ${DATABASE} owner ${OWNER};`,
    `revoke all on database ${DATABASE}, postgres, template1 from public;`,
    `grant connect on database ${DATABASE} to ${SERVING};`,
    "",
  ].join("\n");

const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, "r");
  await handle.sync().finally(() => handle.close());
};

const removeUnfinished = async (data: string): Promise<void> => {
  const entries = await readdir(dirname(data));
  const unfinished = entries.filter((entry) => entry.startsWith(`${basename(data)}.new-`));
  for (const entry of unfinished) await rm(join(dirname(data), entry), { recursive: true, force: true, maxRetries: 3 });
};

export type NewCluster = {
  readonly data: string;
  readonly binaries: Binaries;
  readonly account: Account;
  readonly connection: Connection;
  readonly signal?: AbortSignal | undefined;
};

export const createCluster = async ({ data, binaries, account, connection, signal }: NewCluster): Promise<void> => {
  await removeUnfinished(data);
  const unfinished = await mkdtemp(`${data}.new-`);
  await chmod(unfinished, 0o700);
  if (account !== undefined) await chown(unfinished, account.uid, account.gid);
  const here = { data: unfinished, account, signal };
  const at = dataArgument(unfinished);
  const encoding = ["-E", "UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"];
  // Until its rules and passwords are set nobody may connect.
  const args = ["-D", at, "-U", SUPERUSER, ...encoding, "--data-checksums", "--auth=reject", "--no-instructions"];
  try {
    await runProgram({ command: binaries.initdb, args, ...here });
    await writeFile(join(unfinished, "pg_hba.conf"), ACCESS);
    await runProgram({
      command: binaries.postgres,
      args: ["--single", "-D", at, "-c", "exit_on_error=on", "postgres"],
      input: setUp(connection),
      ...here,
    });
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true, maxRetries: 3 });
    throw error;
  }
  await rename(unfinished, data);
  await syncFolder(dirname(data));
};
