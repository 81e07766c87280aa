/** What a chat does besides carrying lines, and the two lists, which stay as they are while somebody reads them. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Page } from "playwright-core";
import { amount, rub } from "./support/amounts.ts";
import { useDemo } from "./support/demo.ts";
import { button, take } from "./support/trading.ts";

const CUT = /ERR_INTERNET_DISCONNECTED|ERR_FAILED/;

const boxOf = (page: Page) => page.getByRole("textbox", { name: "Message" });
const linesOf = (page: Page) => page.getByRole("log", { name: "Lines of the chat" });

describe("chats", () => {
  const { browser, market } = useDemo();

  const must = async (who: string, path: string, body?: object) => {
    const reply = await market.as(who)("POST", path, body);
    assert.ok(reply.status < 300, `${path}: ${reply.text}`);
    return reply.body;
  };
  const startOrder = async (taker: string): Promise<number> => {
    const { body } = await market.stranger("GET", "/p2p/ads?type=sell&maker=anna");
    const order = { ad_id: body.items[0].id, usdt_amount: rub(1_000), payment_method: "card" };
    return (await must(taker, "/p2p/orders", order)).id;
  };
  const say = (who: string, order: number, message: string) => must(who, `/p2p/orders/${order}/messages`, { message });

  test("an empty one offers three ways to begin; Enter sends at a desk, unless it is switched off; an empty line is none", async () => {
    const { page } = await browser.visit({ person: "vera", size: "desk", path: "/market" });
    const path = await take(page, "Anna", { side: "Buy", sum: "1 000" });
    await page.getByText("Keep it in this chat. Operators never ask for codes.").waitFor();
    const openings = ["Hello. I am here.", "I pay now.", "Which bank do you use?"];
    for (const opening of openings) await button(page, opening).waitFor();
    await button(page, "Hello. I am here.").click();
    await linesOf(page).getByText("Hello. I am here.").waitFor();
    for (const opening of openings) assert.equal(await button(page, opening).count(), 0);

    await button(page, "Send").click();
    assert.equal(await boxOf(page).evaluate((box) => box === document.activeElement), true, "an empty line is none");
    await page.keyboard.type("One");
    await page.keyboard.press("Shift+Enter");
    await page.keyboard.type("two");
    await page.keyboard.press("Enter");
    await linesOf(page).getByText("One\ntwo").waitFor();
    assert.equal(await boxOf(page).inputValue(), "");

    await page.goto(new URL("/me", page.url()).href);
    await page.getByRole("switch", { name: /^Enter sends/ }).uncheck({ force: true });
    await page.goto(new URL(path, page.url()).href);
    await boxOf(page).fill("Three");
    await boxOf(page).press("Enter");
    assert.equal(await boxOf(page).inputValue(), "Three\n");
    await must("vera", `/p2p${path}/cancel`);
  });

  test("a line that was not sent is tried again and stands there once; one that lures away is cautioned; links are text", async () => {
    const { page, faults } = await browser.visit({ person: "vera", size: "phone" });
    faults.expect(CUT);
    const order = await startOrder("vera");
    await page.goto(`/orders/${order}/chat`);
    await boxOf(page).fill("Are you there?");
    const cut = (hears: boolean) =>
      page.route(/\/messages$/, async (route) => {
        if (route.request().method() !== "POST") return route.continue();
        if (hears) await route.fetch();
        return route.abort("failed");
      });
    // What is on its way has no time yet.
    const said = (text: string) => linesOf(page).getByText(text).locator("xpath=..").locator("time");
    await cut(false);
    await button(page, "Send").click();
    await button(page, "Not sent: try again").waitFor();
    await page.unroute(/\/messages$/);
    await button(page, "Not sent: try again").click();
    await said("Are you there?").waitFor();
    assert.equal(await linesOf(page).getByText("Are you there?").count(), 1);

    // The server has it, and no answer says so: the stream does.
    await cut(true);
    await boxOf(page).fill("And now?");
    await button(page, "Send").click();
    await said("And now?").waitFor();
    assert.equal(await linesOf(page).getByText("And now?").count(), 1);
    assert.equal(await button(page, "Not sent: try again").count(), 0);
    await page.unrouteAll({ behavior: "ignoreErrors" });

    await say("anna", order, "Better pay to 4111 1111 1111 1111, see https://evil.example");
    const line = linesOf(page).getByText("Better pay to");
    await line.waitFor();
    await page.getByText("Pay only to the order's details.").waitFor();
    assert.equal(await linesOf(page).getByRole("link").count(), 0, "links are text");
    await say("vera", order, "My card is 4111 1111 1111 1111");
    await linesOf(page).getByText("My card is").waitFor();
    assert.equal(await page.getByText("Pay only to the order's details.").count(), 1, "one's own are one's own");
  });

  test("who has scrolled up is told of new lines and stays there; older ones come when they are asked for", async () => {
    const order = (await market.as("vera")("GET", "/p2p/me")).body.active_orders[0].order_id;
    for (let n = 1; n <= 60; n++) await say(n % 2 === 0 ? "vera" : "anna", order, `Line ${n} of many`);
    const { page } = await browser.visit({ person: "vera", size: "phone", path: `/orders/${order}/chat` });
    await linesOf(page).getByText("Line 60 of many").waitFor();
    assert.equal(await linesOf(page).getByText("Line 5 of many", { exact: true }).count(), 0);
    await linesOf(page).evaluate((element) => element.scrollTo(0, 0));
    await button(page, "Older lines").click();
    await linesOf(page).getByText("Line 5 of many", { exact: true }).waitFor();
    const place = () => linesOf(page).evaluate(({ scrollTop }) => scrollTop);
    await linesOf(page).evaluate((element) => element.scrollTo(0, 40));
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    const before = await place();
    await say("anna", order, "The first below");
    await button(page, "1 new").waitFor();
    await say("anna", order, "The second below");
    await button(page, "2 new").click();
    assert.ok((await place()) > before);
    await button(page, "2 new").waitFor({ state: "detached" });
    await must("vera", `/p2p/orders/${order}/cancel`);
  });

  test("the list says what is to be done and until when; at a desk the chat stands beside it, and no row moves", async () => {
    const first = await startOrder("vera");
    await say("anna", first, "Hello, Vera");
    const { page } = await browser.visit({ person: "anna", size: "desk", path: "/chats" });
    const rows = page.getByRole("main").getByRole("listitem");
    const top = rows.first();
    await top.getByText(`Order ${first}, 1`).waitFor();
    await top.getByText("Waiting for Vera").waitFor();
    await must("vera", `/p2p/orders/${first}/confirm-paid`);
    await top.getByText("Check your bank").waitFor();
    await top.getByText(/until \d\d:\d\d/).waitFor();
    await page.getByText("Choose a chat from the list.").waitFor();
    await top.getByRole("link").click();
    await page.waitForURL(new RegExp(`/chats\\?order=${first}$`));
    await linesOf(page).getByText("Hello, Vera").waitFor();
    assert.equal(await top.getByRole("link").getAttribute("aria-current"), "page");
    const list = await top.boundingBox();
    const chat = await linesOf(page).boundingBox();
    assert.equal(list?.width, 360);
    assert.ok(chat !== null && list !== null && chat.x >= list.x + list.width, "they stand beside each other");

    const second = await startOrder("oleg");
    await say("oleg", second, "Hello, Anna");
    await page.getByText("The list has changed").waitFor();
    assert.equal(await top.getByText(`Order ${first}, 1`).count(), 1, "no row moves under the finger");
    await button(page, "Refresh").click();
    await top.getByText(`Order ${second}, 1`).waitFor();
    await page.getByRole("link", { name: `Order ${first}`, exact: true }).click();
    await page.waitForURL(new RegExp(`/orders/${first}$`));
  });

  test("orders: one's turn stands first, a new one waits behind a bar, and one that has ended says so where it stood", async () => {
    const { page } = await browser.visit({ person: "anna", size: "phone", path: "/orders" });
    const rows = page.getByRole("row").filter({ has: page.getByRole("link", { name: "Open" }) });
    await rows.first().getByText("Check your bank").waitFor();
    const before = await rows.count();
    const [order] = (await market.as("anna")("GET", "/p2p/me")).body.your_turn;
    await must("vera", `/p2p/orders/${order.order_id}/call-operator`, { reason: "paid_not_released" });
    await rows.first().getByText("Waiting for an operator").waitFor();
    await must("anna", `/p2p/orders/${order.order_id}/confirm-received`);
    await rows.first().getByText("Completed").waitFor();
    await page.getByText("The list has changed").waitFor();
    assert.equal(await rows.count(), before);
    await rows.first().getByText(amount("Selling 1 000,00 to Vera")).waitFor();
    await button(page, "Refresh").click();
    await page.getByText("The list has changed").waitFor({ state: "detached" });
    assert.equal(await rows.count(), before - 1);
    await page.getByRole("link", { name: "Finished" }).click();
    await rows.first().getByText("Completed").waitFor();
  });
});
