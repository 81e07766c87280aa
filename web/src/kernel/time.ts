/**
 * The server's time. Deadlines are the server's, and a device's clock may be wrong by hours: what is left is counted
 * from what the server said the time was, on a clock that nobody can set.
 */

export type ServerClock = {
  /** Learns from a time that the server wrote into an answer just received. */
  readonly learn: (serverTime: string) => void;
  /** The server's time in ms since 1970, or the device's before anything was learnt. */
  readonly now: () => number;
};

export type Clocks = {
  /** Only ever runs forward, in ms. */
  readonly steady: () => number;
  /** The device's own, in ms since 1970. */
  readonly device: () => number;
};

const BROWSER: Clocks = { steady: () => performance.now(), device: () => Date.now() };

/**
 * An answer is older than it seems by its way here, never younger: of all that was learnt, the greatest lead is the one
 * that was under way the shortest. An old answer from a cache therefore sets nothing back.
 */
export const createServerClock = ({ steady, device }: Clocks = BROWSER): ServerClock => {
  let lead: number | null = null;
  return {
    learn: (serverTime) => {
      const seen = Date.parse(serverTime) - steady();
      if (Number.isFinite(seen)) lead = lead === null ? seen : Math.max(lead, seen);
    },
    now: () => (lead === null ? device() : lead + steady()),
  };
};

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** What is left in whole seconds, rounded up, never below 0: at 0 the time is over. */
export const secondsLeft = (until: string, now: number): number =>
  Math.max(0, Math.ceil((Date.parse(until) - now) / SECOND));

/** `12:40`, or `1:02:40` from an hour on. */
export const clockFace = (seconds: number): string => {
  const two = (value: number) => String(value).padStart(2, "0");
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
};

export type Urgency = "calm" | "soon" | "now";

/** Of a window, the last third is amber. */
const SOON_PART = 1 / 3;
const NOW_SECONDS = 120;

/** @param total the whole window in seconds; null where it is not known: then two minutes alone count */
export const urgencyOf = (left: number, total: number | null): Urgency => {
  if (left < NOW_SECONDS) return "now";
  return total !== null && left < total * SOON_PART ? "soon" : "calm";
};

/** Whole minutes left at which a countdown is said aloud. */
export const ANNOUNCED_MINUTES: readonly number[] = [10, 5, 2, 1];

/** The minutes to say aloud when the countdown goes from one value to the next; null for silence. */
export const announced = (before: number, after: number): number | null =>
  ANNOUNCED_MINUTES.find((minutes) => before > minutes * 60 && after <= minutes * 60) ?? null;

/** How dates are written: days first, 24 hours, also in English. */
const DATES: Readonly<Record<string, string>> = { en: "en-GB", ru: "ru", uk: "uk" };

const dateFormats = new Map<string, Intl.DateTimeFormat>();

const formatDate = (time: number, language: string, key: string, options: Intl.DateTimeFormatOptions): string => {
  const id = `${language} ${key}`;
  const format = dateFormats.get(id) ?? new Intl.DateTimeFormat(DATES[language] ?? "en-GB", options);
  dateFormats.set(id, format);
  return format.format(time);
};

/** `18:25` in the viewer's zone. */
export const timeOfDay = (time: string, language: string): string =>
  formatDate(Date.parse(time), language, "time", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

/** `12 March`, with the year when it is not this one. */
export const dayOf = (time: string, language: string, now: number = Date.now()): string => {
  const sameYear = new Date(time).getFullYear() === new Date(now).getFullYear();
  return formatDate(Date.parse(time), language, sameYear ? "day" : "day and year", {
    day: "numeric",
    month: "long",
    ...(sameYear ? {} : { year: "numeric" }),
  });
};

/** `12 Mar, 18:25`. */
export const dayAndTime = (time: string, language: string): string =>
  formatDate(Date.parse(time), language, "day and time", {
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });

/** The server notes visits in steps of five minutes: whoever was seen within two of them is here. */
const HERE_MS = 10 * MINUTE;

export const isHere = (lastSeen: string, now: number): boolean => now - Date.parse(lastSeen) < HERE_MS;

const UNITS = [
  ["day", DAY],
  ["hour", HOUR],
  ["minute", MINUTE],
] as const;

/** `2 hours ago`, in the largest unit that fits. */
export const timeAgo = (time: string, now: number, language: string): string => {
  const passed = Math.max(0, now - Date.parse(time));
  const [unit, length] = UNITS.find(([, ms]) => passed >= ms) ?? ["minute", MINUTE];
  return new Intl.RelativeTimeFormat(language).format(-Math.floor(passed / length), unit);
};

/** The day in the viewer's zone as a key for grouping. */
export const dayKey = (time: string): string => {
  const date = new Date(time);
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`;
};

/** The viewer's zone, which the console names: `Europe/Kyiv`. */
export const zoneName = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;
