/** What live updates may take of a node and of a client's patience. */
import { SECOND } from "../../kernel/index.ts";

export const LIVE_LIMITS = {
  /** Streams of one caller on one node: a few devices, a few tabs. */
  perCaller: 64,
  perNode: 10_000,
  /** Bytes that a slow reader may leave unread; then the stream ends and the client resumes. */
  buffer: 262_144,
  /** Events read at once while catching up, and held back meanwhile. */
  history: 500,
  heartbeatMs: 15 * SECOND,
} as const;
