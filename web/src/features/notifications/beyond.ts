/** Beyond the page: the browser's own notices and a short sound. Both are off until somebody wants them. */
import { useSyncExternalStore } from "react";
import { host } from "../../data/host.ts";

/** `none`: this browser has no notices, or none for a page in a frame. */
export type Permission = NotificationPermission | "none";

const watchers = new Set<() => void>();
const watch = (watcher: () => void) => {
  watchers.add(watcher);
  return () => void watchers.delete(watcher);
};

export const permission = (): Permission =>
  host === null && "Notification" in window && window.isSecureContext ? Notification.permission : "none";

export const usePermission = (): Permission => useSyncExternalStore(watch, permission);

/** Only by a press of a button: browsers ask nothing otherwise. */
export const askPermission = async (): Promise<void> => {
  await Notification.requestPermission();
  for (const watcher of watchers) watcher();
};

/** @param id a second one with the same id takes the place of the first */
export const notifyBeyond = (id: string, sentence: string, onOpen: () => void): void => {
  try {
    const notice = new Notification(sentence, { tag: `parley ${id}`, silent: true });
    notice.addEventListener("click", () => {
      window.focus();
      notice.close();
      onOpen();
    });
  } catch {
    // Browsers of phones show notices of programs that run without a page, which this is not: the bell has it.
  }
};

/** Two soft notes. Hz, and when each begins, in seconds. */
const NOTES = [
  { pitch: 660, from: 0 },
  { pitch: 880, from: 0.14 },
] as const;
const NOTE_SECONDS = 0.35;
const LOUDNESS = 0.12;

let audio: AudioContext | undefined;

/** Nothing where the browser has not heard of its reader yet: it would refuse. */
export const playSound = async (): Promise<void> => {
  if (!navigator.userActivation?.hasBeenActive) return;
  audio ??= new AudioContext();
  await audio.resume();
  for (const { pitch, from } of NOTES) {
    const start = audio.currentTime + from;
    const tone = new OscillatorNode(audio, { type: "sine", frequency: pitch });
    const level = new GainNode(audio, { gain: 0 });
    level.gain.setValueAtTime(0, start);
    level.gain.linearRampToValueAtTime(LOUDNESS, start + 0.02);
    level.gain.exponentialRampToValueAtTime(0.001, start + NOTE_SECONDS);
    tone.connect(level).connect(audio.destination);
    tone.start(start);
    tone.stop(start + NOTE_SECONDS);
  }
};
