/**
 * Owns the question under which user PostgreSQL runs. It refuses to be root, so for root it is an unprivileged one: the
 * owner of the data, or `nobody` for data yet to be made. For anybody else it is that user.
 */
import { readFile, stat } from "node:fs/promises";
import { FailedError } from "../../kernel/index.ts";
import { ignoring } from "./errors.ts";

/** Undefined: the user of this process. */
export type Account = { readonly uid: number; readonly gid: number } | undefined;

const UNPRIVILEGED = "nobody";

const unprivileged = async (): Promise<Account> => {
  const lines = (await readFile("/etc/passwd", "utf8")).split("\n");
  const [, , uid, gid] = lines.find((line) => line.startsWith(`${UNPRIVILEGED}:`))?.split(":") ?? [];
  if (uid === undefined || gid === undefined) {
    throw new FailedError(
      `PostgreSQL does not run as root, and this machine has no user "${UNPRIVILEGED}": start as an ordinary user`,
    );
  }
  return { uid: Number(uid), gid: Number(gid) };
};

export const accountFor = async (data: string): Promise<Account> => {
  if (process.getuid?.() !== 0) return undefined;
  const existing = await stat(data).catch(ignoring("ENOENT"));
  if (existing === undefined) return unprivileged();
  if (existing.uid !== 0) return { uid: existing.uid, gid: existing.gid };
  throw new FailedError(
    `${data} belongs to root, and PostgreSQL does not run as root: give it to another user, ` +
      `for example with "chown -R ${UNPRIVILEGED} ${data}"`,
  );
};
