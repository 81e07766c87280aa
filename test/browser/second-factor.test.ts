/** The second factor in a real browser: turned on, asked for at the door and for a release, and a recovery code in its place. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Page } from "playwright-core";
import { SELL_AD } from "../support/market.ts";
import { freshLogin, PASSWORD } from "../support/people.ts";
import { authenticatorOf } from "../support/second-factors.ts";
import { useApp } from "./support/demo.ts";
import { button } from "./support/trading.ts";

const SIZES = ["phone", "desk"] as const;

describe("the second factor", () => {
  const { market, browser } = useApp({ env: { SIGN_UP: "open" } });

  const signUp = async (page: Page, login: string): Promise<string> => {
    await page.getByRole("textbox", { name: "Name" }).fill("Nina");
    await page.getByRole("textbox", { name: "Login" }).fill(login);
    await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await button(page, "Sign up").click();
    await page.getByRole("heading", { name: "Security" }).waitFor();
    const [row] = await market.sql(`select id from identity.people where login = '${login}'`);
    return row.id;
  };

  const give = async (page: Page, code: string): Promise<void> => {
    await page.getByLabel("Code", { exact: true }).fill(code);
  };

  for (const size of SIZES)
    test(`is turned on, asked for at the door and for a release, and has a way around for who lost it (${size})`, async () => {
      const { page, faults } = await browser.visit({ size, path: "/sign-up?back=%2Fme%2Fsecurity" });
      const login = freshLogin();
      const id = await signUp(page, login);

      faults.expect(/403/);
      await button(page, "Turn it on").click();
      const asked = page.getByRole("dialog", { name: "Your password, once more" });
      await asked.getByLabel("Password", { exact: true }).fill(PASSWORD);
      await button(asked, "Go on").click();
      const enrol = page.getByRole("dialog", { name: "An authenticator app" });
      await enrol.getByRole("img", { name: "QR code with the key" }).waitFor();
      const secret = ((await enrol.locator("[data-key]").textContent()) ?? "").replaceAll(" ", "");
      const app = authenticatorOf(market, id, secret);
      await give(page, await app.code());
      await button(enrol, "Turn on").click();
      const saved = page.getByRole("dialog", { name: "Your recovery codes" });
      await saved.getByRole("listitem").first().waitFor();
      const recovery = await saved.getByRole("listitem").allTextContents();
      assert.equal(recovery.length, 10);
      await button(saved, "I saved them").click();
      await page.getByText("10 recovery codes are left.").waitFor();

      const path = await orderToRelease(id);
      await page.goto(new URL("/me", page.url()).href);
      await button(page.getByRole("main"), "Sign out").click();
      await page.getByRole("heading", { name: "Sign in to see this page" }).waitFor();
      await page.goto(new URL(`/sign-in?back=${encodeURIComponent(path)}`, page.url()).href);
      await page.getByRole("textbox", { name: "Login" }).fill(login);
      await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
      await page.keyboard.press("Enter");
      await page.waitForURL(/\/sign-in\/second-factor/);
      await page.reload();
      await give(page, await app.fresh());
      await page.keyboard.press("Enter");
      await page.waitForURL(new RegExp(`${path}$`));

      await button(page, /^Release/).click();
      const dialog = page.getByRole("dialog");
      for (const box of await dialog.getByRole("checkbox").all()) await box.check();
      const release = button(dialog, /^Release/);
      assert.equal(await release.isDisabled(), true, "without a code nothing is released");
      await give(page, "000000");
      await release.click();
      await dialog.getByText("the code is wrong or was used").waitFor();
      await button(dialog, "Use a recovery code").click();
      await dialog.getByLabel("Recovery code").fill(recovery[0]?.toUpperCase() ?? "");
      await release.click();
      await page.getByRole("heading", { name: /^Done/ }).waitFor();
    });

  const orderToRelease = async (seller: string): Promise<string> => {
    await market.fund(seller, 1_000_000);
    const ad = await market.sellAd(seller, SELL_AD);
    const order = await market.as("vera")("POST", "/p2p/orders", {
      ad_id: ad.id,
      usdt_amount: 100_000,
      payment_method: "card",
    });
    await market.as("vera")("POST", `/p2p/orders/${order.body.id}/confirm-paid`);
    return `/orders/${order.body.id}`;
  };
});
