/** Key files: readable by their owner alone, never seen half written. */
import { createHash, randomBytes } from "node:crypto";
import { chmod, link, mkdir, open, readFile, rename, stat, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { FailedError } from "../kernel/index.ts";

/** For us alone: whoever reads these files signs in as anybody and reads every payment detail. */
const DIRECTORY_MODE = 0o700;
const FILE_MODE = 0o600;

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && "code" in error && error.code === code;

export const readOrNull = async (path: string): Promise<string | null> => {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (hasCode(error, "ENOENT")) return null;
    throw error;
  }
};

/** A key that others could read meanwhile is at least closed again; a failure to do so stops the start. */
const close = async (path: string, mode: number): Promise<void> => {
  const actual = (await stat(path)).mode & 0o777;
  if ((actual & 0o077) !== 0) await chmod(path, mode);
};

const sync = async (path: string): Promise<void> => {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/** A whole file under a name that nobody has, for a reader never to see half of one. */
const writeDraft = async (path: string, content: string): Promise<string> => {
  const draft = `${path}.${randomBytes(8).toString("hex")}.tmp`;
  const handle = await open(draft, "wx", FILE_MODE);
  try {
    await handle.writeFile(content, "utf8");
    await handle.sync();
  } finally {
    await handle.close();
  }
  return draft;
};

/** Links the file to its name: that fails when another process was first, so that two which start at once agree. */
const createOnce = async (directory: string, name: string, content: string): Promise<void> => {
  const path = join(directory, name);
  const draft = await writeDraft(path, content);
  try {
    await link(draft, path);
  } catch (error) {
    if (!hasCode(error, "EEXIST")) throw error;
  } finally {
    await unlink(draft);
  }
  // What is sealed with this key outlives a power cut, so the key must as well.
  await sync(directory);
};

/** Puts other content in the file's place, whole. */
export const replaceFile = async (directory: string, name: string, content: string): Promise<void> => {
  const path = join(directory, name);
  await rename(await writeDraft(path, content), path);
  await sync(directory);
};

/** One process at a time changes a file. Who died while it did leaves the lock for somebody to look at. */
export const withLock = async <Result>(
  directory: string,
  name: string,
  change: () => Promise<Result>,
): Promise<Result> => {
  const lock = join(directory, `${name}.lock`);
  await writeFile(lock, `${process.pid}\n`, { flag: "wx", mode: FILE_MODE }).catch((error: unknown) => {
    throw hasCode(error, "EEXIST")
      ? new FailedError(`${lock} is there: another process changes the keys. If none does, remove it and try again`)
      : error;
  });
  try {
    return await change();
  } finally {
    await unlink(lock);
  }
};

const FINGERPRINT_LENGTH = 16;

/** Of a key that nobody can guess: what it is called where the key itself must not be. */
export const fingerprintOf = (kind: string, key: Buffer): string =>
  createHash("sha256").update(`parley ${kind} `).update(key).digest("hex").slice(0, FINGERPRINT_LENGTH);

/** @returns what to throw for a file that is not as we write them */
export const damaged = (name: string, what: string): FailedError =>
  new FailedError(
    `The key file ${name} in DATA_DIR/keys holds no ${what}: put back its copy from your backup. Do not remove it: what it ` +
      "sealed or signed is lost without it.",
  );

/** @throws FailedError where it is no JSON object */
export const parseKeyFile = (name: string, what: string, content: string): Readonly<Record<string, unknown>> => {
  try {
    const file: unknown = JSON.parse(content);
    if (typeof file === "object" && file !== null) return file as Readonly<Record<string, unknown>>;
  } catch {
    // Said below, without what is in it.
  }
  throw damaged(name, what);
};

/** The directory of the keys, made if need be. */
export const openKeyDirectory = async (dataDir: string): Promise<string> => {
  // Two steps: the data directory itself is shared with the embedded database's user and must not become ours alone.
  await mkdir(dataDir, { recursive: true });
  const directory = join(dataDir, "keys");
  await mkdir(directory, { recursive: true, mode: DIRECTORY_MODE });
  await close(directory, DIRECTORY_MODE);
  return directory;
};

/** The file's content; what `create` makes if there was none yet. All processes get the same. */
export const readOrCreate = async (directory: string, name: string, create: () => Promise<string>): Promise<string> => {
  const path = join(directory, name);
  const existing = await readOrNull(path);
  if (existing === null) await createOnce(directory, name, await create());
  else await close(path, FILE_MODE);
  return existing ?? (await readFile(path, "utf8"));
};
