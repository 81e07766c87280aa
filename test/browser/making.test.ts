/** A maker's side of the market: an ad is written, seen and taken by another, changed, paused and deleted; nothing is lost. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Page } from "playwright-core";
import type { Market } from "../support/market.ts";
import { amount } from "./support/amounts.ts";
import { useDemo } from "./support/demo.ts";
import type { Size } from "./support/sizes.ts";
import { button, take } from "./support/trading.ts";

/** Passes the check of a card's digits. */
const CARD = "4111 1111 1111 1111";
/** Markup, an override that turns what follows around, and no end of it. */
const HOSTILE = "<img src=x onerror=alert(1)> \u202egnp.exe <script>alert(2)</script>";

/** On a phone the button below leads to the next step; at a desk all of it is one page. */
const next = async (page: Page, size: Size): Promise<void> => {
  if (size === "phone") await button(page, "Next").click();
};

type Terms = { readonly min: string; readonly max: string; readonly price: string };

const writeAd = async (page: Page, size: Size, { min, max, price }: Terms): Promise<void> => {
  await page.getByRole("radio", { name: /I sell USDT/ }).check({ force: true });
  await page.getByLabel("Price of 1,00 in USDT").fill(price);
  await page.getByText(amount(`You sell 1,00 for ${price} ₽.`)).waitFor();
  await next(page, size);
  await page.getByLabel("Minimum of an order").fill(min);
  await page.getByLabel("Maximum of an order").fill(max);
  await next(page, size);
  await page.getByRole("checkbox", { name: "Bank card" }).check();
  await page.getByLabel("Card number").fill(CARD);
  await page.getByLabel("What you ask for").fill(HOSTILE);
};

/** Everybody's ads that sell are out of the way, so that who follows has a side to post on. */
const withoutAds = async (market: Market, person: string): Promise<void> => {
  const { body } = await market.as(person)("GET", "/p2p/ads/my");
  for (const { id } of body.items) await market.as(person)("DELETE", `/p2p/ads/${id}`);
};

