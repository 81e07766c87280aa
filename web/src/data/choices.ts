/** Choices of this browser that several places show: who changes one in one place sees it in all. */
import { useSyncExternalStore } from "react";
import type { Stored } from "../kernel/storage.ts";

const watchers = new Set<() => void>();
const watch = (watcher: () => void): (() => void) => {
  watchers.add(watcher);
  return () => void watchers.delete(watcher);
};

/** Writes a choice and shows it wherever it is shown. */
export const choose = <Value>(what: Stored<Value>, value: Value): void => {
  what.write(value);
  for (const watcher of watchers) watcher();
};

/** @param read gives a value that compares by itself */
export const useChoice = <Value extends string | boolean>(read: () => Value): Value =>
  useSyncExternalStore(watch, read);
