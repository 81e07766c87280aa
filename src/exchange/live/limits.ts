/** What live updates may take of a node and of a client's patience. */
import { SECOND } from "../../kernel/index.ts";

export const LIVE_LIMITS = {
  /** Of one node, and of one caller there: a few devices, a few tabs. */
  streams: { all: 10_000, each: 64 },
  /** Bytes that a slow reader may leave unread; then the stream ends and the client resumes. */
  buffer: 262_144,
  /** Events that may be held back for a stream while it catches up. */
  history: 500,
  /** Events of one reader that may wait while those before them are read: more than a burst of the reader's own makes. */
  waiting: 5_000,
  /** Events for which what they are about is read together: orders, lines and so on, each by its key. */
  shownAtOnce: 100,
  heartbeatMs: 15 * SECOND,
} as const;
