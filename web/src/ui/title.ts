/** The title of the page: in the tab, with what waits before it, and in the top bar of a phone. */
import { useEffect, useSyncExternalStore } from "react";

let title = "";
let prefix = "";
const listeners = new Set<() => void>();

const write = () => {
  document.title = `${prefix}${title === "" ? "" : `${title} · `}Parley`;
  for (const listener of listeners) listener();
};

export const useTitle = (text: string): void => {
  useEffect(() => {
    title = text;
    write();
  }, [text]);
};

/** Set by the frame: "(2) ". */
export const useTitlePrefix = (text: string): void => {
  useEffect(() => {
    prefix = text;
    write();
  }, [text]);
};

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};

export const useShownTitle = (): string => useSyncExternalStore(subscribe, () => title);
