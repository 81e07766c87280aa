/**
 * The browser of the browser tests, pictures and page benches: Debian's Chromium. It is installed where we may; elsewhere a
 * sentence says what is missing. CHROMIUM names another one.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

const USUAL = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const APT = "/usr/bin/apt-get";
/** A download can hang without an error. */
const INSTALL_LIMIT_MS = 5 * 60_000;

/** What a container and a test need: no sandbox of its own for root, and no calls to anybody. */
export const CHROMIUM_ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
] as const;

/** @returns where it is; null: nowhere */
export const findChromium = (): string | null => {
  const given = process.env.CHROMIUM;
  if (given !== undefined) return existsSync(given) ? given : null;
  return USUAL.find((path) => existsSync(path)) ?? null;
};

const aptGet = (...args: readonly string[]): boolean =>
  spawnSync(APT, [...args], {
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    stdio: ["ignore", "ignore", "inherit"],
    timeout: INSTALL_LIMIT_MS,
  }).status === 0;

/** @throws with a sentence that says what to install */
export const ensureChromium = (): string => {
  const found = findChromium();
  if (found !== null) return found;
  if (process.env.CHROMIUM === undefined && process.getuid?.() === 0 && existsSync(APT)) {
    console.log("Installing Chromium for the browser tests (apt-get install chromium)");
    if (aptGet("update") && aptGet("install", "--yes", "--no-install-recommends", "chromium")) {
      const installed = findChromium();
      if (installed !== null) return installed;
    }
  }
  throw new Error(
    "The browser tests need Chromium, and it is not here: please install it (Debian: apt-get install chromium), or name " +
      "one with CHROMIUM=/path/to/chromium",
  );
};
