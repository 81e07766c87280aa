/** Notices: the toast, the bell and its list, the tab's title, the browser's own; told once, however many tabs there are. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { BrowserContext, Page } from "playwright-core";
import { amount, rub } from "./support/amounts.ts";
import { useDemo } from "./support/demo.ts";

/** What stands for the browser's notices, which no headless browser shows. */
const recordNotices = (context: BrowserContext, permission: NotificationPermission, isLookedAt: boolean) =>
  context.addInitScript(
    ([given, looked]) => {
      const shown: string[] = [];
      const Recorder = Object.assign(
        class extends EventTarget {
          constructor(sentence: string) {
            super();
            shown.push(sentence);
          }
          close() {}
        },
        {
          permission: given,
          requestPermission: async () => {
            Recorder.permission = "granted";
            return Recorder.permission;
          },
        },
      );
      Object.assign(window, { Notification: Recorder, shownNotices: shown });
      if (looked) return;
      Object.defineProperty(document, "visibilityState", { get: () => "hidden" });
      document.hasFocus = () => false;
    },
    [permission, isLookedAt] as const,
  );

const shownIn = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() => [...(Reflect.get(window, "shownNotices") as string[])]);

const toastsIn = (page: Page) => page.getByRole("status").getByRole("link");

const titleOf = (page: Page, pattern: RegExp) =>
  page.waitForFunction((source) => new RegExp(source).test(document.title), pattern.source);

/** Opens a page, and waits until it hears of what happens and has whatever tells of it. */
const listenAt = async (page: Page, path: string): Promise<Page> => {
  const stream = page.waitForResponse((response) => response.url().endsWith("/p2p/events"));
  await page.goto(path);
  await stream;
  await page.waitForFunction(() => {
    const loaded = performance.getEntriesByType("resource").map(({ name }) => name);
    return ["/Teller-", "/notices-"].every((part) => loaded.some((name) => name.includes(part)));
  });
  return page;
};

