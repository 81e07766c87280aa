/**
 * Brings a stream from the place where its client was up to the present, and then on with the feed: what happens during
 * the catching up is held back, so that every event is written once and in order.
 */
import type { Feed, Place } from "../../engine/index.ts";
import { type FrameWriter, frameOf, placeText } from "./frames.ts";
import { LIVE_LIMITS } from "./limits.ts";
import { resetFrame } from "./schemas.ts";
import { type Reader, recipientsOf, type Show, type Shown } from "./show.ts";

export type FollowerOptions = {
  readonly feed: Feed;
  readonly show: Show;
  readonly reader: Reader;
  /** Where the client was; null starts now. `"unknown"` was not one of ours. */
  readonly after: Place | "unknown" | null;
};

export type Follower = {
  /** Resolves when the client has everything up to now. */
  start(): Promise<void>;
  /** The next event of the feed. @returns false when too many have to be held back */
  take(shown: Shown): boolean;
  /** From where the client misses nothing and sees nothing twice. @param whole all that this node has read was taken */
  place(whole: boolean): string;
};

export const createFollower = ({ feed, show, reader, after }: FollowerOptions, writer: FrameWriter): Follower => {
  const { epoch, position: start } = feed.place();
  let held: Shown[] | undefined = [];
  /** The client knows everything up to here; this node's tail may still be behind it. */
  let reached = after === null || after === "unknown" ? start : after.position;
  let sent = placeText(after === null || after === "unknown" ? { epoch, position: start } : after);

  const write = (shown: Shown) => {
    const frame = frameOf(shown, epoch);
    sent = frame.id;
    writer.write(frame);
  };

  const send = (shown: Shown) => {
    if (shown.position > reached) write(shown);
  };

  const reset = () => {
    const { position } = feed.place();
    sent = placeText({ epoch, position });
    writer.write(resetFrame(sent));
    reached = position;
  };

  const catchUp = async (from: Place) => {
    let place = from;
    for (;;) {
      const upTo = feed.place().position;
      const found = await feed.history(recipientsOf(reader), place, LIVE_LIMITS.shownAtOnce);
      if (found === "gone") return reset();
      for (const shown of await show(reader, found.events)) {
        write(shown);
        // History waits for its reader; only what happens now does not.
        if (writer.isFull()) await writer.drained();
      }
      place = { epoch, position: found.next };
      sent = placeText(place);
      if (writer.ended() || found.next >= upTo) {
        reached = place.position;
        return;
      }
    }
  };

  return {
    async start() {
      // The first frame bears the place and nothing else, so that a client that is cut off before any event resumes
      // from it. A place that is not ours is nothing to resume from: the reset itself says from where.
      if (after === "unknown") reset();
      else writer.place(sent);
      if (after !== null && after !== "unknown") await catchUp(after);
      const waiting = held ?? [];
      held = undefined;
      for (const shown of waiting) send(shown);
    },
    take(shown) {
      if (held === undefined) send(shown);
      else if (held.length >= LIVE_LIMITS.history) return false;
      else held.push(shown);
      return true;
    },
    place(whole) {
      if (held !== undefined || !whole) return sent;
      sent = placeText({ epoch, position: Math.max(reached, feed.place().position) });
      return sent;
    },
  };
};
