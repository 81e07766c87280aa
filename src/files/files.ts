/**
 * Files of the chats, kept by an id of their own. The interface is small so that an object store can take its place;
 * this one keeps them in a directory.
 */
import { createHash, randomUUID } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

export type Received = {
  readonly sha256: string;
  readonly size: number;
  readonly head: Buffer;
  discard(): Promise<void>;
  /** From now on `read` finds it. */
  keep(id: string): Promise<void>;
};

export type FileStore = {
  /**
   * Takes a stream to its end. Nothing is kept until `keep` is called. Rejects, leaving nothing behind, when the stream
   * breaks or is longer than `limit` bytes (`TooLarge`).
   */
  receive(source: Readable, limit: number): Promise<Received>;
  /** Null when there is no such file. */
  read(id: string): Promise<Readable | null>;
  remove(id: string): Promise<void>;
  /** Kept files by their ids, from the first after one on. */
  list(after: string, limit: number): Promise<readonly Kept[]>;
};

/** `keptAt`: milliseconds since 1970; when its bytes were written. */
export type Kept = { readonly id: string; readonly keptAt: number };

export class TooLarge extends Error {
  override readonly name = "TooLarge";
}

/** Longer than any request may take. */
const LEFT_AFTER_MS = 3_600_000;
/** Enough of a file to tell its type. */
const HEAD_BYTES = 32;

export const openFileStore = async (directory: string): Promise<FileStore> => {
  const arriving = join(directory, "arriving");
  await mkdir(arriving, { recursive: true, mode: 0o700 });
  await removeLeft(arriving);
  // Ids are random, so that their beginnings spread the files over folders.
  const placeOf = (id: string) => join(directory, id.slice(0, 2), id);

  return {
    async receive(source, limit) {
      const path = join(arriving, randomUUID());
      const hash = createHash("sha256");
      let size = 0;
      let head = Buffer.alloc(0);
      const discard = () => rm(path, { force: true });
      try {
        await pipeline(
          source,
          async function* (chunks: AsyncIterable<Buffer>) {
            for await (const chunk of chunks) {
              size += chunk.length;
              if (size > limit) throw new TooLarge();
              hash.update(chunk);
              if (head.length < HEAD_BYTES) head = Buffer.concat([head, chunk]).subarray(0, HEAD_BYTES);
              yield chunk;
            }
          },
          createWriteStream(path, { flags: "wx", mode: 0o600, flush: true }),
        );
      } catch (error) {
        await discard();
        throw error;
      }
      const sha256 = hash.digest("hex");
      return {
        sha256,
        size,
        head,
        discard,
        async keep(id) {
          const place = placeOf(id);
          await mkdir(join(place, ".."), { recursive: true, mode: 0o700 });
          await rename(path, place);
        },
      };
    },
    remove: (id) => rm(placeOf(id), { force: true }),
    list: (after, limit) => listKept(directory, after, limit),
    async read(id) {
      const place = placeOf(id);
      const found = await stat(place).catch(() => null);
      return found === null ? null : createReadStream(place);
    },
  };
};

/** Named after the beginnings of ids. */
const FOLDER = /^[0-9a-f]{2}$/;

const listKept = async (directory: string, after: string, limit: number): Promise<readonly Kept[]> => {
  const folders = (await readdir(directory)).filter((name) => FOLDER.test(name) && name >= after.slice(0, 2));
  const found: Kept[] = [];
  for (const folder of folders.toSorted()) {
    const ids = (await readdir(join(directory, folder))).filter((id) => id > after).toSorted();
    for (const id of ids.slice(0, limit - found.length)) {
      const file = await stat(join(directory, folder, id)).catch(() => null);
      if (file?.isFile()) found.push({ id, keptAt: file.mtimeMs });
    }
    if (found.length >= limit) break;
  }
  return found;
};

/** What a crash left half way is nobody's; what is young may be on its way to another node with the same directory. */
const removeLeft = async (arriving: string): Promise<void> => {
  for (const name of await readdir(arriving)) {
    const path = join(arriving, name);
    const found = await stat(path).catch(() => null);
    if (found !== null && found.mtimeMs < Date.now() - LEFT_AFTER_MS) await rm(path, { force: true });
  }
};

const starts = (head: Buffer, ...bytes: readonly number[]): boolean =>
  bytes.every((byte, index) => head[index] === byte);
const ascii = (head: Buffer, from: number, to: number): string => head.subarray(from, to).toString("latin1");

/** By what the file is, never by what it says it is. Null for all but images and PDF. */
export const typeOf = (head: Buffer): string | null => {
  if (starts(head, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return "image/png";
  if (starts(head, 0xff, 0xd8, 0xff)) return "image/jpeg";
  if (ascii(head, 0, 6) === "GIF87a" || ascii(head, 0, 6) === "GIF89a") return "image/gif";
  if (ascii(head, 0, 4) === "RIFF" && ascii(head, 8, 12) === "WEBP") return "image/webp";
  if (ascii(head, 4, 8) === "ftyp" && ["heic", "heix", "mif1", "avif"].includes(ascii(head, 8, 12)))
    return "image/heif";
  if (ascii(head, 0, 5) === "%PDF-") return "application/pdf";
  return null;
};
