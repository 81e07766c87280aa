/**
 * Owns how to reach the embedded database: three URLs with random passwords, in a file that only its owner may read.
 * The file is written whole or not at all, and before the cluster it belongs to.
 */
import { randomBytes } from "node:crypto";
import { open, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { ignoring } from "./errors.ts";

export const DATABASE = "parley";
export const SUPERUSER = "postgres";
export const OWNER = "parley_owner";
export const SERVING = "parley";
export const HOST = "127.0.0.1";

export type Connection = {
  /** Names the cluster in its processes' command lines: how we tell our PostgreSQL from any other. */
  readonly clusterName: string;
  readonly superuserUrl: string;
  readonly ownerUrl: string;
  readonly servingUrl: string;
};

const PASSWORD_BYTES = 24;

const fileIn = (directory: string): string => join(directory, "connection.json");

const urlFor = (role: string, database: string): string => {
  const password = randomBytes(PASSWORD_BYTES).toString("base64url");
  // The port is filled in by the first start.
  return `postgres://${role}:${password}@${HOST}:1/${database}`;
};

export const newConnection = (): Connection => ({
  clusterName: `parley-${randomBytes(6).toString("hex")}`,
  superuserUrl: urlFor(SUPERUSER, "postgres"),
  ownerUrl: urlFor(OWNER, DATABASE),
  servingUrl: urlFor(SERVING, DATABASE),
});

/** Base64url: safe inside an SQL literal. */
export const passwordIn = (url: string): string => new URL(url).password;

export const portOf = (connection: Connection): number => Number(new URL(connection.superuserUrl).port);

export const withPort = (connection: Connection, port: number): Connection => {
  const moved = (url: string): string => url.replace(/:\d+\//, `:${port}/`);
  return {
    clusterName: connection.clusterName,
    superuserUrl: moved(connection.superuserUrl),
    ownerUrl: moved(connection.ownerUrl),
    servingUrl: moved(connection.servingUrl),
  };
};

/** For other processes, too: undefined until the first start. */
export const readConnection = async (directory: string): Promise<Connection | undefined> => {
  const text = await readFile(fileIn(directory), "utf8").catch(ignoring("ENOENT"));
  return text === undefined ? undefined : (JSON.parse(text) as Connection);
};

export const writeConnection = async (directory: string, connection: Connection): Promise<void> => {
  const file = fileIn(directory);
  const { uid, gid } = await stat(directory);
  await rm(`${file}.new`, { force: true });
  const next = await open(`${file}.new`, "wx", 0o600);
  try {
    await next.writeFile(`${JSON.stringify(connection, undefined, 2)}\n`);
    // Root may start once what an ordinary user owns: that user must still be able to read it afterwards.
    await next.chown(uid, gid);
    await next.sync();
  } finally {
    await next.close();
  }
  await rename(`${file}.new`, file);
};
