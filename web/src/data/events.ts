/** Who wants to hear of each event of the stream beside the cache, such as notices. */
import type { ParleyEvent } from "./types.ts";

const listeners = new Set<(event: ParleyEvent) => void>();

/** What came before anybody listened: who tells of it is loaded after the page. */
const early: ParleyEvent[] = [];
const MOST_EARLY = 100;

export const onEvent = (listener: (event: ParleyEvent) => void): (() => void) => {
  listeners.add(listener);
  for (const event of early.splice(0)) listener(event);
  return () => void listeners.delete(listener);
};

/** By the stream alone. */
export const announce = (event: ParleyEvent): void => {
  if (listeners.size === 0 && early.length < MOST_EARLY) early.push(event);
  for (const listener of listeners) listener(event);
};

/** Somebody else is here now, whom nothing of it concerns. */
export const forgetEarly = (): void => void early.splice(0);
