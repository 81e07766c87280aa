/** Who is in, of those who hold something of a node's while they are: so many in all, and so many of one caller. */
import { type Shared, shareOf } from "../kernel/index.ts";

export type Room = {
  /** @returns how to leave; `"own"`: the caller holds all that one may; `"full"`: others need what is left */
  enter(caller: string): (() => void) | "own" | "full";
};

export const createRoom = (shared: Shared): Room => {
  const held = new Map<string, number>();
  let inside = 0;
  return {
    enter(caller) {
      const own = held.get(caller) ?? 0;
      if (own >= shared.each) return "own";
      if (own >= shareOf(shared, inside)) return "full";
      inside++;
      held.set(caller, own + 1);
      return () => {
        inside--;
        const left = (held.get(caller) ?? 1) - 1;
        if (left === 0) held.delete(caller);
        else held.set(caller, left);
      };
    },
  };
};
