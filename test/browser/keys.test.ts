/** Single keys: they lead about, touch no money, are silent while somebody writes, and can be turned off. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { useDemo } from "./support/demo.ts";
import { take } from "./support/trading.ts";

describe("single keys", () => {
  const { browser } = useDemo();

  test("lead to the filters and to sections, list themselves, and Esc gives the focus back", async () => {
    const { page } = await browser.visit({ person: "anna", size: "desk", path: "/market" });
    const { keyboard } = page;
    await page.getByRole("row").first().waitFor();
    await keyboard.press("/");
    await page.locator("[data-filters] input:focus").waitFor();
    await keyboard.type("go?");
    assert.equal(new URL(page.url()).pathname, "/market", "who writes, writes");
    assert.equal(await page.getByRole("dialog").count(), 0);
    await page.getByRole("link", { name: "Orders" }).first().focus();
    await keyboard.press("?");
    const list = page.getByRole("dialog", { name: "Keys" });
    await list.waitFor();
    await keyboard.press("Escape");
    await list.waitFor({ state: "detached" });
    assert.match(await page.evaluate(() => document.activeElement?.textContent ?? ""), /Orders/);
    for (const [key, path] of [
      ["o", "/orders"],
      ["c", "/chats"],
      ["a", "/my-ads"],
      ["m", "/market"],
    ] as const) {
      await keyboard.press("g");
      await keyboard.press(key);
      await page.waitForURL((url) => url.pathname === path);
    }
  });

  test("are off when they are turned off on one's own page, and stay off after a reload", async () => {
    const { page } = await browser.visit({ person: "anna", size: "desk", path: "/me" });
    await page.getByRole("switch", { name: /Single keys/ }).uncheck();
    await page.reload();
    await page.getByRole("switch", { name: /Single keys/ }).waitFor();
    await page.keyboard.press("g");
    await page.keyboard.press("m");
    await page.keyboard.press("?");
    await page.getByRole("switch", { name: /Single keys/ }).check();
    assert.equal(new URL(page.url()).pathname, "/me");
    assert.equal(await page.getByRole("dialog").count(), 0);
    await page.keyboard.press("g");
    await page.keyboard.press("m");
    await page.waitForURL((url) => url.pathname === "/market");
  });

  test("none of them moves an order: every printable key is pressed in its room, and it is as it was", async () => {
    const { page } = await browser.visit({ person: "vera", size: "desk", path: "/market" });
    await take(page, "Anna", { side: "Buy", sum: "1 000" });
    const posts: string[] = [];
    page.on("request", (request) => {
      if (request.method() === "POST") posts.push(request.url());
    });
    await page.getByRole("heading", { name: /^Pay/ }).waitFor();
    await page.getByRole("heading", { level: 1 }).focus();
    for (const key of "abcdefhijklnpqrstuvwxyz0123456789") await page.keyboard.press(key);
    await page.keyboard.press("Enter");
    assert.deepEqual(
      posts.filter((url) => /confirm|cancel|call-operator|release/.test(url)),
      [],
    );
    await page.getByRole("heading", { name: /^Pay/ }).waitFor();
    assert.equal(await page.getByRole("dialog").count(), 0);
  });
});
