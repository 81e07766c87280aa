/**
 * Compressed answers, for who asks for them. What everybody gets is compressed once; the rest in the thread pool, a few at
 * a time, and as it is when there are more: being short is worth less than being there.
 */
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { LRUCache } from "lru-cache";

export type Encoding = "br" | "gzip";
const ENCODINGS: readonly Encoding[] = ["br", "gzip"];

/** Below it a packet is a packet. */
const LEAST_LENGTH = 1_024;
/** Half a millisecond for a page of a list; higher ones take several times as long for a tenth. */
const BROTLI = {
  params: { [constants.BROTLI_PARAM_QUALITY]: 4, [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT },
};
const GZIP = { level: 5 };
/** At once. The pool has four threads, and files and signatures need them too. */
const MAX_UNDER_WAY = 8;
/** Bytes, per encoding, of texts that everybody gets and what they became: some hundred pages of the market. */
const MAX_KEPT = 8 * 1_024 * 1_024;

const toBrotli = promisify<string, object, Buffer>(brotliCompress);
const toGzip = promisify<string, object, Buffer>(gzip);

const COMPRESS: Readonly<Record<Encoding, (text: string) => Promise<Buffer>>> = {
  br: (text) => toBrotli(text, BROTLI),
  gzip: (text) => toGzip(text, GZIP),
};

/** The encoding that a client takes and we prefer, by its Accept-Encoding; null for none. Linear in the header. */
export const preferredEncoding = (accepted: unknown): Encoding | null => {
  if (typeof accepted !== "string") return null;
  const offers = new Map<string, boolean>();
  for (const part of accepted.toLowerCase().split(",")) {
    const [name = "", ...parameters] = part.split(";");
    const refused = parameters.some((parameter) => /^q=0(\.0{1,3})?$/.test(parameter.trim()));
    offers.set(name.trim(), !refused);
  }
  return ENCODINGS.find((encoding) => offers.get(encoding) ?? offers.get("*") ?? false) ?? null;
};

/** @returns null: send it as it is */
export type Compress = (text: string, encoding: Encoding, isForAll: boolean) => Buffer | Promise<Buffer> | null;

export const isWorthCompressing = (text: string): boolean => text.length >= LEAST_LENGTH;

const createKept = () =>
  new LRUCache<string, Buffer>({ maxSize: MAX_KEPT, sizeCalculation: (bytes, text) => bytes.length + 2 * text.length });

export const createCompress = (): Compress => {
  // By the text itself: pages of the market are the same string until they change, so that finding one costs nothing.
  const kept = { br: createKept(), gzip: createKept() };
  let underWay = 0;

  const compress = async (text: string, encoding: Encoding): Promise<Buffer> => {
    underWay++;
    try {
      return await COMPRESS[encoding](text);
    } finally {
      underWay--;
    }
  };

  const compressForAll = async (text: string, encoding: Encoding): Promise<Buffer> => {
    const bytes = await compress(text, encoding);
    kept[encoding].set(text, bytes);
    return bytes;
  };

  return (text, encoding, isForAll) => {
    const known = isForAll ? kept[encoding].get(text) : undefined;
    if (known !== undefined) return known;
    if (underWay >= MAX_UNDER_WAY) return null;
    return isForAll ? compressForAll(text, encoding) : compress(text, encoding);
  };
};
