/**
 * What holds for every page of the list, at both sizes: axe in both themes, one filled button, the narrowest screen
 * and one that is doubled, a quiet console. Each person walks through their pages in one browser of their own, several people at once.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { closeGuide, PAGES, type PageEntry, whenReady } from "./pages.ts";
import { keepPictures, type Visitor } from "./support/browser.ts";
import { assertAccessible, assertNoSidewaysScroll, assertOnePrimary } from "./support/checks.ts";
import { PLAYED, useDemo } from "./support/demo.ts";
import { DOUBLED, NARROWEST, SIZES, type Size } from "./support/sizes.ts";
import { createWorld, type World } from "./world.ts";

/** Who walks at once: one waits for the server while another is drawn. */
const AT_ONCE = 3;

const WALKS = Map.groupBy(PAGES, ({ person, guided }) => `${person ?? "a visitor"}${guided ? " with the guide" : ""}`);

describe("every page", { concurrency: AT_ONCE }, () => {
  let world: World;
  const { browser } = useDemo(PLAYED, async (market) => {
    world = await createWorld(market);
  });

  const look = async (visitor: Visitor, entry: PageEntry, size: Size): Promise<void> => {
    const { page, faults } = visitor;
    // Those of a page before it were that page's.
    faults.take();
    try {
      await page.setViewportSize(SIZES[size]);
      await page.goto(entry.path(world));
      await whenReady(page, entry);
      await assertAccessible(page, entry.name);
      await assertOnePrimary(page, entry.name);
      if (size === "desk") await assertNoSidewaysScroll(page);
      await assertNoSidewaysScroll(page, size === "desk" ? DOUBLED : NARROWEST);
      assert.deepEqual(faults.take(), [], "what a page must never do");
    } catch (error) {
      await keepPictures(`${entry.name} ${size}`, [visitor]);
      throw error;
    }
  };

  for (const size of Object.keys(SIZES) as Size[])
    for (const [who, entries] of WALKS)
      test(`as ${who} on a ${size}`, async (t) => {
        const [{ person, guided }] = entries as [PageEntry];
        const visitor = await browser.open({ size, person });
        if (!guided) await closeGuide(visitor.context);
        try {
          for (const entry of entries)
            await t.test(
              `${entry.name}: axe finds nothing in either theme, nothing scrolls sideways, the console is quiet`,
              () => look(visitor, entry, size),
            );
        } finally {
          await visitor.context.close();
        }
      });
});
