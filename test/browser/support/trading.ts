/** What people do in the app to trade, as they do it: by the words on the page. */
import assert from "node:assert/strict";
import type { Locator, Page } from "playwright-core";
import { PNG } from "pngjs";
import type { Market, Reply } from "../../support/market.ts";
import { rub } from "./amounts.ts";
import type { Visitor } from "./browser.ts";

/** A newcomer with an account of their own; the page that is open is then theirs. */
export const signUp = async ({ page, context }: Visitor, login: string): Promise<void> => {
  const { origin } = new URL(page.url());
  const reply = await context.request.post(`${origin}/api/v1/identity/sign-up`, {
    data: { name: login, login, password: "correct horse battery" },
    headers: { origin, "parley-client": "test" },
  });
  assert.ok(reply.ok(), await reply.text());
  await page.reload();
};

export const button = (within: Page | Locator, name: string | RegExp): Locator => within.getByRole("button", { name });

/** Vera, who buys from Anna, without a page. @returns the number of the order */
export const orderOfVera = async (market: Market): Promise<number> => {
  const { body } = await market.stranger("GET", "/p2p/ads?type=sell&maker=anna");
  const order = { ad_id: body.items[0].id, usdt_amount: rub(1_020), payment_method: "card" };
  const made = await market.as("vera")("POST", "/p2p/orders", order);
  assert.equal(made.status, 201, made.text);
  return made.body.id;
};

export const cancelOfVera = (market: Market, order: number): Promise<Reply> =>
  market.as("vera")("POST", `/p2p/orders/${order}/cancel`);

/** From the market to the order: the ad of somebody, an amount, a card. */
export const take = async (
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
export const openChat = async (page: Page): Promise<void> => {
  const bar = page.getByRole("link", { name: /^Chat/ });
  const box = page.getByRole("textbox", { name: "Message" });
  await bar.or(box).first().waitFor();
  if (await bar.isVisible()) await bar.click();
  await box.waitFor();
};

export const write = async (page: Page, text: string): Promise<void> => {
  await page.getByRole("textbox", { name: "Message" }).fill(text);
  await button(page, "Send").click();
};

export const markPaid = async (page: Page): Promise<void> => {
  await button(page, /^I have paid/).click();
  const dialog = page.getByRole("dialog");
  const confirm = button(dialog, "I have paid");
  assert.equal(await button(dialog, "Not yet").evaluate((element) => element === document.activeElement), true);
  assert.equal(await confirm.isDisabled(), true, "it waits for the box");
  await dialog.getByRole("checkbox", { name: "Sent from my own account" }).check();
  await confirm.click();
  await dialog.waitFor({ state: "detached" });
};

/** All three boxes, by mouse; Enter is tried before each and does nothing. */
export const handOver = async (page: Page, opens: RegExp, confirms: RegExp): Promise<void> => {
  await button(page, opens).click();
  const dialog = page.getByRole("dialog");
  await dialog.waitFor();
  await page.keyboard.press("Enter");
  const confirm = button(dialog, confirms);
  for (const box of await dialog.getByRole("checkbox").all()) {
    assert.equal(await confirm.isDisabled(), true, "all three boxes are needed");
    await box.check();
    await page.keyboard.press("Enter");
  }
  assert.equal(await dialog.isVisible(), true, "Enter hands nothing over");
  await confirm.click();
  await dialog.waitFor({ state: "detached" });
};

export const release = (page: Page): Promise<void> => handOver(page, /^Release/, /^Release/);

export const photo = (): Buffer => {
  const picture = new PNG({ width: 60, height: 40 });
  picture.data.fill(180);
  return PNG.sync.write(picture);
};
