/** Reads `text/event-stream` (HTML standard, "Server-sent events"), in one pass and within bounds. */

/** A frame of an order with everything that a page shows of it has a few kilobytes. */
export const LONGEST_FRAME = 1_048_576;

/** @property data null: a frame that only tells its place */
export type Frame = { readonly id: string | null; readonly type: string; readonly data: string | null };

export class FrameTooLong extends Error {
  override readonly name = "FrameTooLong";
}

/** Takes text as it comes, in pieces cut anywhere, and gives the frames that are whole. */
export const createFrameReader = (): ((piece: string) => readonly Frame[]) => {
  let line = "";
  let open = blank();
  let length = 0;

  return (piece) => {
    const frames: Frame[] = [];
    const lines = piece.split("\n");
    const rest = lines.pop() ?? "";
    for (const part of lines) {
      const whole = (line + part).replace(/\r$/, "");
      line = "";
      if (whole === "") {
        if (open.id !== null || open.data.length > 0) frames.push(close(open));
        [open, length] = [blank(), 0];
      } else {
        length += whole.length;
        if (length > LONGEST_FRAME) throw new FrameTooLong("a frame of the stream is too long");
        take(open, whole);
      }
    }
    line += rest;
    if (length + line.length > LONGEST_FRAME) throw new FrameTooLong("a frame of the stream is too long");
    return frames;
  };
};

type Open = { id: string | null; type: string; data: string[] };
const blank = (): Open => ({ id: null, type: "message", data: [] });
const close = ({ id, type, data }: Open): Frame => ({ id, type, data: data.length === 0 ? null : data.join("\n") });

const take = (open: Open, line: string): void => {
  const colon = line.indexOf(":");
  // A comment: the server says that it is still there.
  if (colon === 0) return;
  const field = colon === -1 ? line : line.slice(0, colon);
  const value = colon === -1 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1);
  if (field === "id") open.id = value;
  else if (field === "event") open.type = value;
  else if (field === "data") open.data.push(value);
};
