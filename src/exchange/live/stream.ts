/** One Server-Sent Events stream: catches up from where the client was, then follows the feed, and ends in time. */
import type { ServerResponse } from "node:http";
import type { Feed, FeedEvent, Place } from "../../engine/index.ts";
import { SECOND } from "../../kernel/index.ts";
import { declared, type Frame, resetFrame } from "../events.ts";

export const LIVE_LIMITS = {
  /** Streams of one caller on one node: a few devices, a few tabs. */
  perCaller: 20,
  perNode: 10_000,
  /** Bytes that a slow reader may leave unread; then the stream ends and the client resumes. */
  buffer: 262_144,
  /** Events read at once while catching up, and held back meanwhile. */
  history: 500,
  heartbeatMs: 15 * SECOND,
} as const;

export const placeText = ({ epoch, position }: Place): string => `${epoch}-${position}`;

/** Null for what no server of ours has given out. */
export const readPlace = (text: string): Place | null => {
  const match = /^([0-9a-f]{8})-(\d{1,15})$/.exec(text);
  return match === null ? null : { epoch: match[1] as string, position: Number(match[2]) };
};

export const frameOf = (event: FeedEvent, epoch: string): Frame => ({
  id: placeText({ epoch, position: event.position }),
  ...declared(event),
});

export type StreamOptions = {
  readonly feed: Feed;
  readonly recipient: string;
  /** Where the client was; null starts now. `"unknown"` was not one of ours. */
  readonly after: Place | "unknown" | null;
  readonly expiresAt: number;
  readonly onEnd: () => void;
};

/** Takes over the response. @returns how to end it */
export const openStream = (response: ServerResponse, options: StreamOptions): (() => void) => {
  const { feed, recipient, after, expiresAt, onEnd } = options;
  const { epoch } = feed.place();
  let held: FeedEvent[] | undefined = [];
  /** The client knows everything up to here; this node's tail may still be behind it. */
  let reached = 0;
  let ended = false;

  const end = () => {
    if (ended) return;
    ended = true;
    unsubscribe();
    clearInterval(heartbeat);
    clearTimeout(expiry);
    response.end();
    onEnd();
  };
  // A reader that does not keep up is let go; it resumes from the last frame that it saw.
  const letGo = () => {
    end();
    response.destroy();
  };
  const write = (text: string) => {
    if (ended) return;
    response.write(text);
    if (response.writableLength > LIVE_LIMITS.buffer) letGo();
  };
  const frame = ({ id, type, data }: Frame) => write(`id: ${id}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
  const send = (event: FeedEvent) => {
    if (event.position > reached) frame(frameOf(event, epoch));
  };

  const reset = () => {
    const { position } = feed.place();
    frame(resetFrame(placeText({ epoch, position })));
    reached = position;
  };

  const catchUp = async (from: Place) => {
    let place = from;
    for (;;) {
      const upTo = feed.place().position;
      const found = await feed.history(recipient, place, LIVE_LIMITS.history);
      if (found === "gone") return reset();
      for (const event of found.events) {
        frame(frameOf(event, epoch));
        // History waits for its reader; only what happens now does not.
        if (response.writableNeedDrain) await drained(response);
      }
      place = { epoch, position: found.next };
      if (ended || found.next >= upTo) {
        reached = place.position;
        return;
      }
    }
  };

  const follow = async () => {
    if (after === "unknown") reset();
    else if (after !== null) await catchUp(after);
    const waiting = held ?? [];
    held = undefined;
    for (const event of waiting) send(event);
  };

  response.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store",
    "x-accel-buffering": "no",
    connection: "keep-alive",
  });
  response.write(": welcome\n\n");
  const unsubscribe = feed.subscribe(recipient, (event) => {
    if (event === null) end();
    else if (held === undefined) send(event);
    else if (held.length < LIVE_LIMITS.history) held.push(event);
    else letGo();
  });
  const heartbeat = setInterval(() => write(": still here\n\n"), LIVE_LIMITS.heartbeatMs);
  const expiry = setTimeout(end, Math.min(expiresAt - Date.now(), 2 ** 31 - 1));
  response.on("close", end);
  response.on("error", end);
  // Who hung up before we came to answer says so no more.
  if (response.destroyed) setImmediate(end);
  follow().catch(end);
  return end;
};

/** Resolves when a reader has taken what was written, or is gone. */
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
