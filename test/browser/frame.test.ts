/** What stands around every page: sections and balance, whose turn it is, and on a phone what is in reach of the thumb. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { amount } from "./support/amounts.ts";
import { useDemo } from "./support/demo.ts";
import { button, cancelOfVera, orderOfVera } from "./support/trading.ts";

describe("the frame", () => {
  const { browser, market } = useDemo();

  const startOrder = () => orderOfVera(market);
  const cancel = (order: number) => cancelOfVera(market, order);

  test("on a phone the action bar stands in the place of the sections, and the chat behind a bar with its last line", async () => {
    const order = await startOrder();
    const { page } = await browser.visit({ person: "vera", size: "phone", path: "/orders" });
    const sections = page.getByRole("navigation", { name: "Sections" });
    for (const name of ["Market", "Orders", "Chats", "My ads", "Me"])
      await sections.getByRole("link", { name: new RegExp(`${name}$`) }).waitFor();
    const strip = page.getByRole("region", { name: "Your turn" });
    await strip.getByText(amount(`Order ${order}: pay 1 020,00 ₽`)).waitFor();
    await strip.getByText(/^\d?\d:\d\d$/).waitFor();
    await strip.getByRole("link").click();
    await page.waitForURL(new RegExp(`/orders/${order}$`));
    assert.equal(await strip.count(), 0, "not on the order's own page");
    assert.equal(await sections.isVisible(), false);
    const paid = button(page, /^I have paid/);
    await page.evaluate(() => scrollTo(0, 0));
    assert.ok(((await paid.boundingBox())?.y ?? Number.POSITIVE_INFINITY) < 844, "it stays in reach");

    const bar = page.getByRole("link", { name: /^Chat/ });
    await bar.getByText("Nothing is written yet").waitFor();
    await market.as("anna")("POST", `/p2p/orders/${order}/messages`, { message: "Hello, Vera" });
    await bar.getByText("Hello, Vera").waitFor();
    await bar.getByText("1 unread").waitFor();
    await cancel(order);
  });

  test("at a desk the sections have words, the balance stands at their foot, and a skip link comes first", async () => {
    const { page } = await browser.visit({ person: "anna", size: "desk", path: "/orders" });
    const column = page.getByRole("complementary");
    for (const name of ["Market", "Orders", "Chats", "My ads", "Wallet"])
      await column.getByRole("link", { name: new RegExp(`^${name}`) }).waitFor();
    assert.equal((await column.boundingBox())?.width, 216);
    const balance = await column.getByRole("link", { name: /^Available/ }).boundingBox();
    const first = await column.getByRole("link", { name: /^Market/ }).boundingBox();
    assert.ok((balance?.y ?? 0) > (first?.y ?? 0));
    assert.ok(((await page.locator("main > *").first().boundingBox())?.width ?? 0) <= 1_120);
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Skip to the content");
  });
});
