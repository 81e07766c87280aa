/**
 * Pictures as others may see them: decoded and written anew, so that nothing is left of what a camera put beside the pixels
 * (place, device, times, an earlier preview), nor of anything that was hidden behind them; turned upright first.
 *
 * Decoding is bounded: by pixels, which the head of a file tells before anything is unpacked; by time; and by how many are
 * at it at once. It runs on threads, off the event loop. Of an animation the first frame is the picture.
 */
import sharp, { type Sharp } from "sharp";
import { createTurns } from "../kernel/index.ts";
import type { Draft, FileStore } from "./files.ts";
import type { PictureType } from "./types.ts";

/** 8,192 × 6,144: what the largest usual camera of a phone takes. Unpacked it has some 150 MiB. */
export const MAX_PIXELS = 50_331_648;
/** Each may take a picture's memory twice, and a thread of the four that files are read by. */
const AT_ONCE = 2;
/** The largest pictures take two or three on a slow machine. */
const LIMIT_SECONDS = 20;
/** Longer, and people send it again. */
const WAIT_MS = 30_000;
/** A picture that is larger than what was sent may be is shown smaller: enough for any screen. */
const FALLBACK_SIDE = 2_560;
/** Letters on a receipt stay sharp. */
const QUALITY = 90;
const FALLBACK_QUALITY = 80;

/** Why a picture is none, or none that can be shown; `busy`: there was no time for it. */
export type Unfit = "broken" | "too_many_pixels" | "too_slow" | "busy";

export type Clean = { readonly type: PictureType; readonly draft: Draft };

export type Pictures = {
  /** @param owner whose turn it takes @param limit bytes of the copy @returns a draft beside the one given */
  clean(
    picture: { readonly draft: Draft; readonly type: PictureType },
    owner: string,
    limit: number,
  ): Promise<Clean | Unfit>;
};

/** The one decoder that may look at a file of the type; no other is let near foreign bytes. */
const DECODERS: Readonly<Record<PictureType, { readonly format: string; readonly operation: string }>> = {
  "image/jpeg": { format: "jpeg", operation: "VipsForeignLoadJpegFile" },
  "image/png": { format: "png", operation: "VipsForeignLoadPngFile" },
  "image/webp": { format: "webp", operation: "VipsForeignLoadWebpFile" },
};

const ENCODERS: Readonly<Record<PictureType, (picture: Sharp, chroma: string | undefined) => Sharp>> = {
  "image/jpeg": (picture, chroma) =>
    picture.jpeg({ quality: QUALITY, chromaSubsampling: chroma === "4:4:4" ? "4:4:4" : "4:2:0" }),
  "image/png": (picture) => picture.png(),
  "image/webp": (picture) => picture.webp({ quality: QUALITY, effort: 2 }),
};

const asSmallJpeg = (picture: Sharp): Sharp =>
  picture
    .resize({ width: FALLBACK_SIDE, height: FALLBACK_SIDE, fit: "inside", withoutEnlargement: true })
    .flatten({ background: "white" })
    .jpeg({ quality: FALLBACK_QUALITY });

export const createPictures = (files: FileStore): Pictures => {
  // Of the whole process: no picture is met twice, and a core is what one may have.
  sharp.cache(false);
  sharp.concurrency(1);
  sharp.block({ operation: ["VipsForeignLoad"] });
  sharp.unblock({ operation: Object.values(DECODERS).map(({ operation }) => operation) });
  const turns = createTurns({ atOnce: AT_ONCE, waitMs: WAIT_MS });

  const decode = (path: string): Sharp =>
    sharp(path, { limitInputPixels: MAX_PIXELS, failOn: "error", sequentialRead: true }).timeout({
      seconds: LIMIT_SECONDS,
    });

  const clean = async (source: Draft, type: PictureType, limit: number): Promise<Clean | Unfit> => {
    try {
      const { format, chromaSubsampling } = await decode(source.path).metadata();
      if (format !== DECODERS[type].format) return "broken";
      const same = await files.make((to) =>
        ENCODERS[type](decode(source.path).autoOrient(), chromaSubsampling).toFile(to),
      );
      if (same.size <= limit) return { type, draft: same };
      await same.discard();
      const small = await files.make((to) => asSmallJpeg(decode(source.path).autoOrient()).toFile(to));
      return { type: "image/jpeg", draft: small };
    } catch (error) {
      return unfit(error);
    }
  };

  return {
    async clean({ draft, type }, owner, limit) {
      const turn = await turns.take(owner, () => clean(draft, type, limit));
      return turn === null ? "busy" : turn.done;
    },
  };
};

/** The decoder's errors have no codes: what is not of the disk is of the picture. */
const unfit = (error: unknown): Unfit => {
  const message = error instanceof Error ? error.message : "";
  const ofTheDisk = (error instanceof Error && "code" in error) || /system error|file is missing/.test(message);
  if (ofTheDisk) throw error;
  if (message.startsWith("timeout")) return "too_slow";
  return message.includes("pixel limit") ? "too_many_pixels" : "broken";
};
