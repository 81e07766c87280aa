/** Who wants to hear of each event of the stream beside the cache, such as notices. */
import type { ParleyEvent } from "./types.ts";

const listeners = new Set<(event: ParleyEvent) => void>();

export const onEvent = (listener: (event: ParleyEvent) => void): (() => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};

/** By the stream alone. */
export const announce = (event: ParleyEvent): void => {
  for (const listener of listeners) listener(event);
};
