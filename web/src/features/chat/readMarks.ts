/** Marks as read what is on the screen: the end of the chat is in sight and the tab is looked at. */
import { useEffect, useRef, useSyncExternalStore } from "react";
import type { Message, Order } from "../../data/types.ts";
import { markRead } from "./queries.ts";

const subscribe = (listener: () => void) => {
  document.addEventListener("visibilitychange", listener);
  return () => document.removeEventListener("visibilitychange", listener);
};

const useLookedAt = (): boolean => useSyncExternalStore(subscribe, () => document.visibilityState === "visible");

export const useReadMarks = (order: Order, lines: readonly Message[], atEnd: boolean): void => {
  const isLookedAt = useLookedAt();
  const marked = useRef(0);
  const me = order[order.role].id;
  const last = lines.findLast(({ kind, sender }) => kind !== "system" && sender !== me)?.seq ?? 0;
  useEffect(() => {
    if (!atEnd || !isLookedAt || order.unread === 0 || last <= marked.current) return;
    marked.current = last;
    // Whatever becomes of it: the next line that is seen marks this one too.
    void markRead(order.id, last);
  }, [atEnd, isLookedAt, last, order.id, order.unread]);
};
