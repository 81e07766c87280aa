/** The order room in detail: what is copied, what each dialog asks, how time is told, what stands there at the end. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Page } from "playwright-core";
import { amount } from "./support/amounts.ts";
import { useDemo } from "./support/demo.ts";
import { button, cancelOfVera, orderOfVera, take } from "./support/trading.ts";

/** As the contract's table of colours has them, light. */
const AMBER = "rgb(122, 75, 0)";
const BRICK = "rgb(162, 50, 31)";

const isFocused = (element: Element): boolean => element === document.activeElement;

describe("the order room", () => {
  const { browser, market } = useDemo();

  const startOrder = () => orderOfVera(market);
  const cancel = (order: number) => cancelOfVera(market, order);

  test("whatever is typed into a bank's form is copied without blanks; the rule stands beside it; the seller sees the same", async () => {
    const { page, context } = await browser.visit({ person: "vera", size: "phone", path: "/market" });
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    const path = await take(page, "Anna", { side: "Buy", sum: "1 020,50" });
    await page.getByRole("heading", { name: amount("Buying 1 020,50 from Anna") }).waitFor();
    const copied = async (what: string) => {
      await button(page, `Copy: ${what}`).click();
      await button(page, `Copy: ${what}`).getByText("Copied").waitFor();
      return page.evaluate(() => navigator.clipboard.readText());
    };
    assert.equal(await copied("Amount"), "1020.50");
    assert.equal(await copied("Card number"), "2200000000001111");
    assert.equal(await copied("Name"), "Anna");
    assert.equal(`/orders/${await copied(path.replace("/orders/", "Order "))}`, path);
    await page.getByText("Send exactly this sum, from your own account. Do not mention crypto in the note.").waitFor();

    const { page: anna } = await browser.visit({ person: "anna", size: "desk", path });
    await anna.getByText(amount("1 020,50 ₽ in USDT of yours is held for this order.")).waitFor();
    await anna.getByText("What the buyer sees").click();
    await anna.getByText("2200 0000 0000 1111").waitFor();
    await page.getByRole("button", { name: "Cancel the order" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("Have you sent money? Then do not cancel.").waitFor();
    await dialog.getByText("You can cancel 5 more orders today.").waitFor();
    assert.equal(await button(dialog, "Keep the order").evaluate(isFocused), true);
    await page.keyboard.press("Enter");
    await dialog.waitFor({ state: "detached" });
    assert.equal(await button(page, "Cancel the order").evaluate(isFocused), true, "the focus comes back");
    await cancel(Number(path.split("/").at(-1)));
    await page.getByText("The buyer cancelled the order.").waitFor();
    await page.getByText("The amount went back to the seller.").waitFor();
  });

  test("the time is the server's: amber in its last third, brick in the last two minutes, said aloud at 10, 5, 2 and 1; at its end the server is asked", async () => {
    const order = await startOrder();
    const { page } = await browser.visit({ person: "vera", size: "desk" });
    // A device that is hours behind.
    await page.clock.install({ time: Date.now() - 5 * 3_600_000 });
    await page.goto(`/orders/${order}`);
    const timer = page.getByRole("main").getByRole("timer");
    await timer.getByText(/^1[45]:\d\d left, until \d\d:\d\d$/).waitFor();
    const colour = () => timer.evaluate((element) => getComputedStyle(element).color);
    const plain = await colour();
    const aloud = (text: string) => page.getByRole("main").getByText(text, { exact: true }).waitFor();
    await page.clock.runFor("05:00");
    await aloud("10 minutes left");
    assert.equal(await colour(), plain);
    await page.clock.runFor("05:00");
    await aloud("5 minutes left");
    assert.equal(await colour(), AMBER);
    await page.clock.runFor("03:00");
    await aloud("2 minutes left");
    assert.equal(await colour(), BRICK);
    await page.clock.runFor("01:00");
    await aloud("1 minute left");
    const asked = page.waitForRequest((request) => request.url().endsWith(`/p2p/orders/${order}`));
    await page.clock.runFor("01:00");
    await timer.getByText("Time is over, asking the server…").waitFor();
    await asked;
    await cancel(order);
  });

  test("both sides see the receipt of what was done, what the balance is now, and are asked for stars", async () => {
    const order = await startOrder();
    for (const [who, act] of [
      ["vera", "confirm-paid"],
      ["anna", "confirm-received"],
    ] as const)
      await market.as(who)("POST", `/p2p/orders/${order}/${act}`);
    const sees = async (page: Page, { got, rate }: { got: string; rate: string }) => {
      await page.getByText(got, { exact: true }).waitFor();
      await page.getByText("Your balance now").waitFor();
      await page.getByRole("group", { name: rate }).waitFor();
      assert.equal(await page.getByRole("main").getByRole("timer").count(), 0, "no deadline runs");
    };
    const { page: vera } = await browser.visit({ person: "vera", size: "phone", path: `/orders/${order}` });
    await sees(vera, { got: "Received", rate: "Rate Anna" });
    const { page: anna } = await browser.visit({ person: "anna", size: "desk", path: `/orders/${order}` });
    await sees(anna, { got: "Given", rate: "Rate Vera" });
  });
});
