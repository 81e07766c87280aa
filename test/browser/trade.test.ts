/** Two people trade to the end, each in a browser of their own, one on a phone and one at a desk; with chat and a photo. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Locator, Page } from "playwright-core";
import { PNG } from "pngjs";
import { amount } from "./support/amounts.ts";
import { useDemo } from "./support/demo.ts";

const button = (within: Page | Locator, name: string | RegExp): Locator => within.getByRole("button", { name });

/** From the market to the order: the ad of somebody, an amount, a card. */
const take = async (
  page: Page,
  maker: string,
  { side, sum }: { side: "Buy" | "Sell"; sum: string },
): Promise<string> => {
  await page.getByRole("row").filter({ hasText: maker }).getByRole("link", { name: side }).click();
  await page.getByRole("heading", { name: new RegExp(`${side} USDT`) }).waitFor();
  await page.getByLabel(side === "Buy" ? "I pay" : "I receive", { exact: true }).fill(sum);
  const card = page.getByRole("radio", { name: "Bank card" });
  if (!(await card.isChecked())) await card.check({ force: true });
  if (side === "Sell") await page.getByLabel("Card number").fill("2200 0000 0000 4411");
  await button(page, /^Start order/).click();
  await page.waitForURL(/\/orders\/\d+$/);
  return new URL(page.url()).pathname;
};

/** The chat beside the order at a desk, behind its bar on a phone. */
const openChat = async (page: Page): Promise<void> => {
  const bar = page.getByRole("link", { name: /^Chat/ });
  const box = page.getByRole("textbox", { name: "Message" });
  await bar.or(box).first().waitFor();
  if (await bar.isVisible()) await bar.click();
  await box.waitFor();
};

const write = async (page: Page, text: string): Promise<void> => {
  await page.getByRole("textbox", { name: "Message" }).fill(text);
  await button(page, "Send").click();
};

const markPaid = async (page: Page): Promise<void> => {
  await button(page, /^I have paid/).click();
  const dialog = page.getByRole("dialog");
  const confirm = button(dialog, "I have paid");
  assert.equal(await button(dialog, "Not yet").evaluate((element) => element === document.activeElement), true);
  assert.equal(await confirm.isDisabled(), true, "it waits for the box");
  await dialog.getByRole("checkbox", { name: "Sent from my own account" }).check();
  await confirm.click();
  await dialog.waitFor({ state: "detached" });
};

const release = async (page: Page): Promise<void> => {
  await button(page, /^Release/).click();
  const dialog = page.getByRole("dialog");
  await dialog.waitFor();
  await page.keyboard.press("Enter");
  const confirm = button(dialog, /^Release/);
  for (const box of await dialog.getByRole("checkbox").all()) {
    assert.equal(await confirm.isDisabled(), true, "all three boxes are needed");
    await box.check();
    await page.keyboard.press("Enter");
  }
  assert.equal(await dialog.isVisible(), true, "Enter releases nothing");
  await confirm.click();
  await dialog.waitFor({ state: "detached" });
};

const photo = (): Buffer => {
  const picture = new PNG({ width: 60, height: 40 });
  picture.data.fill(180);
  return PNG.sync.write(picture);
};

describe("two people trade to the end", () => {
  const { browser } = useDemo();

  test("a buyer on a phone takes an ad, pays and sends a photo; the seller at a desk sees all of it live and releases", async () => {
    const { page: vera } = await browser.visit({ person: "vera", size: "phone", path: "/market" });
    const path = await take(vera, "Anna", { side: "Buy", sum: "1 020,50" });
    const { page: anna } = await browser.visit({ person: "anna", size: "desk", path });
    await vera.getByRole("heading", { name: amount("Pay 1 020,50 ₽ to Anna") }).waitFor();
    await anna.getByRole("heading", { name: "Wait for Vera's payment" }).waitFor();

    await openChat(vera);
    await write(vera, "Hello <b>Anna</b>, I pay now.");
    await anna.getByText("Hello <b>Anna</b>, I pay now.").waitFor();
    await write(anna, "Hello, I am here.");
    await vera.getByText("Hello, I am here.").waitFor();
    await vera
      .locator("input[type=file]")
      .setInputFiles({ name: "receipt.png", mimeType: "image/png", buffer: photo() });
    await button(vera, "Remove receipt.png").waitFor();
    await button(vera, "Send").click();
    await button(anna, "Picture receipt.png").click();
    await anna.getByRole("dialog").getByRole("img", { name: "Picture receipt.png" }).waitFor();
    await anna.keyboard.press("Escape");
    await vera
      .getByText(/^read \d\d:\d\d$/)
      .first()
      .waitFor();

    await vera.goBack();
    await markPaid(vera);
    await vera.getByRole("heading", { name: "Anna checks the account" }).waitFor();
    await anna.getByRole("heading", { name: amount("Is exactly 1 020,50 ₽ from Vera in your bank") }).waitFor();
    await release(anna);
    await anna.getByRole("heading", { name: amount("Done: 1 020,50 went to Vera") }).waitFor();
    await vera.getByRole("heading", { name: amount("Done: 1 020,50 is yours") }).waitFor();

    await vera.getByRole("radio", { name: "5 stars" }).check({ force: true });
    await button(vera, "Rate").click();
    await vera.getByText("You gave 5 stars.").waitFor();
    await vera.reload();
    await vera.getByText("You gave 5 stars.").waitFor();
  });

  test("a seller on a phone answers a buyer's ad; the buyer at a desk pays what was agreed, to the kopeck", async () => {
    const { page: vera } = await browser.visit({ person: "vera", size: "phone", path: "/market?side=sell" });
    const path = await take(vera, "Anna", { side: "Sell", sum: "980" });
    const { page: anna } = await browser.visit({ person: "anna", size: "desk", path });
    await anna.getByRole("heading", { name: amount("Pay 980,00 ₽ to Vera") }).waitFor();
    await anna.getByText("2200 0000 0000 4411").waitFor();
    await vera.getByRole("heading", { name: "Wait for Anna's payment" }).waitFor();
    await markPaid(anna);
    await release(vera);
    await vera.getByRole("heading", { name: amount("Done: 1 000,00 went to Anna") }).waitFor();
    await anna.getByRole("heading", { name: amount("Done: 1 000,00 is yours") }).waitFor();
  });

  test("an order that one side cancels is cancelled before the other's eyes, and an open dialog says so", async () => {
    const { page: vera } = await browser.visit({ person: "vera", size: "desk", path: "/market" });
    const path = await take(vera, "Anna", { side: "Buy", sum: "1500" });
    const { page: anna } = await browser.visit({ person: "anna", size: "phone", path });
    await button(vera, /^I have paid/).click();
    await vera.getByRole("dialog").waitFor();
    await button(anna, "Cancel the order").click();
    const dialog = anna.getByRole("dialog");
    await button(dialog, "Cancel the order").click();
    await anna.getByText(amount("1 500,00 is back in your balance.")).waitFor();
    await vera.getByText("The order has moved on elsewhere").waitFor();
    assert.equal(await vera.getByRole("dialog").count(), 0);
    await vera.getByText("The seller cancelled the order.").waitFor();
  });
});