describe("a maker's ads", () => {
  const { browser, market } = useDemo();

  for (const size of ["phone", "desk"] as const) {
    const terms =
      size === "phone" ? { min: "500", max: "2 000", price: "1,02" } : { min: "600", max: "3 000", price: "1,03" };

    test(`on a ${size} Vera posts an ad by the editor; Anna sees it in the market and takes it; hostile text is text`, async () => {
      await withoutAds(market, "vera");
      const { page: vera } = await browser.visit({ person: "vera", size, path: "/my-ads" });
      await vera.getByRole("link", { name: "New ad" }).click();
      await writeAd(vera, size, terms);
      await button(vera, "Publish").click();
      await vera.waitForURL(/\/my-ads$/);
      await vera.getByRole("heading", { name: "You sell USDT" }).waitFor();
      assert.equal(await vera.getByRole("switch", { name: /Live/ }).isChecked(), true);

      const { page: anna } = await browser.visit({ person: "anna", size, path: "/market" });
      const row = anna.getByRole("row").filter({ hasText: "Vera" });
      await row.getByText(amount(`${terms.price} ₽`)).waitFor();
      await row.getByRole("link", { name: "Buy" }).click();
      await anna.getByText("<img src=x onerror=alert(1)>").waitFor();
      assert.equal(await anna.locator("main img, main script").count(), 0);
      await anna.getByLabel("I pay", { exact: true }).fill("1 000");
      await button(anna, /^Start order/).click();
      await anna.waitForURL(/\/orders\/\d+$/);
      await anna.getByText(CARD).waitFor();
      const order = new URL(anna.url()).pathname.split("/").at(-1);

      await vera.getByRole("link", { name: `Order ${order}`, exact: true }).waitFor();
      await anna.goto("/market");
      await market.as("anna")("POST", `/p2p/orders/${order}/cancel`);
    });
  }

  test("an ad that buys asks for no details of its maker; whoever sells to it gives theirs, and the maker sees them to pay", async () => {
    await withoutAds(market, "vera");
    const { page: vera } = await browser.visit({ person: "vera", size: "phone", path: "/my-ads/new" });
    await vera.getByRole("radio", { name: /I buy USDT/ }).check({ force: true });
    await vera.getByLabel("Price of 1,00 in USDT").fill("0,97");
    await vera.getByText(amount("You buy 1,00 for 0,97 ₽.")).waitFor();
    await vera.getByText(amount("For 1 000,00 you pay 970,00 ₽. 3 % below one to one.")).waitFor();
    await next(vera, "phone");
    await vera.getByLabel("Minimum of an order").fill("500");
    await vera.getByLabel("Maximum of an order").fill("2000");
    await vera.getByText(amount("You pay from 485,00 ₽ to 1 940,00 ₽ for an order.")).waitFor();
    await vera.getByText("What you buy is added to it.").waitFor();
    await next(vera, "phone");
    await vera.getByText("Sellers say where to pay when they take the ad.").waitFor();
    await vera.getByRole("checkbox", { name: "Bank card" }).check();
    assert.equal(await vera.getByLabel("Card number").count(), 0, "where to pay is the seller's");
    await button(vera, "Publish").click();
    await vera.getByRole("heading", { name: "You buy USDT" }).waitFor();

    const { page: anna } = await browser.visit({ person: "anna", size: "desk", path: "/market?side=sell" });
    const path = await take(anna, "Vera", { side: "Sell", sum: "970" });
    await vera.goto(new URL(path, vera.url()).href);
    await vera.getByRole("heading", { name: amount("Pay 970,00 ₽ to Anna") }).waitFor();
    await vera.getByText("2200 0000 0000 4411").waitFor();
    await market.as("vera")("POST", `/p2p${path}/cancel`);
  });

  test("an ad that is paused is no longer on the market; edited it is another one; deleted it is gone, and running orders stay", async () => {
    await withoutAds(market, "vera");
    const { body: ad } = await market.as("vera")("POST", "/p2p/ads", {
      type: "sell",
      fiat_currency: "RUB",
      exchange_rate: 110,
      min_amount: 50_000,
      max_amount: 200_000,
      payment_methods: ["card"],
      payment_details: { card_number: CARD },
    });
    const { body: order } = await market.as("anna")("POST", "/p2p/orders", {
      ad_id: ad.id,
      usdt_amount: 60_000,
      payment_method: "card",
    });
    const { page: vera } = await browser.visit({ person: "vera", size: "phone", path: "/my-ads" });
    const shown = async (): Promise<readonly number[]> => {
      const { body } = await market.stranger("GET", "/p2p/ads?type=sell&maker=vera");
      return body.items.map(({ exchange_rate }: { readonly exchange_rate: number }) => exchange_rate);
    };
    await vera.getByText(amount("1 400,00 left of 2 000,00")).waitFor();
    await vera.getByText(amount("600,00 in open orders")).waitFor();
    const live = vera.getByRole("switch");
    await live.click();
    await vera.getByText("Nobody sees it while it is paused.").waitFor();
    assert.deepEqual(await shown(), []);

    await vera.getByRole("link", { name: `Edit ad ${ad.id}` }).click();
    await vera.getByText("Running orders keep their terms.").waitFor();
    await vera.getByLabel("Price of 1,00 in USDT").fill("1,15");
    await button(vera, "Next").click();
    await button(vera, "Next").click();
    await button(vera, "Save").click();
    await vera.waitForURL(/\/my-ads$/);
    await vera.getByRole("switch").click();
    await vera.getByRole("switch", { name: /Live/ }).waitFor();
    assert.deepEqual(await shown(), [115]);
    const { body: kept } = await market.as("anna")("GET", `/p2p/orders/${order.id}`);
    assert.equal(kept.exchange_rate, 110);

    await button(vera, `Delete ad ${ad.id}`).click();
    const dialog = vera.getByRole("dialog");
    await dialog.getByText("1 open order keeps its terms and goes on.").waitFor();
    assert.equal(await button(dialog, "Keep it").evaluate((element) => element === document.activeElement), true);
    await button(dialog, "Delete the ad").click();
    await vera.getByRole("heading", { name: "You have no ad yet" }).waitFor();
    assert.deepEqual(await shown(), []);
    await market.as("anna")("POST", `/p2p/orders/${order.id}/cancel`);
  });

  test("a draft is there after a reload; leaving asks, keeps it, and throws it away when told to", async () => {
    await withoutAds(market, "vera");
    const { page } = await browser.visit({ person: "vera", size: "desk", path: "/my-ads/new" });
    const price = page.getByLabel("Price of 1,00 in USDT");
    await price.fill("1,07");
    await page.getByLabel("Minimum of an order").fill("700");
    await page.reload();
    await page.getByText("This is your draft.").waitFor();
    assert.equal(await price.inputValue(), "1,07");
    await page.getByLabel("Maximum of an order").fill("900");

    const away = () => page.getByRole("link", { name: "Chats" }).click();
    const dialog = page.getByRole("dialog");
    await away();
    assert.equal(await button(dialog, "Go on writing").evaluate((element) => element === document.activeElement), true);
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    assert.match(page.url(), /\/my-ads\/new$/);
    await away();
    await button(dialog, "Leave, keep the draft").click();
    await page.waitForURL(/\/chats$/);
    await page.goto("/my-ads/new");
    assert.equal(await page.getByLabel("Maximum of an order").inputValue(), "900");

    await price.fill("1,08");
    await away();
    await button(dialog, "Throw the draft away").click();
    await page.waitForURL(/\/chats$/);
    await page.goto("/my-ads/new");
    await price.waitFor();
    assert.equal(await price.inputValue(), "1,00");
  });

  test("who publishes too early is led to each fault; the server's own are at their fields; a wrong digit is only a warning", async () => {
    await withoutAds(market, "vera");
    const { page } = await browser.visit({ person: "vera", size: "desk", path: "/my-ads/new" });
    await button(page, "Publish").click();
    const summary = page.getByRole("alert");
    await summary.getByText("3 things are to be mended").waitFor();
    assert.equal(await summary.evaluate((element) => element === document.activeElement), true);
    await summary.getByRole("link", { name: "Maximum of an order" }).click();
    const max = page.getByLabel("Maximum of an order");
    assert.equal(await max.evaluate((element) => element === document.activeElement), true);
    await page.getByLabel("Minimum of an order").fill("1000");
    await max.fill("500");
    await page.getByRole("checkbox", { name: "Bank card" }).check();
    await page.getByLabel("Card number").fill("4111 1111 1111 1112");
    await page.getByText("This does not look like a whole card number.").waitFor();
    await button(page, "Publish").click();
    await summary.getByText("The maximum is below the minimum.").waitFor();
    await max.fill("2000");
    await button(page, "Publish").click();
    await page.waitForURL(/\/my-ads$/);
  });

  test("a side that is taken in another tab is refused at its field, with the way to the ad that is there", async () => {
    await withoutAds(market, "vera");
    const { page } = await browser.visit({ person: "vera", size: "desk", path: "/my-ads/new" });
    await writeAd(page, "desk", { min: "500", max: "900", price: "1,01" });
    const { body: other } = await market.as("vera")("POST", "/p2p/ads", {
      type: "sell",
      fiat_currency: "RUB",
      min_amount: 50_000,
      max_amount: 60_000,
      payment_methods: ["card"],
      payment_details: { card_number: CARD },
    });
    await page.getByText("You have a live ad of this side.").waitFor();
    await button(page, "Publish").click();
    await page.getByRole("alert").getByText("You have a live ad of this side.").waitFor();
    await page.getByRole("link", { name: "Edit the one you have" }).click();
    await button(page.getByRole("dialog"), "Leave, keep the draft").click();
    await page.waitForURL(new RegExp(`/my-ads/${other.id}/edit$`));
    await page.getByRole("heading", { name: `Edit ad ${other.id}` }).waitFor();
  });
});
