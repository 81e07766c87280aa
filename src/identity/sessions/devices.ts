/** What a browser calls itself, in two words that its owner knows it by. Only ever shown; nothing is decided by it. */

/** The first that is found: many call themselves by others' names as well. */
const BROWSERS = [
  ["Edg", "Edge"],
  ["OPR/", "Opera"],
  ["YaBrowser", "Yandex Browser"],
  ["SamsungBrowser", "Samsung Internet"],
  ["Firefox/", "Firefox"],
  ["FxiOS", "Firefox"],
  ["CriOS", "Chrome"],
  ["Chrome/", "Chrome"],
  ["Safari/", "Safari"],
] as const;
const SYSTEMS = [
  ["Android", "Android"],
  ["iPhone", "iPhone"],
  ["iPad", "iPad"],
  ["Windows", "Windows"],
  ["Mac OS X", "macOS"],
  ["CrOS", "ChromeOS"],
  ["Linux", "Linux"],
] as const;

const MAX_UNKNOWN = 60;

export const deviceOf = (agent: string): string => {
  const browser = BROWSERS.find(([sign]) => agent.includes(sign))?.[1];
  const system = SYSTEMS.find(([sign]) => agent.includes(sign))?.[1];
  if (browser !== undefined) return system === undefined ? browser : `${browser}, ${system}`;
  return agent.slice(0, MAX_UNKNOWN).toWellFormed() || "unknown";
};
