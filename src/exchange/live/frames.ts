/** A stream on the wire: places as ids, events as frames, and a writer that gives up on a reader that is too slow. */
import type { ServerResponse } from "node:http";
import type { Place } from "../../engine/index.ts";
import { LIVE_LIMITS } from "./limits.ts";
import type { Frame } from "./schemas.ts";
import type { Shown } from "./show.ts";

export const placeText = ({ epoch, position }: Place): string => `${epoch}-${position}`;

/** Null for anything that no server of ours has given out. */
export const readPlace = (text: string): Place | null => {
  const match = /^([0-9a-f]{8})-(\d{1,15})$/.exec(text);
  return match === null ? null : { epoch: match[1] as string, position: Number(match[2]) };
};

export const frameOf = ({ position, type, data }: Shown, epoch: string): Frame => ({
  id: placeText({ epoch, position }),
  type,
  data,
});

export type FrameWriter = {
  open(): void;
  write(frame: Frame): void;
  /** A frame that a browser hands to nobody, but resumes from. */
  place(id: string): void;
  /** Shows that the stream lives, and keeps the client's place from growing old. */
  heartbeat(id: string): void;
  /** Whether what was written still waits for its reader. */
  isFull(): boolean;
  /** Resolves when the reader has taken what was written, or has gone away. */
  drained(): Promise<void>;
  /** Whether the response has ended: nothing is written to it any more. */
  ended(): boolean;
};

/** @param onOverflow the reader has left too much unread */
export const createFrameWriter = (response: ServerResponse, onOverflow: () => void): FrameWriter => {
  const ended = (): boolean => response.writableEnded;
  const write = (text: string): void => {
    if (ended()) return;
    response.write(text);
    if (response.writableLength > LIVE_LIMITS.buffer) onOverflow();
  };

  return {
    open() {
      response.writeHead(200, {
        "content-type": "text/event-stream; charset=utf-8",
        "cache-control": "no-store",
        "x-accel-buffering": "no",
        connection: "keep-alive",
      });
      response.flushHeaders();
    },
    write: ({ id, type, data }) => write(`id: ${id}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`),
    place: (id) => write(`id: ${id}\n\n`),
    heartbeat: (id) => write(`: still here\nid: ${id}\n\n`),
    isFull: () => response.writableNeedDrain,
    drained: () => drained(response),
    ended,
  };
};

const drained = (response: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    if (response.destroyed) return resolve();
    const done = () => {
      response.off("drain", done);
      response.off("close", done);
      resolve();
    };
    response.on("drain", done);
    response.on("close", done);
  });
