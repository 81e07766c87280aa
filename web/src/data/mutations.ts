/**
 * Acts that move money. The key is made with the dialog and kept through every repeat, so that whatever is lost on the way
 * is done once. While it is not known what became of an act, it is asked again under its key and the page says "Finding
 * out…"; an answered refusal means that nothing was done, and the next try is an act of its own.
 */
import { newKey, type Result } from "@parley/client";
import { useCallback, useEffect, useRef, useState } from "react";
import type { Failure } from "./types.ts";

/** For acts that keep their key elsewhere than in `useAct`. */
export { newKey };

/** Between two questions about the fate of an act; the client has already asked several times by then. */
const ASK_AGAIN_MS = 3_000;

export type ActCall = { readonly key: string; readonly onUncertain: () => void };

export type Act<Input> = {
  readonly state: "idle" | "sending" | "finding-out";
  /** For `Button`'s `busy`. */
  readonly busy: boolean | "finding-out";
  /** The last refusal, until the next try. */
  readonly failure: Failure | null;
  readonly submit: (input: Input) => void;
};

type Options<Input, Answer> = {
  readonly send: (input: Input, call: ActCall) => Promise<Result<Answer, Failure>>;
  readonly onDone: (answer: Answer) => void;
  readonly onRefused?: (failure: Failure) => void;
};

const isUncertain = (result: Result<unknown, Failure>): boolean =>
  !result.ok && (result.error.code === "NO_ANSWER" || result.error.code === "OUTCOME_UNKNOWN");

export const useAct = <Input, Answer>({ send, onDone, onRefused }: Options<Input, Answer>): Act<Input> => {
  const [state, setState] = useState<Act<Input>["state"]>("idle");
  const [failure, setFailure] = useState<Failure | null>(null);
  const key = useRef(newKey());
  const running = useRef(false);
  const gone = useRef(false);
  useEffect(() => {
    gone.current = false;
    return () => {
      gone.current = true;
    };
  }, []);

  const run = async (input: Input) => {
    if (running.current) return;
    running.current = true;
    setFailure(null);
    setState("sending");
    const call: ActCall = { key: key.current, onUncertain: () => setState("finding-out") };
    let result = await send(input, call);
    while (isUncertain(result) && !gone.current) {
      setState("finding-out");
      await untilWorthAsking();
      result = await send(input, call);
    }
    running.current = false;
    setState("idle");
    if (result.ok) {
      key.current = newKey();
      onDone(result.data);
    } else if (!isUncertain(result)) {
      // Busy or overloaded says the same of this key as of another: nothing was done.
      if (result.status !== 503) key.current = newKey();
      setFailure(result.error);
      onRefused?.(result.error);
    }
  };
  const latest = useRef(run);
  latest.current = run;
  const submit = useCallback((input: Input) => void latest.current(input), []);

  return { state, busy: state === "idle" ? false : state === "sending" ? true : "finding-out", failure, submit };
};

/** A while, or as soon as the device says that it is online again. */
const untilWorthAsking = (): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      window.removeEventListener("online", done);
      resolve();
    };
    const timer = setTimeout(done, ASK_AGAIN_MS);
    window.addEventListener("online", done);
  });
