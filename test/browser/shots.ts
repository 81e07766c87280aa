/**
 * `npm run shots [-- NAME…]`: a picture of each page of the list in each theme, language and size, in the ignored folder
 * `shots/`, for somebody to look at. With names, of these pages alone.
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { DEMO_LOGINS, fillDemoMarket } from "../../simulators/sample-market/index.ts";
import { startMarket } from "../support/market.ts";
import { closeGuide, PAGES, whenReady } from "./pages.ts";
import { buildWebApp, launchChromium, openVisit, WEB_DIRECTORY } from "./support/browser.ts";
import { PLAYED } from "./support/demo.ts";
import { LANGUAGES, SIZES, type Size, THEMES } from "./support/sizes.ts";
import { createWorld } from "./world.ts";

const FOLDER = join(import.meta.dirname, "..", "..", "shots");

const names = process.argv.slice(2);
const pages = PAGES.filter(({ name }) => names.length === 0 || names.includes(name));
buildWebApp();
const market = await startMarket({ webDirectory: WEB_DIRECTORY, demoPeople: DEMO_LOGINS, ...PLAYED });
const [node] = market.nodes;
if (node === undefined) throw new Error("the market did not start");
await fillDemoMarket(node.exchange, () => {});
const world = await createWorld(market);
const browser = await launchChromium();
await mkdir(FOLDER, { recursive: true });
let count = 0;
for (const entry of pages)
  for (const language of LANGUAGES)
    for (const theme of THEMES)
      for (const size of Object.keys(SIZES) as Size[]) {
        const { page, context } = await openVisit(browser, node.address, {
          person: entry.person,
          language,
          theme,
          size,
        });
        if (!entry.guided) await closeGuide(context);
        await page.goto(entry.path(world));
        await whenReady(page, entry);
        await page.screenshot({ path: join(FOLDER, `${entry.name}-${size}-${theme}-${language}.png`), fullPage: true });
        await context.close();
        count++;
      }
await browser.close();
await market.end();
console.log(`${count} pictures in shots/`);
process.exit(0);
