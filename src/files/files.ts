/**
 * Files of the chats, kept by an id of their own: the copy that is shown, and beside it what was sent where that is
 * another. The interface is small so that an object store can take its place; this one keeps them in a directory.
 *
 * Both copies are in their places, and on the disk, before anybody writes a row that names them. A crash before that
 * leaves files without a row, which `list` finds by their ids, or drafts, which `sweep` removes.
 */
import { createHash, randomUUID } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

/** A file that nobody has yet. Whoever has it keeps it or discards it. */
export type Draft = {
  readonly path: string;
  readonly sha256: string;
  readonly size: number;
  readonly head: Buffer;
  discard(): Promise<void>;
};

export type Copy = "shown" | "original";

export type FileStore = {
  /**
   * Takes a stream to its end. Rejects, leaving nothing behind, when the stream breaks or is longer than `limit` bytes
   * (`TooLarge`).
   */
  receive(source: Readable, limit: number): Promise<Draft>;
  /** What `write` puts at the path that it is given. Rejects as it does, leaving nothing behind. */
  make(write: (path: string) => Promise<unknown>): Promise<Draft>;
  /** From now on `read` finds them. @param original null where it is the same */
  keep(id: string, shown: Draft, original: Draft | null): Promise<void>;
  /** Null when there is no such file. */
  read(id: string, copy: Copy): Promise<Readable | null>;
  /** Both copies. */
  remove(id: string): Promise<void>;
  /** Kept files by their ids, from the first after one on. */
  list(after: string, limit: number): Promise<readonly Kept[]>;
  /** Removes drafts that nobody can have any more. */
  sweep(): Promise<void>;
};

/** `keptAt`: milliseconds since 1970; when the last of its bytes were written. */
export type Kept = { readonly id: string; readonly keptAt: number };

export class TooLarge extends Error {
  override readonly name = "TooLarge";
}

/** Longer than any request may take. */
const LEFT_AFTER_MS = 3_600_000;
/** Enough of a file to tell its type. */
const HEAD_BYTES = 32;
/** What stands behind an id in the name of an original. */
const ORIGINAL = ".original";

export const openFileStore = async (directory: string): Promise<FileStore> => {
  const arriving = join(directory, "arriving");
  await mkdir(arriving, { recursive: true, mode: 0o700 });
  await removeLeft(arriving);
  // Ids are random, so that their beginnings spread the files over folders.
  const folderOf = (id: string) => join(directory, id.slice(0, 2));
  const placeOf = (id: string, copy: Copy) => join(folderOf(id), copy === "shown" ? id : `${id}${ORIGINAL}`);

  const draft = async (write: (path: string) => Promise<Measured>): Promise<Draft> => {
    const path = join(arriving, randomUUID());
    const discard = () => rm(path, { force: true });
    try {
      return { path, discard, ...(await write(path)) };
    } catch (error) {
      await discard();
      throw error;
    }
  };

  return {
    receive: (source, limit) =>
      draft(async (path) => {
        const measure = createMeasure(limit);
        await pipeline(source, measure.through, createWriteStream(path, { flags: "wx", mode: 0o600, flush: true }));
        return measure.result();
      }),
    make: (write) =>
      draft(async (path) => {
        await write(path);
        const measure = createMeasure(Number.POSITIVE_INFINITY);
        for await (const _ of measure.through(createReadStream(path)));
        await sync(path);
        return measure.result();
      }),
    async keep(id, shown, original) {
      const folder = folderOf(id);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      if (original !== null) await rename(original.path, placeOf(id, "original"));
      await rename(shown.path, placeOf(id, "shown"));
      await sync(folder);
    },
    async remove(id) {
      for (const copy of ["shown", "original"] as const) await rm(placeOf(id, copy), { force: true });
    },
    list: (after, limit) => listKept(directory, after, limit),
    async read(id, copy) {
      const place = placeOf(id, copy);
      const found = await stat(place).catch(() => null);
      return found === null ? null : createReadStream(place);
    },
    sweep: () => removeLeft(arriving),
  };
};

type Measured = Pick<Draft, "sha256" | "size" | "head">;

/** Measures and hashes what passes through. */
const createMeasure = (limit: number) => {
  const hash = createHash("sha256");
  let size = 0;
  let head = Buffer.alloc(0);
  return {
    async *through(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
      for await (const chunk of chunks) {
        size += chunk.length;
        if (size > limit) throw new TooLarge();
        hash.update(chunk);
        if (head.length < HEAD_BYTES) head = Buffer.concat([head, chunk]).subarray(0, HEAD_BYTES);
        yield chunk;
      }
    },
    result: (): Measured => ({ sha256: hash.digest("hex"), size, head }),
  };
};

/** Onto the disk: a file's bytes, or a folder's names. */
const sync = async (path: string): Promise<void> => {
  const handle = await open(path);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/** Named after the beginnings of ids. */
const FOLDER = /^[0-9a-f]{2}$/;
/** A uuid, and what stands behind it. */
const KEPT_NAME = /^[0-9a-f-]{36}(\.original)?$/;
const ID_LENGTH = 36;

const listKept = async (directory: string, after: string, limit: number): Promise<readonly Kept[]> => {
  const folders = (await readdir(directory)).filter((name) => FOLDER.test(name) && name >= after.slice(0, 2));
  const found: Kept[] = [];
  for (const folder of folders.toSorted()) {
    const names = (await readdir(join(directory, folder))).filter((name) => KEPT_NAME.test(name));
    const copies = Map.groupBy(names, (name) => name.slice(0, ID_LENGTH));
    const ids = [...copies.keys()].filter((id) => id > after).toSorted();
    for (const id of ids.slice(0, limit - found.length)) {
      const times = (copies.get(id) ?? []).map((name) => writtenAt(join(directory, folder, name)));
      const keptAt = Math.max(...(await Promise.all(times)));
      if (keptAt > 0) found.push({ id, keptAt });
    }
    if (found.length >= limit) break;
  }
  return found;
};

/** Nothing for what is no file, or gone. */
const writtenAt = async (path: string): Promise<number> => {
  const found = await stat(path).catch(() => null);
  return found?.isFile() ? found.mtimeMs : 0;
};

/** What a crash left half way is nobody's; what is young may be on its way to another node with the same directory. */
const removeLeft = async (arriving: string): Promise<void> => {
  for (const name of await readdir(arriving)) {
    const path = join(arriving, name);
    const found = await stat(path).catch(() => null);
    if (found !== null && found.mtimeMs < Date.now() - LEFT_AFTER_MS) await rm(path, { force: true });
  }
};
