/** What holds for every page of the list: axe in both themes, the narrowest screen, a quiet console, at both sizes. */
import { describe, test } from "node:test";
import { PAGES, whenReady } from "./pages.ts";
import { assertAccessible, assertNoSidewaysScroll } from "./support/checks.ts";
import { useDemo } from "./support/demo.ts";
import { NARROWEST, SIZES, type Size } from "./support/sizes.ts";
import { createWorld, type World } from "./world.ts";

describe("every page", () => {
  let world: World;
  const { browser } = useDemo({}, async (market) => {
    world = await createWorld(market);
  });

  for (const size of Object.keys(SIZES) as Size[])
    for (const entry of PAGES)
      test(`${entry.name} on a ${size}: axe finds nothing in either theme, nothing scrolls sideways, the console is quiet`, async () => {
        const { page } = await browser.visit({ size, person: entry.person, path: entry.path(world) });
        await whenReady(page, entry);
        await assertAccessible(page, entry.name);
        await assertNoSidewaysScroll(page, size === "phone" ? NARROWEST : undefined);
      });
});
