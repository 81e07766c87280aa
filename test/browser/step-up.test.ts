/** What asks for a proof and what does not: an ad's price and its details; and the console of who may not act yet. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SELL_AD } from "../support/market.ts";
import { freshLogin, tellNodes } from "../support/people.ts";
import { useApp } from "./support/demo.ts";
import { button, signUp } from "./support/trading.ts";

describe("a proof", () => {
  const { market, browser } = useApp({ env: { SIGN_UP: "open" } });

  const newcomer = async () => {
    const visitor = await browser.visit({ size: "desk", path: "/help/safety" });
    const login = freshLogin();
    await signUp(visitor, login);
    const [{ id }] = (await market.sql(`select id from identity.people where login = '${login}'`)) as [{ id: string }];
    return { ...visitor, id };
  };

  test("is not asked for another price, and is for another card (F243)", async () => {
    const { page, id } = await newcomer();
    await market.fund(id, 1_000_000);
    const ad = await market.sellAd(id, SELL_AD);
    await page.goto(`/my-ads/${ad.id}/edit`);
    await page.getByLabel("Price of 1,00 in USDT").fill("1,15");
    await button(page, "Save").click();
    await page.waitForURL(/\/my-ads$/);
    const priceNow = async () => (await market.stranger("GET", `/p2p/ads/${ad.id}`)).body.exchange_rate;
    assert.equal(await priceNow(), 115);

    await page.goto(`/my-ads/${ad.id}/edit`);
    await page.getByLabel("Price of 1,00 in USDT").fill("1,16");
    await page.getByLabel("Card number").fill("2200 0000 0000 4411");
    await button(page, "Save").click();
    const asked = page.getByRole("dialog", { name: "Your password, once more" });
    await button(asked, "Cancel").click();
    assert.equal(await priceNow(), 115, "nothing is changed by half");
    await button(page, "Save").click();
    await asked.getByLabel("Password", { exact: true }).fill("correct horse battery");
    await button(asked, "Go on").click();
    await page.waitForURL(/\/my-ads$/);
    assert.equal(await priceNow(), 116);
  });

  test("that somebody with a role cannot give has a way to where a second factor is set up", async () => {
    const { page, id } = await newcomer();
    await market.sql(`update identity.people set roles = '{operator}' where id = '${id}'`);
    await tellNodes(market, id);
    await page.goto("/operator/disputes");
    await page.getByText("a role acts with a second factor alone").waitFor();
    await page.getByRole("link", { name: "Set one up" }).click();
    await page.getByRole("heading", { name: "Second factor" }).waitFor();
  });
});
