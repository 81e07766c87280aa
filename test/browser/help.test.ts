/** Help is at hand where it is needed, and an order's whole story can be taken along. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, test } from "node:test";
import { useDemo } from "./support/demo.ts";
import { button, take } from "./support/trading.ts";

describe("help", () => {
  const { browser } = useDemo();

  test("is reached from the order's menu, one page from the other; the dossier comes as a file", async () => {
    const { page } = await browser.visit({ person: "vera", size: "phone", path: "/market" });
    const path = await take(page, "Anna", { side: "Buy", sum: "1 000" });
    await button(page, "More about this order").click();
    const coming = page.waitForEvent("download");
    await page.getByRole("link", { name: "Dossier of the order" }).click();
    const dossier = JSON.parse(await readFile(await (await coming).path(), "utf8"));
    assert.match(JSON.stringify(dossier), new RegExp(`"order(_id)?":.*${path.split("/").at(-1)}`));
    await button(page, "More about this order").click();
    await page.getByRole("link", { name: "How a trade works" }).click();
    await page.getByRole("heading", { name: "Check the bank, and release" }).waitFor();
    await page.getByRole("link", { name: "Trading safely" }).click();
    await page.getByRole("heading", { name: "When you are paid" }).waitFor();
  });
});
