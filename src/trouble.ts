/**
 * What went wrong, in one sentence that says what to do, where whoever runs this can do something about it. What is not
 * known here is a bug, and is shown with its stack.
 */
import pg from "pg";
import { FailedError } from "./kernel/index.ts";

const FULL = "make room there, and start again: what was acknowledged is safe";

/** Of the operating system, about a file or an address. */
const OF_THE_SYSTEM: Readonly<Record<string, (what: string) => string>> = {
  ENOSPC: (what) => `The disk of ${what} is full; ${FULL}.`,
  EDQUOT: (what) => `This user's share of the disk of ${what} is used up; ${FULL}.`,
  EACCES: (what) =>
    `This user may not open ${what}; give it to the user that Parley runs as, or set DATA_DIR elsewhere.`,
  EPERM: (what) =>
    `This user may not change ${what}; give it to the user that Parley runs as, or set DATA_DIR elsewhere.`,
  EROFS: (what) => `${what} is on a disk that can only be read; set DATA_DIR to a directory that can be written.`,
  EEXIST: (what) => `${what} is a file where a directory is meant; move it away, or set DATA_DIR elsewhere.`,
  ENOTDIR: (what) => `A part of the path ${what} is a file; set DATA_DIR to a directory.`,
  EISDIR: (what) => `${what} is a directory, and a file is meant; move it away.`,
  EIO: (what) => `The disk of ${what} fails; look at the system's log, and restore a backup on another one.`,
  EMFILE: (what) => `This process may open no more files (${what}); raise its limit (ulimit -n 65536).`,
  ENFILE: (what) => `This machine has no file handle left (${what}); raise fs.file-max.`,
  EADDRINUSE: (what) => `A program listens on ${what} already; stop that one, or set another port.`,
  ENOTFOUND: (what) => `No machine has the name ${what}; correct the host.`,
};

/** Of PostgreSQL. */
const OF_THE_DATABASE: Readonly<Record<string, (said: string) => string>> = {
  "42501": (said) =>
    `The database does not allow it: ${said}. The role of MIGRATE_DATABASE_URL, or of DATABASE_URL where that is not set, ` +
    "has to own the database (alter database … owner to …).",
  "25006": (said) => `The database can only be read: ${said}. Name the primary, not a standby.`,
  "53100": (said) => `The database's disk is full: ${said}. Make room there, and start again.`,
  "53300": (said) => `The database has no connection left: ${said}. Raise its max_connections, or stop who holds them.`,
  "57P03": (said) => `The database is not ready: ${said}. Start again when it is.`,
};

const placeOf = (error: object): string => {
  const { path, address, port, hostname } = error as Readonly<Record<string, unknown>>;
  if (typeof path === "string") return path;
  if (typeof hostname === "string") return hostname;
  return typeof address === "string" ? `${address}:${String(port)}` : "DATA_DIR";
};

/** Null: it is a bug. */
export const sentenceOf = (error: unknown): string | null => {
  if (error instanceof FailedError) return error.message;
  if (!(error instanceof Error)) return null;
  const code = String(Reflect.get(error, "code"));
  if (error instanceof pg.DatabaseError) return OF_THE_DATABASE[code]?.(error.message) ?? null;
  return OF_THE_SYSTEM[code]?.(placeOf(error)) ?? null;
};
