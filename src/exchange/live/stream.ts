/** One Server-Sent Events stream: catches up from where the client was, then follows the feed, and ends in time. */
import type { ServerResponse } from "node:http";
import { createFollower, type FollowerOptions } from "./follower.ts";
import { createFrameWriter } from "./frames.ts";
import { LIVE_LIMITS } from "./limits.ts";

/** The longest that a timer of Node can wait, in milliseconds. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export type StreamOptions = FollowerOptions & {
  /** Of the caller's token, in milliseconds. */
  readonly expiresAt: number;
  readonly onEnd: () => void;
};

/** Takes over the response. @returns how to end it */
export const openStream = (response: ServerResponse, options: StreamOptions): (() => void) => {
  const { feed, recipient, expiresAt, onEnd } = options;
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

  const writer = createFrameWriter(response, letGo);
  const follower = createFollower(options, writer);
  writer.open();
  const unsubscribe = feed.subscribe(recipient, (event) => {
    if (event === null) end();
    else if (!follower.take(event)) letGo();
  });
  const heartbeat = setInterval(writer.heartbeat, LIVE_LIMITS.heartbeatMs);
  const expiry = setTimeout(end, Math.min(expiresAt - Date.now(), LONGEST_TIMER_MS));
  response.on("close", end);
  response.on("error", end);
  // A client that hung up before the response was opened causes no event any more.
  if (response.destroyed) setImmediate(end);
  follower.start().catch(end);
  return end;
};
