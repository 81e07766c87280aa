/** What goes wrong on the way: the network, another tab, another device, a reload at a bad moment. Nothing is lost or done twice. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Page } from "playwright-core";
import { amount } from "./support/amounts.ts";
import type { Visitor } from "./support/browser.ts";
import { useDemo } from "./support/demo.ts";
import { button, markPaid, openChat, release, signUp, take, write } from "./support/trading.ts";

/** A phone at the edge of the network. */
const SLOW = { offline: false, latency: 700, downloadThroughput: 40_000, uploadThroughput: 20_000 };
const CUT = /ERR_INTERNET_DISCONNECTED|ERR_FAILED|ERR_NETWORK_CHANGED/;

const slowDown = async ({ context, page }: Visitor): Promise<void> => {
  const session = await context.newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.emulateNetworkConditions", SLOW);
};

/** How often something was sent to a path. */
const countPosts = (page: Page, path: RegExp): (() => number) => {
  let count = 0;
  page.on("request", (request) => {
    if (request.method() === "POST" && path.test(request.url())) count += 1;
  });
  return () => count;
};

const tickPaid = async (page: Page) => {
  await button(page, /^I have paid/).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("checkbox", { name: "Sent from my own account" }).check();
  return { dialog, confirm: button(dialog, "I have paid") };
};

describe("mishaps on the way", () => {
  const { market, browser } = useDemo({ env: { SIGN_UP: "open" } });
  const transitions = async (path: string, action: string): Promise<number> => {
    const id = Number(path.split("/").at(-1));
    const rows = await market.sql(`select from exchange.order_history where order_id = ${id} and action = '${action}'`);
    return rows.length;
  };

  test("an answer that is lost while the payment is marked: the page finds out, and it is marked once", async () => {
    const { page, faults } = await browser.visit({ person: "vera", size: "phone", path: "/market" });
    faults.expect(CUT);
    const path = await take(page, "Anna", { side: "Buy", sum: "1 000" });
    const { dialog, confirm } = await tickPaid(page);
    // The server hears of it each time, and its answer is lost on the way back.
    let isLost = true;
    await page.route(/confirm-paid$/, async (route) => {
      if (!isLost) return route.continue();
      const reply = await route.fetch();
      assert.equal(reply.status(), 200);
      return route.abort("failed");
    });
    await confirm.click();
    await button(dialog, "Finding out").waitFor();
    isLost = false;
    await dialog.waitFor({ state: "detached" });
    await page.getByRole("heading", { name: "Anna checks the account" }).waitFor();
    assert.equal(await transitions(path, "confirm-paid"), 1);
  });

  test("a slow network: the button says that it sends, a second press sends nothing, and the page stays whole", async () => {
    const visitor = await browser.visit({ size: "phone", path: "/market" });
    const { page } = visitor;
    await signUp(visitor, "igor.k");
    await slowDown(visitor);
    const path = await take(page, "Anna", { side: "Buy", sum: "1 000" });
    const posts = countPosts(page, /confirm-paid$/);
    const { dialog, confirm } = await tickPaid(page);
    await confirm.dblclick();
    await button(dialog, "Sending").waitFor();
    await dialog.waitFor({ state: "detached" });
    await page.getByRole("heading", { name: "Anna checks the account" }).waitFor();
    assert.equal(posts(), 1);
    assert.equal(await transitions(path, "confirm-paid"), 1);
  });

  test("two tabs of one person: what one does the other shows, and a window that is open there closes and says so", async () => {
    const visitor = await browser.visit({ size: "desk", path: "/market" });
    const { page: first } = visitor;
    await signUp(visitor, "oleg.k");
    const path = await take(first, "Anna", { side: "Buy", sum: "1 000" });
    const second = await visitor.newTab(path);
    await button(second, /^I have paid/).click();
    await second.getByRole("dialog").waitFor();
    await markPaid(first);
    await second.getByText("The order has moved on elsewhere").waitFor();
    await second.getByRole("heading", { name: "Anna checks the account" }).waitFor();
    await write(first, "Sent from the first tab.");
    await second.getByText("Sent from the first tab.").waitFor();
    assert.equal(await transitions(path, "confirm-paid"), 1);
  });

  test("a session that is ended elsewhere ends here at once, and signing in leads on", async () => {
    const here = await browser.visit({ size: "phone", path: "/market" });
    await signUp(here, "pavel.k");
    await here.page.goto(new URL("/orders", here.page.url()).href);
    await here.page.getByRole("heading", { name: "No order is open" }).waitFor();
    const elsewhere = await browser.visit({ size: "desk", path: "/sign-in?back=%2Fme" });
    await elsewhere.page.getByRole("textbox", { name: "Login" }).fill("pavel.k");
    await elsewhere.page.getByLabel("Password", { exact: true }).fill("correct horse battery");
    await elsewhere.page.keyboard.press("Enter");
    await elsewhere.page.waitForURL(/\/me$/);
    const reply = await elsewhere.context.request.delete(
      new URL("/api/v1/identity/sessions", elsewhere.page.url()).href,
      {
        headers: { origin: new URL(elsewhere.page.url()).origin, "parley-client": "test" },
      },
    );
    assert.ok(reply.ok(), await reply.text());
    await here.page.getByText("Sign in to see this page").waitFor();
    await elsewhere.page.reload();
    await elsewhere.page.getByRole("heading", { name: "Me", exact: true }).waitFor();
  });

  test("reload and back in each step: the page is what the order is, and a draft is still there", async () => {
    const { page: vera } = await browser.visit({ person: "vera", size: "phone", path: "/orders" });
    await vera.getByRole("link", { name: "Open" }).first().click();
    await vera.waitForURL(/\/orders\/\d+$/);
    const path = new URL(vera.url()).pathname;
    await openChat(vera);
    await vera.getByRole("textbox", { name: "Message" }).fill("Half a sente");
    await vera.reload();
    assert.equal(await vera.getByRole("textbox", { name: "Message" }).inputValue(), "Half a sente");
    await vera.goBack();
    await vera.getByRole("heading", { name: "Anna checks the account" }).waitFor();
    await vera.reload();
    await vera.getByRole("heading", { name: "Anna checks the account" }).waitFor();
    await vera.goBack();
    await vera.getByRole("heading", { name: "Orders" }).waitFor();
    await vera.goForward();
    await vera.getByRole("heading", { name: "Anna checks the account" }).waitFor();

    const { page: anna } = await browser.visit({ person: "anna", size: "desk", path });
    await button(anna, /^Release/).click();
    await anna.getByRole("dialog").getByRole("checkbox").first().check();
    await anna.reload();
    assert.equal(await anna.getByRole("dialog").count(), 0, "a reload opens no window that moves money");
    await release(anna);
    await vera.getByRole("heading", { name: amount("Done: 1 000,00 is yours") }).waitFor();
    await vera.reload();
    await vera.getByRole("heading", { name: amount("Done: 1 000,00 is yours") }).waitFor();
    assert.equal(await transitions(path, "confirm-received"), 1);
  });
});
