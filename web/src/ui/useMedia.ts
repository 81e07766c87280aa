/** Whether a media query holds, for what must not only be hidden but absent. */
import { useCallback, useSyncExternalStore } from "react";

export const useMedia = (query: string): boolean => {
  const subscribe = useCallback(
    (listener: () => void) => {
      const list = matchMedia(query);
      list.addEventListener("change", listener);
      return () => list.removeEventListener("change", listener);
    },
    [query],
  );
  return useSyncExternalStore(subscribe, () => matchMedia(query).matches);
};

/** The order and its chat stand beside each other. */
export const BESIDE = "(min-width: 1180px)";

/** Whoever points with a mouse writes with a keyboard. */
export const FINE_POINTER = "(pointer: fine)";
