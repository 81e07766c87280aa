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

/** Where the client is: what it was sent, and what it knows. @param from may be of another epoch, until the reset */
const createPen = (writer: FrameWriter, epoch: string, from: Place) => {
  /** The client knows everything up to here; this node's tail may still be behind it. */
  let reached = from.position;
  let sent = placeText(from);
  const write = (shown: Shown) => {
    const frame = frameOf(shown, epoch);
    sent = frame.id;
    writer.write(frame);
  };
  return {
    write,
    /** Unless the client knows it. */
    send(shown: Shown) {
      if (shown.position > reached) write(shown);
    },
    /** Nothing of the client's is between what was sent and there. */
    reach(there: number) {
      reached = Math.max(reached, there);
      sent = placeText({ epoch, position: reached });
    },
    reset(there: number) {
      reached = there;
      sent = placeText({ epoch, position: there });
      writer.write(resetFrame(sent));
    },
    place: () => sent,
  };
};

export const createFollower = ({ feed, show, reader, after }: FollowerOptions, writer: FrameWriter): Follower => {
  const start = feed.place();
  const { epoch } = start;
  const pen = createPen(writer, epoch, after === null || after === "unknown" ? start : after);
  let held: Shown[] | undefined = [];

  const catchUp = async (from: Place) => {
    let place = from;
    for (;;) {
      const upTo = feed.place().position;
      const found = await feed.history(recipientsOf(reader), place, LIVE_LIMITS.shownAtOnce);
      if (found === "gone") return pen.reset(feed.place().position);
      for (const shown of await show(reader, found.events)) {
        pen.write(shown);
        // History waits for its reader; only what happens now does not.
        if (writer.isFull()) await writer.drained();
      }
      place = { epoch, position: found.next };
      pen.reach(found.next);
      if (writer.ended() || found.next >= upTo) return;
    }
  };

  return {
    async start() {
      // The first frame bears the place and nothing else, so that a client that is cut off before any event resumes
      // from it. A place that is not ours is nothing to resume from: the reset itself says from where.
      if (after === "unknown") pen.reset(start.position);
      else writer.place(pen.place());
      if (after !== null && after !== "unknown") await catchUp(after);
      const waiting = held ?? [];
      held = undefined;
      for (const shown of waiting) pen.send(shown);
    },
    take(shown) {
      if (held === undefined) pen.send(shown);
      else if (held.length >= LIVE_LIMITS.history) return false;
      else held.push(shown);
      return true;
    },
    place(whole) {
      if (held === undefined && whole) pen.reach(feed.place().position);
      return pen.place();
    },
  };
};
