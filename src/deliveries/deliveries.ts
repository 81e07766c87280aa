/**
 * Sends what was queued: at least once, in order within a subject, each endpoint for itself. A dead end is parked after
 * its last attempt and is in nobody's way; it can be listed and sent again.
 */
import { createDispatch } from "./dispatch.ts";
import { createQueue } from "./queue.ts";
import { createSend } from "./send.ts";
import { createTake } from "./take.ts";
import type { Deliveries, DeliveriesOptions } from "./types.ts";

export const createDeliveries = (options: DeliveriesOptions): Deliveries => {
  const { pool, channel, onFailure } = options;
  return {
    ...createQueue(pool, channel),
    ...createDispatch(createTake(pool, channel), createSend(options), onFailure),
  };
};
