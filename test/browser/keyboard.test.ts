/** From a stranger to a trade that is done and rated, by keyboard alone: no test here touches a mouse, or sets a focus. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Page } from "playwright-core";
import { usePlayedDemo } from "./support/demo.ts";

/** Whoever presses Tab more often than this has been left alone. */
const MOST_TABS = 60;

/** What has the focus, as a screen reader would call it, and whether it is seen to have it. */
const focused = (page: Page): Promise<{ readonly name: string; readonly isSeen: boolean }> =>
  page.evaluate(() => {
    const { activeElement: element } = document;
    if (!(element instanceof HTMLElement)) return { name: "", isSeen: false };
    const label = "labels" in element ? (element.labels as NodeListOf<HTMLLabelElement> | null)?.[0] : undefined;
    const name = element.getAttribute("aria-label") ?? label?.textContent ?? element.textContent ?? "";
    return { name: name.replaceAll(/\s+/g, " ").trim(), isSeen: element.matches(":focus-visible") };
  });

const tabTo = async (page: Page, wanted: RegExp): Promise<void> => {
  const passed: string[] = [];
  for (let tabs = 0; tabs < MOST_TABS; tabs++) {
    await page.keyboard.press("Tab");
    const { name, isSeen } = await focused(page);
    passed.push(name);
    if (!wanted.test(name)) continue;
    assert.ok(isSeen, `"${name}" has the focus, and nobody sees it`);
    return;
  }
  assert.fail(`no way by Tab to ${wanted}; passed were\n${passed.join("\n")}`);
};

const press = async (page: Page, wanted: RegExp, key = "Enter"): Promise<void> => {
  await tabTo(page, wanted);
  await page.keyboard.press(key);
};

const write = async (page: Page, field: RegExp, text: string): Promise<void> => {
  await tabTo(page, field);
  await page.keyboard.type(text);
};

describe("a whole trade by keyboard alone", () => {
  const { browser } = usePlayedDemo({ env: { SIGN_UP: "open" } });

  for (const size of ["desk", "phone"] as const) {
    test(`from the market as a stranger, over signing up, to the stars, at a ${size}'s size`, async () => {
      const { page } = await browser.visit({ size, path: "/market" });
      const there = (heading: RegExp) => page.getByRole("heading", { name: heading }).first().waitFor();
      await page.getByRole("row").first().waitFor();

      await press(page, /^Skip to/);
      assert.equal(await page.evaluate(() => document.activeElement?.id), "content");
      await page.getByRole("row").filter({ hasText: "Daria" }).waitFor();
      await press(page, /^Buy$/);
      await there(/^Buy USDT from/);
      await press(page, /^Min$/);
      const sum = await page.getByLabel("I pay", { exact: true }).inputValue();
      await press(page, /^Sign in to start$/);
      await there(/^Sign in$/);
      await press(page, /^Sign up$/);
      await there(/^Sign up$/);
      await write(page, /^Name/, "Nina");
      await write(page, /^Login/, `nina-${size}`);
      await write(page, /^Password/, "correct horse battery");
      await page.keyboard.press("Enter");

      await there(/^Buy USDT from/);
      assert.equal(await page.getByLabel("I pay", { exact: true }).inputValue(), sum, "the same ad and amount");
      await tabTo(page, /^(Bank card|Bank transfer)$/);
      await page.keyboard.press("Space");
      await press(page, /^Start order/);
      await page.waitForURL(/\/orders\/\d+$/);

      await there(/^Pay /);
      await press(page, /^I have paid/);
      const dialog = page.getByRole("dialog");
      await dialog.waitFor();
      await page.keyboard.press("Escape");
      await dialog.waitFor({ state: "detached" });
      assert.match((await focused(page)).name, /^I have paid/, "Esc gives the focus back");
      await page.keyboard.press("Enter");
      await dialog.waitFor();
      await press(page, /^Sent from my own account$/, "Space");
      await press(page, /^I have paid$/);
      await dialog.waitFor({ state: "detached" });

      await there(/is yours$/);
      await tabTo(page, /^1 star$/);
      for (let star = 1; star < 5; star++) await page.keyboard.press("ArrowRight");
      await press(page, /^Rate$/);
      await page.getByText("You gave 5 stars.").waitFor();
    });
  }
});
