/** Tokens for one's own programs: made on the page, shown once, used by a program, ended on the page. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Page } from "playwright-core";
import { useDemo } from "./support/demo.ts";
import { SIZES, type Size } from "./support/sizes.ts";

describe("tokens", () => {
  const { browser, market } = useDemo({});

  const call = (token: string, method: string, path: string, body?: object) =>
    market.stranger(method, path, body, { headers: { authorization: `Bearer ${token}` } });

  const openForm = async (page: Page) => {
    await page.getByRole("button", { name: "New token" }).click();
    return page.getByRole("dialog", { name: "New token" });
  };

  const lines = (page: Page) => page.getByRole("table", { name: "Tokens" }).getByRole("row");

  for (const size of Object.keys(SIZES) as Size[])
    test(`one is made, copied, used and ended (${size})`, async () => {
      const { page } = await browser.visit({ person: size === "phone" ? "vera" : "anna", size, path: "/me" });
      await page.getByRole("link", { name: "Tokens for your programs" }).click();
      await page.getByRole("heading", { name: "No program acts for you" }).waitFor();

      const form = await openForm(page);
      await form.getByRole("button", { name: "Make it" }).click();
      await form.getByText("Fill this in.").waitFor();
      await form.getByLabel("Name").fill("My <b>bot</b>");
      assert.equal(await form.getByText("This token can give your USDT away").count(), 0);
      await form.getByRole("radio", { name: /^Trade and release/ }).check();
      await form.getByText("This token can give your USDT away").waitFor();
      await form.getByRole("radio", { name: /^Trade Also post ads/ }).check();
      await form.getByLabel("It is over after").selectOption("90");
      await form.getByRole("button", { name: "Make it" }).click();

      const shown = page.getByRole("dialog", { name: "Token “My <b>bot</b>”" });
      const token = (await shown.getByRole("code").textContent()) ?? "";
      assert.match(token, /^pat_[\w-]{43}$/);
      await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
      await shown.getByRole("button", { name: "Copy: Token" }).click();
      await shown.getByText("Copied", { exact: true }).waitFor();
      assert.equal(await page.evaluate(() => navigator.clipboard.readText()), token);
      await shown.getByRole("button", { name: "I have saved it" }).click();

      const line = lines(page).filter({ hasText: "My <b>bot</b>" });
      await line.getByText("Trade", { exact: true }).waitFor();
      await line.getByText("never").waitFor();
      assert.ok(!(await page.content()).includes(token), "the page has forgotten it");
      await page.reload();
      await line.waitFor();
      assert.ok(!(await page.content()).includes(token));

      assert.equal((await call(token, "GET", "/wallet")).status, 200);
      assert.equal((await call(token, "POST", "/p2p/orders/1/confirm-received")).body.code, "INSUFFICIENT_SCOPE");

      await line.getByRole("button", { name: "End the token My <b>bot</b>" }).click();
      const ending = page.getByRole("dialog", { name: "End this token?" });
      await ending.getByRole("button", { name: "Keep it" }).click();
      assert.equal((await call(token, "GET", "/wallet")).status, 200);
      await line.getByRole("button", { name: "End the token My <b>bot</b>" }).click();
      await ending.getByRole("button", { name: "End the token" }).click();
      await page.getByRole("heading", { name: "No program acts for you" }).waitFor();
      assert.equal((await call(token, "GET", "/wallet")).status, 401);
    });

  test("one that another tab has ended is gone without a word of trouble", async () => {
    const { page } = await browser.visit({ person: "vera", size: "desk", path: "/me/tokens" });
    const form = await openForm(page);
    await form.getByLabel("Name").fill("Twice ended");
    await form.getByRole("button", { name: "Make it" }).click();
    await page.getByRole("button", { name: "I have saved it" }).click();
    const line = lines(page).filter({ hasText: "Twice ended" });
    await line.getByRole("button", { name: /^End the token/ }).click();
    await market.sql("delete from identity.tokens where name = 'Twice ended'");
    await page.getByRole("button", { name: "End the token", exact: true }).click();
    await page.getByRole("heading", { name: "No program acts for you" }).waitFor();
  });
});
