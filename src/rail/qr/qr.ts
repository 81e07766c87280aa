/** Draws QR codes as PNG pictures. */
import { LRUCache } from "lru-cache";
import { PNG } from "pngjs";
import encodeQR from "qr";

/** Pixels of one module, and the white frame that readers need, in modules. */
const SCALE = 8;
const QUIET_ZONE = 4;
/** Pictures of links that are looked at now; some 2 KiB each. */
const MAX_CACHED = 1_000;

const GREYSCALE = 0;
const WHITE = 255;
const BLACK = 0;

const draw = (text: string): string => {
  const modules: readonly (readonly boolean[])[] = encodeQR(text, "raw", { ecc: "medium", border: QUIET_ZONE });
  const size = modules.length * SCALE;
  const picture = new PNG({ width: size, height: size, colorType: GREYSCALE, inputColorType: GREYSCALE });
  const pixels = Buffer.alloc(size * size, WHITE);
  modules.forEach((row, y) => {
    row.forEach((dark, x) => {
      if (!dark) return;
      for (let line = 0; line < SCALE; line++) {
        const start = (y * SCALE + line) * size + x * SCALE;
        pixels.fill(BLACK, start, start + SCALE);
      }
    });
  });
  picture.data = pixels;
  return PNG.sync
    .write(picture, { colorType: GREYSCALE, inputColorType: GREYSCALE, inputHasAlpha: false })
    .toString("base64");
};

const drawn = new LRUCache<string, string>({ max: MAX_CACHED });

/** @returns a PNG, bare base64 */
export const qrCode = async (text: string): Promise<string> => {
  const picture = drawn.get(text) ?? draw(text);
  drawn.set(text, picture);
  return picture;
};
