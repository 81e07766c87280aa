/**
 * A built web app as a list of files in memory: its page, and what the page loads. Promises that what is not in the list is
 * not served, whatever the path says, and that no request waits for a disk.
 */
import { hash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import type { Encoding } from "./compression.ts";
import { JSON_ANSWER } from "./media-types.ts";

/** A build is a megabyte or two. More is a mistake that would sit in memory. */
const MAX_BYTES = 32 * 1_024 * 1_024;

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": JSON_ANSWER,
  ".webmanifest": "application/manifest+json",
  ".txt": "text/plain; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".webp": "image/webp",
  ".woff2": "font/woff2",
};

/** What the build laid beside a file, by the ending that it has more. */
const PACKED: Readonly<Record<Encoding, string>> = { br: ".br", gzip: ".gz" };

const INDEX = "/index.html";

/** Of these the name holds the hash: what has the name never changes. */
const HASHED = "/assets/";

export type StaticFile = {
  readonly type: string;
  readonly bytes: Buffer;
  readonly packed: Readonly<Partial<Record<Encoding, Buffer>>>;
  readonly etag: string;
  readonly isImmutable: boolean;
};

export type StaticFiles = {
  /** What every page begins with. */
  readonly index: StaticFile;
  /** By path, without the index. */
  readonly files: ReadonlyMap<string, StaticFile>;
};

const isServed = (path: string): boolean =>
  !path.includes("/.") && !Object.values(PACKED).some((ending) => path.endsWith(ending));

const pathsOf = async (directory: string): Promise<ReadonlySet<string>> => {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return new Set(files.map(({ parentPath, name }) => join(parentPath, name).slice(directory.length)));
};

const fileOf = async (directory: string, path: string, known: ReadonlySet<string>): Promise<StaticFile> => {
  const type = TYPES[extname(path)];
  if (type === undefined) throw new Error(`the built web app has ${path}, and nothing is known of such files`);
  const read = (ending: string) => readFile(join(directory, path + ending));
  const packed: Partial<Record<Encoding, Buffer>> = {};
  for (const [encoding, ending] of Object.entries(PACKED))
    if (known.has(path + ending)) packed[encoding as Encoding] = await read(ending);
  const bytes = await read("");
  // Weak: the same file in another encoding is the same file.
  return {
    type,
    bytes,
    packed,
    etag: `W/"${hash("sha256", bytes, "base64url")}"`,
    isImmutable: path.startsWith(HASHED),
  };
};

/** @param directory absolute. @returns null where nothing was built; @throws where something else lies there */
export const readStaticFiles = async (directory: string): Promise<StaticFiles | null> => {
  const known = await pathsOf(directory).catch((error: unknown) => {
    if (Reflect.get(Object(error), "code") === "ENOENT") return new Set<string>();
    throw error;
  });
  if (!known.has(INDEX)) return null;
  const files = new Map<string, StaticFile>();
  let bytes = 0;
  for (const path of [...known].filter(isServed).sort()) {
    const file = await fileOf(directory, path, known);
    bytes += file.bytes.length;
    if (bytes > MAX_BYTES) throw new Error(`the built web app in ${directory} has more than ${MAX_BYTES} bytes`);
    files.set(path, file);
  }
  const index = files.get(INDEX);
  if (index === undefined) return null;
  files.delete(INDEX);
  return { index, files };
};
