/**
 * Brings a stream from the place where its client was up to the present, and then on with the feed: what happens during
 * the catching up is held back, so that every event is written once and in order.
 */
import type { Feed, FeedEvent, Place } from "../../engine/index.ts";
import { resetFrame } from "../events.ts";
import { type FrameWriter, frameOf, placeText } from "./frames.ts";
import { LIVE_LIMITS } from "./limits.ts";

export type FollowerOptions = {
  readonly feed: Feed;
  readonly recipient: string;
  /** Where the client was; null starts now. `"unknown"` was not one of ours. */
  readonly after: Place | "unknown" | null;
};

export type Follower = {
  /** Resolves when the client has everything up to now. */
  start(): Promise<void>;
  /** The next event of the feed. @returns false when too many have to be held back */
  take(event: FeedEvent): boolean;
};

export const createFollower = ({ feed, recipient, after }: FollowerOptions, writer: FrameWriter): Follower => {
  const { epoch } = feed.place();
  let held: FeedEvent[] | undefined = [];
  /** The client knows everything up to here; this node's tail may still be behind it. */
  let reached = 0;

  const send = (event: FeedEvent) => {
    if (event.position > reached) writer.write(frameOf(event, epoch));
  };

  const reset = () => {
    const { position } = feed.place();
    writer.write(resetFrame(placeText({ epoch, position })));
    reached = position;
  };

  const catchUp = async (from: Place) => {
    let place = from;
    for (;;) {
      const upTo = feed.place().position;
      const found = await feed.history(recipient, place, LIVE_LIMITS.history);
      if (found === "gone") return reset();
      for (const event of found.events) {
        writer.write(frameOf(event, epoch));
        // History waits for its reader; only what happens now does not.
        if (writer.isFull()) await writer.drained();
      }
      place = { epoch, position: found.next };
      if (writer.ended() || found.next >= upTo) {
        reached = place.position;
        return;
      }
    }
  };

  return {
    async start() {
      if (after === "unknown") reset();
      else if (after !== null) await catchUp(after);
      const waiting = held ?? [];
      held = undefined;
      for (const event of waiting) send(event);
    },
    take(event) {
      if (held === undefined) send(event);
      else if (held.length >= LIVE_LIMITS.history) return false;
      else held.push(event);
      return true;
    },
  };
};
