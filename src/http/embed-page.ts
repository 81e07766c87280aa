/**
 * The app's page as other sites may frame it, below `/embed`. It is the same page with two differences: who may frame it, by
 * its policy, and the same list in its head, so that the app hears nobody else. Nobody may, unless the operator says so.
 */
import { hash } from "node:crypto";
import { brotliCompressSync, gzipSync } from "node:zlib";
import type { StaticFile } from "./static-files.ts";

const EMBED_PATH = "/embed";

export const isEmbedPath = (path: string): boolean => path === EMBED_PATH || path.startsWith(`${EMBED_PATH}/`);

const HEAD = "<head>";

/** @param origins as browsers write them, checked by the configuration: they stand in markup and in a header */
export const embedPageOf = (index: StaticFile, origins: readonly string[]): StaticFile => {
  const page = index.bytes.toString("utf8");
  if (!page.includes(HEAD)) throw new Error("the page of the web app has no head");
  const meta = `<meta name="parley-embed-origins" content="${origins.join(" ")}">`;
  const bytes = Buffer.from(page.replace(HEAD, () => HEAD + meta));
  return {
    ...index,
    bytes,
    packed: { br: brotliCompressSync(bytes), gzip: gzipSync(bytes) },
    etag: `W/"${hash("sha256", bytes, "base64url")}"`,
  };
};
