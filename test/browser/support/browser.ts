/**
 * Real Chromium for tests: a context of its own for each person, on a phone or at a desk. Promises that a test that leaves
 * an error in a console, a report of the Content-Security-Policy or a request to another host behind fails for it.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, before } from "node:test";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { CHROMIUM_ARGS, ensureChromium } from "../../../scripts/chromium.ts";
import { collectFaults, type Faults } from "./faults.ts";
import { type Language, LOCALES, SIZES, type Size, type Theme, TIME_ZONE } from "./sizes.ts";

const ROOT = join(import.meta.dirname, "..", "..", "..");
/** Where the web app was built. */
export const WEB_DIRECTORY = join(ROOT, "web", "dist");
/** What pages looked like when a test failed; nobody keeps them. */
const FAILED = join(ROOT, "shots", "failed");

/** For what a page does by itself, on a machine that is busy with other things. */
const PATIENCE_MS = 20_000;

export type Visit = {
  /** Who it is: one of the demo's people; nobody unless said otherwise. */
  readonly person?: string | null;
  readonly size?: Size;
  readonly theme?: Theme;
  readonly language?: Language;
  /** Where to begin; without it the page is empty. */
  readonly path?: string;
};

export type Visitor = {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly faults: Faults;
  /** Another tab of the same person. */
  newTab(path: string): Promise<Page>;
};

export type TestBrowser = {
  /** Somebody comes, with a browser of their own. It is closed after the test. */
  visit(visit?: Visit): Promise<Visitor>;
  /** The same for several tests, some of them at once: nobody looks at the faults and closes it but who opened it. */
  open(visit: Visit): Promise<Visitor>;
};

/** The newest sources, whoever starts the tests; a matter of milliseconds when it was done already. */
export const buildWebApp = (): void => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, "scripts", "web.ts")], {
    encoding: "utf8",
  });
  assert.equal(status, 0, `the web app could not be built:\n${stdout}${stderr}`);
};

export const launchChromium = (): Promise<Browser> =>
  chromium.launch({ executablePath: ensureChromium(), args: [...CHROMIUM_ARGS], timeout: 60_000 });

/** The demo's own way in, so that a test about something else need not sign in by hand. */
const signIn = async (context: BrowserContext, origin: string, person: string): Promise<void> => {
  const reply = await context.request.post(`${origin}/api/v1/identity/demo`, {
    data: { person },
    headers: { origin, "parley-client": "test" },
  });
  assert.equal(reply.status(), 200, `${person} cannot come in: ${await reply.text()}`);
};

/** @param visit as in a test, but nobody looks at the faults and closes it but who opened it */
export const openVisit = async (browser: Browser, origin: string, visit: Visit): Promise<Visitor> => {
  const { person = null, size = "desk", theme = "light", language = "en", path } = visit;
  const context = await browser.newContext({
    viewport: SIZES[size],
    hasTouch: size === "phone",
    isMobile: size === "phone",
    locale: LOCALES[language],
    timezoneId: TIME_ZONE,
    colorScheme: theme,
    reducedMotion: "reduce",
    baseURL: origin,
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const faults = collectFaults(context, origin);
  if (person !== null) await signIn(context, origin, person);
  const newTab = async (to: string): Promise<Page> => {
    const page = await context.newPage();
    await page.goto(to);
    return page;
  };
  const page = path === undefined ? await context.newPage() : await newTab(path);
  return { page, context, faults, newTab };
};

/** What their pages look like now, for whoever asks why a test failed. */
export const keepPictures = async (name: string, visitors: readonly Visitor[]): Promise<void> => {
  mkdirSync(FAILED, { recursive: true });
  const pages = visitors.flatMap(({ context }) => context.pages());
  for (const [index, page] of pages.entries()) {
    const file = `${name.replaceAll(/[^\p{L}\p{N}]+/gu, "-").slice(0, 80)}-${index + 1}.png`;
    await page.screenshot({ path: join(FAILED, file) }).catch(() => {});
  }
};

/** @param origin asked for when somebody comes: by then the server listens */
export const useBrowser = (origin: () => string): TestBrowser => {
  let browser: Browser | undefined;
  const visitors: Visitor[] = [];

  before(async () => {
    browser = await launchChromium();
  });
  afterEach(async (context) => {
    const passed = Reflect.get(context, "passed") !== false;
    const left = visitors.splice(0);
    if (!passed) await keepPictures(context.name, left);
    const found = left.flatMap(({ faults }) => faults.found());
    await Promise.all(left.map((visitor) => visitor.context.close()));
    assert.deepEqual(found, [], "what a page must never do");
  });
  after(() => browser?.close());

  const open = (visit: Visit): Promise<Visitor> => {
    assert.ok(browser, "Chromium did not start");
    return openVisit(browser, origin(), visit);
  };
  return {
    open,
    async visit(visit = {}) {
      const visitor = await open(visit);
      visitors.push(visitor);
      return visitor;
    },
  };
};