describe("notices", () => {
  const { browser, market } = useDemo({ env: { SIGN_UP: "open" } });

  const must = async (who: string, path: string, body?: object) => {
    const reply = await market.as(who)("POST", path, body);
    assert.ok(reply.status < 300, reply.text);
    return reply.body;
  };

  const adOf = async (maker: string): Promise<number> =>
    (await market.stranger("GET", `/p2p/ads?type=sell&maker=${maker}`)).body.items[0].id;

  const startOrder = async (taker: string): Promise<number> =>
    (await must(taker, "/p2p/orders", { ad_id: await adOf("anna"), usdt_amount: rub(1_000), payment_method: "card" }))
      .id;

  /** Anna hears of the payment; what she does herself she is not told. */
  const finish = async (taker: string, order: number) => {
    await must(taker, `/p2p/orders/${order}/confirm-paid`);
    await must("anna", `/p2p/orders/${order}/confirm-received`);
  };

  const unreadOf = async (who: string): Promise<number> =>
    (await market.as(who)("GET", "/p2p/me")).body.notifications_unread;

  const bell = (page: Page, n: number) =>
    page.getByRole("button", { name: n === 0 ? "Notifications" : `Notifications: ${n} unread`, exact: true });

  for (const size of ["phone", "desk"] as const)
    test(`on a ${size} an event of another order is a toast and a number at the bell; opening the order reads it`, async () => {
      const { page } = await browser.visit({ person: "anna", size });
      await listenAt(page, "/market");
      const before = await unreadOf("anna");
      await bell(page, before).waitFor();
      const order = await startOrder("vera");
      const toast = toastsIn(page).filter({ hasText: `New order ${order} with Vera` });
      await toast.waitFor();
      await bell(page, before + 1).waitFor();
      await toast.click();
      await page.waitForURL(new RegExp(`/orders/${order}$`));
      await bell(page, before).waitFor();

      // Of the order that is looked at there is no toast, and it is read at once.
      const other = await startOrder("oleg");
      await toastsIn(page)
        .filter({ hasText: `New order ${other} with Oleg` })
        .waitFor();
      await must("vera", `/p2p/orders/${order}/confirm-paid`);
      await page.getByRole("button", { name: /^Release/ }).waitFor();
      await finish("oleg", other);
      await toastsIn(page)
        .filter({ hasText: `Oleg marked the payment of order ${other}` })
        .waitFor();
      assert.equal(
        await toastsIn(page)
          .filter({ hasText: `order ${order}` })
          .count(),
        0,
      );
      await bell(page, before + 2).waitFor();

      await bell(page, before + 2).click();
      const list = page.getByRole("dialog").getByRole("list", { name: "Notifications" });
      const newest = list.getByRole("listitem").first();
      await newest.getByText(`Oleg marked the payment of order ${other}`).waitFor();
      await newest.getByText("new", { exact: true }).waitFor();
      await page.getByRole("button", { name: "Mark all as read" }).click();
      await newest.getByText("new", { exact: true }).waitFor({ state: "detached" });
      await page.keyboard.press("Escape");
      await bell(page, 0).waitFor();
      assert.equal(await unreadOf("anna"), 0);
      await must("anna", `/p2p/orders/${order}/confirm-received`);
    });

  test("two tabs that are looked at show one toast between them", async () => {
    const { page, context } = await browser.visit({ person: "anna" });
    await listenAt(page, "/market");
    const second = await listenAt(await context.newPage(), "/orders");
    const before = await unreadOf("anna");
    for (const tab of [page, second]) await bell(tab, before).waitFor();
    const order = await startOrder("vera");
    // By the time the number is there each tab has heard of it.
    for (const tab of [page, second]) await bell(tab, before + 1).waitFor();
    const count = async () => (await toastsIn(page).count()) + (await toastsIn(second).count());
    assert.equal(await count(), 1);
    await finish("vera", order);
    for (const tab of [page, second]) await bell(tab, before + 2).waitFor();
    assert.equal(await count(), 2);
  });

  test("two tabs that nobody looks at show one notice of the browser, and no toast", async () => {
    const { page, context } = await browser.visit({ person: "anna" });
    await recordNotices(context, "granted", false);
    const tabs = [await listenAt(page, "/market"), await listenAt(await context.newPage(), "/orders")];
    for (const tab of tabs) await bell(tab, await unreadOf("anna")).waitFor();
    const order = await startOrder("vera");
    await Promise.any(
      tabs.map((tab) => tab.waitForFunction(() => (Reflect.get(window, "shownNotices") as string[]).length > 0)),
    );
    await finish("vera", order);
    await Promise.any(
      tabs.map((tab) =>
        tab.waitForFunction(
          (id) =>
            (Reflect.get(window, "shownNotices") as string[]).some((one) => one.includes(`payment of order ${id}`)),
          order,
        ),
      ),
    );
    const shown = (await Promise.all(tabs.map(shownIn))).flat().map((one) => one.replaceAll(/[\u2068\u2069]/g, ""));
    assert.deepEqual(shown.toSorted(), [`New order ${order} with Vera`, `Vera marked the payment of order ${order}`]);
    for (const tab of tabs) assert.equal(await toastsIn(tab).count(), 0);
  });

  test("the title says how much waits and what is the most urgent; five minutes before the end it is said once more", async () => {
    const { page } = await browser.visit({ person: "vera", size: "phone" });
    await page.clock.install();
    await page.goto("/market");
    await page
      .getByRole("link", { name: "Open" })
      .or(page.getByRole("link", { name: "Buy" }))
      .first()
      .waitFor();
    const order = await startOrder("vera");
    const { body: me } = await market.as("vera")("GET", "/p2p/me");
    await titleOf(page, new RegExp(`^\\(${me.unread_total + 1}\\) Pay 1\\s000\\s₽ · Market · Parley$`));
    await page.getByText(amount(`Order ${order}: pay 1 000,00 ₽`)).waitFor();
    await page.clock.fastForward("09:58");
    await page.clock.fastForward("00:05");
    await toastsIn(page)
      .filter({ hasText: `Order ${order}: five minutes left` })
      .waitFor();
    await finish("vera", order);
    await titleOf(page, /^(\(\d+\) )?Market · Parley$/);
  });

  test("the browser is asked once, when an order has started, and by the press of a button", async () => {
    const { page, context } = await browser.visit({ person: "vera", size: "phone" });
    await recordNotices(context, "default", true);
    await page.goto("/market");
    assert.equal(await page.getByText("Shall this browser tell you").count(), 0);
    const order = await startOrder("vera");
    await page.goto(`/orders/${order}`);
    await page.getByText("Shall this browser tell you").waitFor();
    await page.getByRole("button", { name: "Allow", exact: true }).click();
    await page.getByText("Shall this browser tell you").waitFor({ state: "detached" });
    assert.equal(await page.evaluate(() => Notification.permission), "granted");
    await page.reload();
    await page.getByRole("button", { name: /^I have paid/ }).waitFor();
    assert.equal(await page.getByText("Shall this browser tell you").count(), 0, "it was answered");
    await finish("vera", order);
  });

  test("sound is off; a kind that is switched off is no toast, and is in the list all the same", async () => {
    const { page } = await browser.visit({ person: "anna", size: "phone", path: "/me/notifications" });
    const sound = page.getByRole("switch", { name: /^A short sound/ });
    await sound.waitFor();
    assert.equal(await sound.isChecked(), false);
    await page.getByRole("switch", { name: /^New orders/ }).uncheck({ force: true });
    await listenAt(page, "/me/notifications");
    const before = await unreadOf("anna");
    const order = await startOrder("vera");
    await bell(page, before + 1).waitFor();
    await finish("vera", order);
    await toastsIn(page)
      .filter({ hasText: `Vera marked the payment of order ${order}` })
      .waitFor();
    assert.equal(await toastsIn(page).count(), 1);
    await bell(page, before + 2).click();
    await page.getByRole("dialog").getByText(`New order ${order} with Vera`).waitFor();
  });

  test("who signs in elsewhere as somebody is told to that somebody", async () => {
    const credentials = { login: "nina.k", password: "correct horse battery" };
    const { page, context } = await browser.visit({ size: "phone" });
    const headers = { origin: market.nodes[0]?.address ?? "", "parley-client": "test" };
    const came = await context.request.post("/api/v1/identity/sign-up", {
      data: { ...credentials, name: "Nina" },
      headers,
    });
    assert.equal(came.status(), 201, await came.text());
    await listenAt(page, "/market");
    const other = await browser.visit();
    const again = await other.context.request.post("/api/v1/identity/sign-in", { data: credentials, headers });
    assert.equal(again.status(), 200, await again.text());
    await toastsIn(page).filter({ hasText: "New sign-in" }).waitFor();
    await bell(page, 1).click();
    await page
      .getByRole("dialog")
      .getByRole("link", { name: /^New sign-in/ })
      .click();
    await page.waitForURL("/me/security");
  });
});
