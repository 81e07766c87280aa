/** The browser of the browser tests, pictures and page benches: Debian's Chromium. CHROMIUM names another one. */
import { type DebianProgram, ensureProgram } from "./debian.ts";

const CHROMIUM: DebianProgram = {
  name: "Chromium",
  package: "chromium",
  usual: ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"],
  variable: "CHROMIUM",
  user: "The browser tests need",
};

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

/** @throws with a sentence that says what to install */
export const ensureChromium = (): string => ensureProgram(CHROMIUM);
