/** The server is killed in the middle of a trade and started again: the page says so, loses nothing and goes on. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { createInstallation, type Installation } from "../crash/server-process.ts";
import { amount } from "./support/amounts.ts";
import { buildWebApp, useBrowser } from "./support/browser.ts";
import { button, openChat, release, take, write } from "./support/trading.ts";

const GONE =
  /ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_SOCKET/;

describe("a server that dies", () => {
  buildWebApp();
  let installation: Installation;
  before(async () => {
    installation = await createInstallation({ DEMO: "1" });
    await installation.start();
  });
  const browser = useBrowser(() => `http://127.0.0.1:${installation.port}`);
  after(() => installation.remove());

  test("mid-trade comes back, and the trade ends as if nothing had been", { timeout: 300_000 }, async () => {
    const buyer = await browser.visit({ person: "vera", size: "phone", path: "/market" });
    const seller = await browser.visit({ person: "anna", size: "desk" });
    buyer.faults.expect(GONE);
    seller.faults.expect(GONE);
    const path = await take(buyer.page, "Anna", { side: "Buy", sum: "1 000" });
    await seller.page.goto(path);
    await seller.page.getByRole("heading", { name: "Wait for Vera's payment" }).waitFor();
    await openChat(buyer.page);
    await buyer.page.getByRole("textbox", { name: "Message" }).fill("I was about to say");
    await seller.page.getByRole("textbox", { name: "Message" }).fill("So was I");

    await installation.end("SIGKILL");
    await seller.page.getByText("Reconnecting…").waitFor();
    await buyer.page.goBack();
    await button(buyer.page, /^I have paid/).click();
    const dialog = buyer.page.getByRole("dialog");
    await dialog.getByRole("checkbox").check();
    await button(dialog, "I have paid").click();
    await button(dialog, "Finding out").waitFor();
    assert.equal(await seller.page.getByRole("textbox", { name: "Message" }).inputValue(), "So was I");

    await seller.page.getByText("Offline: this may be old").waitFor();

    await installation.start();
    await dialog.waitFor({ state: "detached" });
    await buyer.page.getByRole("heading", { name: "Anna checks the account" }).waitFor();
    await seller.page.getByRole("heading", { name: amount("Is exactly 1 000,00 ₽ from Vera in your bank") }).waitFor();
    await seller.page.getByText("Offline: this may be old").waitFor({ state: "detached" });
    await button(seller.page, "Send").click();
    await openChat(buyer.page);
    await buyer.page.getByText("So was I").waitFor();
    assert.equal(await buyer.page.getByRole("textbox", { name: "Message" }).inputValue(), "I was about to say");
    await write(buyer.page, "I was about to say that I paid.");
    await buyer.page.goBack();
    await release(seller.page);
    await buyer.page.getByRole("heading", { name: amount("Done: 1 000,00 is yours") }).waitFor();
  });
});
