/** The market while it changes: no list moves under the finger, no order is made of terms that nobody has seen. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Locator, Page } from "playwright-core";
import { amount } from "./support/amounts.ts";
import { useDemo } from "./support/demo.ts";
import { button } from "./support/trading.ts";

const makersOf = (page: Page): Promise<readonly string[]> =>
  page
    .getByRole("row")
    .getByRole("link", { name: /^(Anna|Boris|Daria|Oleg)$/ })
    .allTextContents();

/** Each step fires what is due; the network answers between two of them. A client asks five times before it gives up. */
const STEPS = 60;

const waitWhileTimePasses = async (page: Page, awaited: Locator): Promise<void> => {
  for (let step = 0; step < STEPS && !(await awaited.isVisible()); step++) await page.clock.runFor("00:05");
  await awaited.waitFor();
};

describe("the market", () => {
  const { browser, market } = useDemo({ env: { SIGN_UP: "open" } });

  const adOf = async (person: string, type: "sell" | "buy"): Promise<{ readonly id: number }> => {
    const { body } = await market.as(person)("GET", "/p2p/ads/my");
    return body.items.find((ad: { readonly type: string }) => ad.type === type);
  };

  test("what the first file asks for is what the page wants: nothing is asked for twice before it stands", async () => {
    const { page } = await browser.visit();
    const asked: string[] = [];
    page.on("request", (request) => {
      const { pathname, search } = new URL(request.url());
      if (pathname.startsWith("/api/")) asked.push(pathname.replace("/api/v1", "") + search);
    });
    await page.goto(`${market.nodes[0]?.address}/market?side=sell&amount=5100&method=card&sort=price`);
    await page.getByRole("row").getByRole("link").first().waitFor();
    const ads = "/p2p/ads?type=buy&sort_by=best_price&limit=20&fiat_amount=510000&payment_method=card";
    assert.deepEqual(asked.toSorted(), ["/identity/session", ads, "/p2p/payment-methods", "/p2p/settings"]);
  });

  test("a new ad waits behind a bar: the rows stay where they are until the reader asks for it", async () => {
    const { page } = await browser.visit({ person: "vera", size: "phone", path: "/market?side=buy&sort=price" });
    await page.getByRole("row").filter({ hasText: "Anna" }).waitFor();
    const before = await makersOf(page);
    await market.as("oleg")("POST", "/p2p/ads", {
      type: "sell",
      fiat_currency: "RUB",
      exchange_rate: 90,
      min_amount: 50_000,
      max_amount: 60_000,
      payment_methods: ["card"],
      payment_details: { card_number: "4111 1111 1111 1111" },
    });
    await page.getByText("1 new ad").waitFor();
    assert.deepEqual(await makersOf(page), before);
    await button(page, "Refresh").click();
    await page.getByRole("row").filter({ hasText: "Oleg" }).waitFor();
    assert.deepEqual(await makersOf(page), ["Oleg", ...before]);
    await page.getByText("1 new ad").waitFor({ state: "detached" });
  });

  test("filters stand in the address; the sheet of a phone says how many ads they leave; what fits nothing is named and cleared", async () => {
    const { page } = await browser.visit({ person: "vera", size: "phone", path: "/market?side=buy" });
    await page.getByRole("row").filter({ hasText: "Boris" }).waitFor();
    await button(page, "Filters").click();
    const sheet = page.getByRole("dialog", { name: "Filters" });
    await sheet.getByRole("combobox", { name: "Payment method" }).selectOption("sbp");
    await sheet.getByRole("combobox", { name: "Order by" }).selectOption("price");
    await button(sheet, "Show 1 ad").click();
    await page.waitForURL(/side=buy&.*method=sbp&sort=price|side=buy&.*sort=price&method=sbp/);
    assert.deepEqual(await makersOf(page), ["Daria"]);

    await page.getByLabel("You pay, ₽").first().fill("1 000 000");
    await page.getByRole("heading", { name: amount("No ad for 1 000 000 ₽, ") }).waitFor();
    assert.match(page.url(), /amount=1000000/);
    await button(page, "Clear amount").click();
    await page.getByRole("row").filter({ hasText: "Daria" }).waitFor();
    await page.getByLabel("You pay, ₽").first().fill("100");
    await page.getByText(amount("you pay 100,00 ₽, you get 101,01")).waitFor();
    await page.getByLabel("You pay, ₽").first().fill("1,005");
    await page.getByText("Kopecks have two digits.").waitFor();
    await button(page, "Filters").click();
    await button(sheet, "Clear").click();
    await page.waitForURL(/\/market\?side=buy$/);
    await button(sheet, /^Show /).click();
    await page.getByRole("link", { name: "Sell USDT" }).click();
    await page.waitForURL(/side=sell/);
    await page.getByRole("row").filter({ hasText: "Anna" }).waitFor();
  });

  test("a market that cannot be asked stays as it was and says that it may be old; one that never came says so and is tried again", async () => {
    const { page, faults } = await browser.visit({ size: "desk" });
    faults.expect(/ERR_FAILED/);
    await page.clock.install();
    await page.goto("/market?side=buy");
    await page.getByRole("row").filter({ hasText: "Anna" }).waitFor();
    await page.route(/\/p2p\/ads\?/, (route) => route.abort("failed"));
    await waitWhileTimePasses(page, page.getByText("This may be old: it could not be loaded anew."));
    await page.getByRole("row").filter({ hasText: "Anna" }).waitFor();
    await page.getByRole("link", { name: "Sell USDT" }).click();
    const again = button(page, "Try again");
    await waitWhileTimePasses(page, again);
    assert.equal(await page.getByRole("row").count(), 0, "rows of the other side");
    await page.unroute(/\/p2p\/ads\?/);
    await again.click();
    await again.waitFor({ state: "detached" });
    await page.getByRole("row").filter({ hasText: "Anna" }).waitFor();
  });

  test("an amount is told too low or too high when the field is left, Max says what limits it, and Half is half of it", async () => {
    const { id } = await adOf("daria", "sell");
    const { page } = await browser.visit({ person: "vera", size: "desk", path: `/ads/${id}?side=buy` });
    const field = page.getByLabel("I pay", { exact: true });
    await field.fill("1");
    assert.notEqual(await field.getAttribute("aria-invalid"), "true", "not while somebody writes");
    await field.blur();
    assert.equal(await field.getAttribute("aria-invalid"), "true");
    await page.getByText(amount("The least here is 99,00 ₽.")).first().waitFor();
    await field.fill("100000");
    await field.blur();
    await page.getByText(amount("The most here is 4 950,00 ₽.")).first().waitFor();
    await page.getByText(amount("Max is 4 950,00 ₽: the ad takes no more.")).waitFor();
    await button(page, "Half").click();
    assert.equal(await field.inputValue(), "2475,00");
    await button(page, "I get").click();
    assert.equal(await page.getByLabel(/^I get/).inputValue(), "2500,00");
    await page.getByText(amount("You have 15 minutes to pay. Pay only from your own account")).waitFor();
    await page.getByText("Choose a payment method.").waitFor();
    assert.equal(await button(page, /^Start order/).isDisabled(), true);
  });

  test("terms that change while somebody fills in the form are shown beside the old ones, and asked about again", async () => {
    const { id } = await adOf("daria", "sell");
    const { page } = await browser.visit({ person: "vera", size: "phone", path: `/ads/${id}` });
    await page.getByLabel("I pay", { exact: true }).fill("990");
    await page.getByRole("radio", { name: "Bank card" }).check({ force: true });
    const { status } = await market.as("daria")("PUT", `/p2p/ads/${id}`, { exchange_rate: 104 });
    assert.equal(status, 200);
    await button(page, /^Start order/).click();
    await page.getByText("The terms changed since you saw them").waitFor();
    const terms = page.getByRole("table").filter({ hasText: "Before" });
    await terms.getByRole("row", { name: /Price/ }).getByText(amount("0,99 ₽")).waitFor();
    await terms.getByRole("row", { name: /Price/ }).getByText(amount("1,04 ₽")).waitFor();
    assert.equal(await button(page, /^Start order/).isVisible(), false);
    await button(page, "Go on with the new terms").click();
    assert.equal(await page.getByLabel("I pay", { exact: true }).inputValue(), "990", "what was written stays");
    await page.getByText(amount("951,92 ₽ in USDT")).waitFor();
    await button(page, /^Start order/).click();
    await page.waitForURL(/\/orders\/\d+$/);
    const order = new URL(page.url()).pathname;
    await page.goto(`/ads/${id}`);
    await page.getByRole("status").getByText("You have an active order on this side").waitFor();
    assert.equal(await button(page, /^Start order/).isVisible(), false);
    await market.as("vera")("POST", `/p2p${order}/cancel`);
  });

  test("an ad that is paused before the eyes of a reader says so in place of the form", async () => {
    const { id } = await adOf("boris", "sell");
    const { page } = await browser.visit({ person: "vera", size: "desk", path: `/ads/${id}` });
    await page.getByLabel("I pay", { exact: true }).fill("6000");
    await market.as("boris")("PUT", `/p2p/ads/${id}`, { status: "paused" });
    await button(page, /^Start order/).click();
    await page.getByText("The ad is paused").waitFor();
    assert.equal(await button(page, /^Start order/).isVisible(), false);
    await market.as("boris")("PUT", `/p2p/ads/${id}`, { status: "active" });
  });

  test("a maker's name leads to the public page: the record in words, how often one traded, and the way into an ad", async () => {
    const { page } = await browser.visit({ person: "vera", size: "desk", path: "/market" });
    await page.getByRole("row").getByRole("link", { name: "Anna", exact: true }).click();
    await page.waitForURL(/\/people\/anna$/);
    await page.getByRole("heading", { name: "Anna" }).waitFor();
    await page.getByText("You traded 1 time").waitFor();
    await page.getByText("usually within 1 min").first().waitFor();
    await page.getByRole("link", { name: "Buy" }).click();
    await page.waitForURL(/\/ads\/\d+/);
    await page.getByRole("heading", { name: "Buy USDT from Anna" }).waitFor();
  });

  test("a visitor signs in only to take an ad, and comes back to the same ad and the same amount", async () => {
    const { id } = await adOf("anna", "sell");
    const { page } = await browser.visit({ size: "phone", path: `/ads/${id}?side=buy` });
    await page.getByLabel("I pay", { exact: true }).fill("1 234,50");
    await page.getByRole("link", { name: "Sign in to start" }).click();
    await page.waitForURL(/\/sign-in/);
    await page.getByRole("link", { name: "Sign up" }).click();
    await page.getByRole("textbox", { name: "Name" }).fill("Petro");
    await page.getByRole("textbox", { name: "Login" }).fill("petro");
    await page.getByLabel("Password", { exact: true }).fill("correct horse battery");
    await page.keyboard.press("Enter");
    await page.waitForURL(new RegExp(`/ads/${id}\\?`));
    await button(page, amount("Start order: pay 1 234,50 ₽")).waitFor();
    assert.equal(await page.getByLabel("I pay", { exact: true }).inputValue(), "1234,50");
  });
});
