/**
 * Owns the rule that one process at a time runs the database of a directory, and says who it is when it is not us.
 * The lock is the kernel's, so it ends with its process however that dies: nothing to recover, no process id to mistake
 * for another's. Node offers no file lock of its own; SQLite, which it brings along, takes one for an open transaction.
 * (Such a lock is lost when the same process opens and closes that file by other means: nothing else may touch it.)
 */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { FailedError } from "../../kernel/index.ts";

export type Ownership = { release(): void };

/** Held here, too: a lock that only its caller remembered would be collected with it. */
const held = new Set<DatabaseSync>();

const SQLITE_BUSY = 5;

const isBusy = (error: unknown): boolean =>
  error instanceof Error && "errcode" in error && error.errcode === SQLITE_BUSY;

const readOwner = (file: string): string => {
  try {
    return `process ${readFileSync(file, "utf8").trim()}`;
  } catch {
    // Taken a moment ago, and the name not yet written.
    return "another process";
  }
};

export const takeOwnership = (directory: string): Ownership => {
  const ownerFile = join(directory, "owner.pid");
  const lock = new DatabaseSync(join(directory, "owner.lock"));
  try {
    lock.exec("begin exclusive");
  } catch (error) {
    lock.close();
    if (!isBusy(error)) throw error;
    throw new FailedError(
      `The database in ${directory} is in use by ${readOwner(ownerFile)}: stop that first, ` +
        "or set DATA_DIR to another directory",
    );
  }
  rmSync(ownerFile, { force: true });
  writeFileSync(ownerFile, `${process.pid}\n`, { mode: 0o600, flag: "wx" });
  held.add(lock);
  return {
    release: () => {
      if (held.delete(lock)) lock.close();
    },
  };
};
