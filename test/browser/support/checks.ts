/** What holds for every page: no fault that axe finds in either theme, nothing that reaches beyond the screen. */
import assert from "node:assert/strict";
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { THEMES, type Theme } from "./sizes.ts";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** The rules whose answer may be another one in another theme; for all others one look is as good as two. */
const COLOUR_RULES = ["color-contrast", "link-in-text-block"];

const violationsOf = async (page: Page, theme: Theme): Promise<readonly string[]> => {
  await page.emulateMedia({ colorScheme: theme });
  const isFirst = theme === THEMES[0];
  // In the page itself, where axe is by the second look: the other way opens a page of its own for each look, for the sake
  // of frames of other hosts, and there are none.
  const axe = new AxeBuilder({ page, ...(isFirst ? {} : { axeSource: ";" }) }).setLegacyMode();
  const looking = axe.options({ resultTypes: ["violations"] });
  const { violations } = await (isFirst ? looking.withTags(RULES) : looking.withRules(COLOUR_RULES)).analyze();
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(
      ({ target, failureSummary }) => `${theme}, ${id} (${help}): ${target.join(" ")}\n${failureSummary ?? ""}`,
    ),
  );
};

/** By axe, in both themes: colours differ, and what is right in one may be wrong in the other. */
export const assertAccessible = async (page: Page, what = page.url()): Promise<void> => {
  const found: string[] = [];
  for (const theme of THEMES) found.push(...(await violationsOf(page, theme)));
  assert.deepEqual(found, [], `axe found something on ${what}`);
};

/** @param width of the screen, where it is to be another one than it is */
export const assertNoSidewaysScroll = async (page: Page, width?: number): Promise<void> => {
  const { width: now = 0, height = 0 } = page.viewportSize() ?? {};
  if (width !== undefined) await page.setViewportSize({ width, height });
  const { wide, screen, widest } = await page.evaluate(() => {
    const root = document.documentElement;
    const reach = (element: Element) => element.getBoundingClientRect().right;
    const beyond = [...document.querySelectorAll("body *")].filter((element) => reach(element) > root.clientWidth + 1);
    const [first] = beyond.sort((one, other) => reach(other) - reach(one));
    return {
      wide: root.scrollWidth,
      screen: root.clientWidth,
      widest: first === undefined ? "" : `${first.tagName.toLowerCase()}.${first.getAttribute("class") ?? ""}`,
    };
  });
  assert.ok(wide <= screen, `at ${screen} px ${page.url()} scrolls sideways, to ${wide} px: ${widest}`);
  if (width !== undefined) await page.setViewportSize({ width: now, height });
};

/** One filled button says what to do now. In the layer that is on top, since a dialog has its own. */
export const assertOnePrimary = async (page: Page, what = page.url()): Promise<void> => {
  const primary = await page.evaluate(() => {
    const layer = [...document.querySelectorAll("dialog[open]")].at(-1) ?? document.body;
    return [...layer.querySelectorAll("[class*=_primary_]")]
      .filter((element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
      .map((element) => element.textContent);
  });
  assert.ok(primary.length <= 1, `${what} has several filled buttons: ${primary.join("; ")}`);
};
