/** One Server-Sent Events stream: catches up from where the client was, then follows the feed, and ends in time. */
import type { ServerResponse } from "node:http";
import { createFollower, type FollowerOptions } from "./follower.ts";
import { createFrameWriter } from "./frames.ts";
import type { Hubs } from "./hubs.ts";
import { LIVE_LIMITS } from "./limits.ts";
import { END, type EndReason } from "./schemas.ts";

/** The longest that a timer of Node can wait, in milliseconds. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export type StreamOptions = FollowerOptions & {
  readonly hubs: Hubs;
  /** From then on the caller's token is refused, in milliseconds. */
  readonly expiresAt: number;
  readonly onEnd: () => void;
};

/** Takes over the response. @returns how to end it */
export const openStream = (response: ServerResponse, options: StreamOptions): ((reason: EndReason) => void) => {
  const { hubs, reader, expiresAt, onEnd } = options;
  let ended = false;
  const stop = () => {
    if (ended) return false;
    ended = true;
    hub.leave();
    clearInterval(heartbeat);
    clearTimeout(expiry);
    return true;
  };
  const finish = () => {
    if (!stop()) return;
    response.end();
    onEnd();
  };
  /** Says why, and from where the client goes on. */
  const end = (reason: EndReason) => {
    if (!ended) writer.write({ id: follower.place(!hub.isBehind()), type: END, data: { reason } });
    finish();
  };
  // A reader that does not keep up is let go; it resumes from the last frame that it saw.
  const letGo = () => {
    finish();
    response.destroy();
  };

  const writer = createFrameWriter(response, letGo);
  const follower = createFollower(options, writer);
  writer.open();
  const hub = hubs.join(reader, {
    take(shown) {
      if (!follower.take(shown)) letGo();
    },
    broken: (reason) => (reason === "feed_restarted" ? end(reason) : letGo()),
  });
  const heartbeat = setInterval(() => writer.heartbeat(follower.place(!hub.isBehind())), LIVE_LIMITS.heartbeatMs);
  let expiry: NodeJS.Timeout | undefined;
  const awaitExpiry = () => {
    const left = expiresAt - Date.now();
    if (left <= 0) return end("token_expired");
    expiry = setTimeout(awaitExpiry, Math.min(left, LONGEST_TIMER_MS));
  };
  response.on("close", finish);
  response.on("error", finish);
  // A client that hung up before the response was opened causes no event any more.
  if (response.destroyed) setImmediate(finish);
  follower.start().catch(letGo);
  awaitExpiry();
  return end;
};
