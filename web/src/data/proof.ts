/**
 * Proving once more who somebody is: an act that the server answers with "second factor first" waits here until the page has
 * asked for it, and is then repeated, the same act under the same key. One question at a time, whoever waits for it.
 */
import { useSyncExternalStore } from "react";

/** What is asked for: a code, or the password of somebody without a second factor. */
export type Need = "factor" | "password";

type Question = { readonly need: Need; readonly answer: (proven: boolean) => void };

let question: Question | null = null;
let asked: Promise<boolean> | null = null;
const listeners = new Set<() => void>();
const tell = (): void => {
  for (const listener of listeners) listener();
};

/** Resolves when it was proven (true), or whoever was asked has gone away. */
export const askForProof = (need: Need): Promise<boolean> => {
  asked ??= new Promise<boolean>((resolve) => {
    question = {
      need,
      answer(proven) {
        question = null;
        asked = null;
        tell();
        resolve(proven);
      },
    };
    tell();
  });
  return asked;
};

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** What the page is to ask; null: nothing. */
export const useQuestion = (): Question | null => useSyncExternalStore(subscribe, () => question);
