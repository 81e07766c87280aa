/**
 * What is left until a deadline, on the server's clock. Amber under a third, brick under two minutes, each with its
 * words; said aloud at 10, 5, 2 and 1 minutes only. At zero it asks the server and says so.
 */
import { useEffect, useRef, useState } from "react";
import { announced, clockFace, type ServerClock, secondsLeft, timeOfDay, urgencyOf } from "../kernel/time.ts";
import css from "./Countdown.module.css";
import { useLanguage, useText } from "./text.tsx";

const TICK_MS = 250;

/** The seconds left, counted anew four times a second: a tab that slept shows the truth when it wakes. */
export const useSecondsLeft = (until: string, clock: ServerClock): number => {
  const [left, setLeft] = useState(() => secondsLeft(until, clock.now()));
  useEffect(() => {
    const count = () => setLeft(secondsLeft(until, clock.now()));
    count();
    const timer = setInterval(count, TICK_MS);
    return () => clearInterval(timer);
  }, [until, clock]);
  return left;
};

type Props = {
  readonly until: string;
  readonly clock: ServerClock;
  /** When the window began, for its last third. */
  readonly since?: string | null;
  /** The time is over: ask the server. Called once for a deadline. */
  readonly onOver?: () => void;
  /** Without "until 18:25". */
  readonly brief?: boolean;
};

export const Countdown = ({ until, clock, since = null, onOver, brief = false }: Props) => {
  const { common } = useText();
  const language = useLanguage();
  const left = useSecondsLeft(until, clock);
  const before = useRef(left);
  const [aloud, setAloud] = useState("");
  const over = left === 0;

  useEffect(() => {
    const minutes = announced(before.current, left);
    before.current = left;
    if (minutes !== null) setAloud(common.timeLeftAloud({ n: minutes }));
  }, [left, common]);

  const called = useRef<string | null>(null);
  useEffect(() => {
    if (!over || called.current === until) return;
    called.current = until;
    onOver?.();
  }, [over, until, onOver]);

  const total = since === null ? null : (Date.parse(until) - Date.parse(since)) / 1000;
  const face = clockFace(left);
  return (
    <span className={`${css.countdown} ${css[urgencyOf(left, total)]}`}>
      <span role="timer" aria-live="off">
        {over ? common.timeOver : brief ? face : common.timeLeft({ left: face, until: timeOfDay(until, language) })}
      </span>
      <span className={css.aloud} aria-live="polite">
        {aloud}
      </span>
    </span>
  );
};
