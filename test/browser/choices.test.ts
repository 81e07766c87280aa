/** Language and theme: of the browser first, then as chosen, kept, and changed at once on a page that is open. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Page } from "playwright-core";
import { useDemo } from "./support/demo.ts";

const langOf = (page: Page) => page.evaluate(() => document.documentElement.lang);
const groundOf = (page: Page) => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);

const PAPER = { light: "rgb(246, 244, 238)", dark: "rgb(19, 23, 21)" };

describe("language and theme", () => {
  const { browser } = useDemo();

  test("come from the browser, are chosen on the page of one's own, and stay after a reload and in each page", async () => {
    const { page } = await browser.visit({ person: "vera", size: "phone", language: "ru", theme: "dark", path: "/me" });
    const main = page.getByRole("main");
    await main.getByRole("combobox", { name: "Язык" }).waitFor();
    assert.equal(await langOf(page), "ru");
    assert.equal(await groundOf(page), PAPER.dark);

    await main.getByRole("combobox", { name: "Язык" }).selectOption("uk");
    await main.getByRole("combobox", { name: "Мова" }).waitFor();
    assert.equal(await langOf(page), "uk");
    await main.getByRole("combobox", { name: "Тема" }).selectOption("light");
    await page.waitForFunction(
      (paper) => getComputedStyle(document.documentElement).backgroundColor === paper,
      PAPER.light,
    );

    await page.reload();
    await main.getByRole("combobox", { name: "Мова" }).waitFor();
    assert.equal(await groundOf(page), PAPER.light);
    for (const [path, heading] of [
      ["/orders", "Угоди"],
      ["/chats", "Чати"],
    ] as const) {
      await page.goto(new URL(path, page.url()).href);
      await page.getByRole("heading", { name: heading }).first().waitFor();
      assert.equal(await langOf(page), "uk");
    }
  });

  test("what is typed is still there when the language changes around it", async () => {
    const { page } = await browser.visit({ person: "vera", size: "desk", path: "/market" });
    await page.getByRole("row").filter({ hasText: "Anna" }).getByRole("link", { name: "Buy" }).click();
    await page.getByLabel("I pay", { exact: true }).fill("1 234,50");
    await page.getByRole("combobox", { name: "Language" }).first().selectOption("ru");
    await page.getByLabel("Плачу", { exact: true }).waitFor();
    assert.equal(await page.getByLabel("Плачу", { exact: true }).inputValue(), "1 234,50");
  });
});
