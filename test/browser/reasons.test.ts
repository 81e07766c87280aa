/** Why something cannot be done, in words and with its way out: ads that one cannot take, and ads of one's own that nobody sees. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Page } from "playwright-core";
import { amount, rub } from "./support/amounts.ts";
import { useDemo } from "./support/demo.ts";
import { button } from "./support/trading.ts";

/** So many dropped orders, and one is out for a day. */
const STRIKES = 5;
const CARD = { payment_methods: ["card"], payment_details: { card_number: "4111 1111 1111 1111" } };

describe("reasons", () => {
  // Above what Vera has bought and deposited, 8 700 roubles.
  const { browser, market } = useDemo({ env: { MIN_DEPOSIT: String(rub(10_000)) } });

  const must = async (who: string, path: string, body?: object, role?: "operator" | "platform") => {
    const reply = await market.as(who, role)("POST", path, body);
    assert.ok(reply.status < 300, `${path}: ${reply.text}`);
    return reply.body;
  };
  const adOf = async (maker: string, type: "sell" | "buy"): Promise<{ readonly id: number }> => {
    const { body } = await market.stranger("GET", `/p2p/ads?type=${type}&maker=${maker}`);
    return body.items[0];
  };
  const buyFrom = async (maker: string, usdt: number): Promise<number> => {
    const { id } = await adOf(maker, "sell");
    return (await must("vera", "/p2p/orders", { ad_id: id, usdt_amount: usdt, payment_method: "card" })).id;
  };
  let entries = 0;
  const book = (act: "credits" | "debits", kind: string, sum: number, more = {}) =>
    must(
      "host",
      `/platform/${act}`,
      { user_id: "vera", amount: sum, kind, external_id: `reason-${++entries}`, ...more },
      "platform",
    );

  const rowOf = (page: Page, maker: string) => page.getByRole("row").filter({ hasText: maker });

  test("an ad of one's own leads to its editor, and an open order on this side to that order", async () => {
    const { page: anna } = await browser.visit({ person: "anna", size: "desk", path: "/market?side=buy" });
    await rowOf(anna, "Anna").getByText("Your ad:").waitFor();
    assert.equal(await rowOf(anna, "Anna").getByRole("link", { name: "Buy" }).count(), 0);
    await rowOf(anna, "Anna").getByRole("link", { name: "edit" }).click();
    await anna.getByRole("heading", { name: /^Edit ad/ }).waitFor();

    const order = await buyFrom("anna", rub(1_000));
    const { page: vera } = await browser.visit({ person: "vera", size: "phone", path: "/market?side=buy" });
    await rowOf(vera, "Daria").getByText("You have an active order on this side").waitFor();
    await rowOf(vera, "Daria")
      .getByRole("link", { name: `Open order ${order}` })
      .click();
    await vera.waitForURL(new RegExp(`/orders/${order}$`));
    await must("vera", `/p2p/orders/${order}/cancel`);
  });

  test("whoever cannot sell is told each reason and its way out, in the market and at the ad that nobody sees", async () => {
    const { page: shop } = await browser.visit({ person: "vera", size: "phone", path: "/market?side=sell" });
    const against = async (text: string) => {
      await shop.reload();
      await rowOf(shop, "Anna").getByText(amount(text)).waitFor();
    };
    await must("vera", "/p2p/ads", {
      ...{ type: "sell", fiat_currency: "RUB", exchange_rate: 100, min_amount: rub(500), max_amount: rub(2_000) },
      ...CARD,
    });
    const { page: ads } = await browser.visit({ person: "vera", size: "desk", path: "/my-ads" });
    const says = (text: string) => ads.getByRole("main").getByText(amount(text)).waitFor();
    await ads.getByText("Nobody sees it on the market").waitFor();

    await says("To sell, deposit 10 000,00 ₽ first: 8 700,00 so far.");
    await against("Deposit 10 000,00 ₽ first, 8 700,00 so far:");
    await book("credits", "deposit", rub(1_300));
    await ads.getByText("Nobody sees it on the market").waitFor({ state: "detached" });
    const { body: wallet } = await market.as("vera")("GET", "/wallet");
    await book("debits", "withdrawal", wallet.available - rub(300));
    await says("Balance 300,00 is below the minimum 500,00: lower it or top up.");
    await against("Your balance 300,00 is 200,00 too little for this ad:");
    await rowOf(shop, "Anna").getByRole("link", { name: "Buy USDT" }).click();
    await shop.waitForURL(/side=buy/);
    await shop.goBack();

    await book("credits", "bonus", rub(300), { wagering_required: rub(700) });
    await says("To sell, wager 700,00 more: 700,00 is required.");
    await against("Wager 700,00 more first:");
    await rowOf(shop, "Anna").getByRole("link", { name: "open the wallet" }).click();
    await shop.getByRole("heading", { name: "Wallet", level: 1 }).waitFor();
    await shop.goBack();

    await must("olga", "/operator/users/vera/suspend", { reason: "To look at it." }, "operator");
    await says("An operator stopped you from beginning anything new: ask an operator.");
    await against("An operator stopped you from beginning anything new");
    await must("olga", "/operator/users/vera/resume", { reason: "Looked at." }, "operator");
    const { body: me } = await market.as("vera")("GET", "/p2p/me");
    for (let left = me.cancels_left; left > 0; left--)
      await must("vera", `/p2p/orders/${await buyFrom("daria", rub(100))}/cancel`);
    await says(`You dropped ${STRIKES} orders within 24 hours: your ads come back by themselves within a day.`);
    await against("You dropped too many orders today: wait until tomorrow");
  });

  test("an ad that is used up says what is left, and one whose side is taken leads to the one that is there", async () => {
    const before = await adOf("anna", "sell");
    await market.as("anna")("DELETE", `/p2p/ads/${before.id}`);
    const sells = { type: "sell", fiat_currency: "RUB", ...CARD };
    const { id } = await must("anna", "/p2p/ads", { ...sells, min_amount: rub(1_000), max_amount: rub(1_500) });
    await must("oleg", "/p2p/orders", { ad_id: id, usdt_amount: rub(1_000), payment_method: "card" });
    const { page } = await browser.visit({ person: "anna", size: "phone", path: "/my-ads" });
    await page.getByText(amount("500,00 left is below the minimum 1 000,00: set a new total")).waitFor();

    await page.getByRole("listitem").filter({ hasText: "You sell USDT" }).getByRole("switch").click();
    await page.getByRole("heading", { name: "Paused" }).waitFor();
    const other = await must("anna", "/p2p/ads", { ...sells, min_amount: rub(500), max_amount: rub(600) });
    await page.getByRole("link", { name: `Edit ad ${other.id}` }).waitFor();
    await page.getByRole("switch", { name: /Paused/ }).click();
    await page.getByText("Still paused: you have a live ad of this side.").waitFor();
    assert.equal(await button(page, `Delete ad ${id}`).isVisible(), true);
    await page.getByRole("link", { name: "Edit the one you have" }).click();
    await page.getByRole("heading", { name: `Edit ad ${other.id}` }).waitFor();
  });
});
