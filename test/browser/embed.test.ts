/**
 * The app in the page of a host platform, as `npm run demo:host` shows it: in the host's colours and words, with the host's
 * own people, whose tokens run out all the time. And what a page gets that is no host of ours.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, describe, test } from "node:test";
import type { Frame, Page } from "playwright-core";
import { type Host, startHost } from "../../examples/host-platform/server.ts";
import { SELLER } from "../../examples/host-platform/users.ts";
import { eventually, type Market } from "../support/market.ts";
import { assertDone } from "../support/trades.ts";
import type { Visit, Visitor } from "./support/browser.ts";
import { useApp } from "./support/demo.ts";

/** A trade takes longer, so that every one of them outlives several tokens. */
const TOKEN_SECONDS = 3;
/** Of the host's page, and what it becomes. */
const LILAC = "rgb(91 42 157)";
const GREEN = { hex: "#0b5d1e", shown: "rgb(11 93 30)" };

declare global {
  interface Window {
    exchange: { look(change: object): void };
  }
}

const served: { market?: Market } = {};
const parley = (): string => served.market?.nodes[0]?.address ?? "";
const host: Host = await startHost({ tokenSeconds: TOKEN_SECONDS, parley });

/** A page of somebody whom the operator has not named: it frames the app, and says to it whatever it likes. */
const stranger = createServer((_, response) => {
  response
    .writeHead(200, { "content-type": "text/html; charset=utf-8" })
    .end(`<!doctype html><title>Stranger</title><iframe src="${parley()}/embed/market"></iframe>`);
});
stranger.listen(0, "127.0.0.1");
await once(stranger, "listening");
const strangerOrigin = `http://localhost:${(stranger.address() as AddressInfo).port}`;

/** The app inside a host's page, once it is there. */
const appIn = async (page: Page): Promise<Frame> => {
  const element = await page.waitForSelector("#exchange iframe");
  const frame = await element.contentFrame();
  assert.ok(frame);
  await frame.getByRole("row").first().waitFor();
  return frame;
};

const accentOf = (frame: Frame): Promise<string> =>
  frame.evaluate(() => document.documentElement.style.getPropertyValue("--pine"));

describe("the app in a host's page", () => {
  after(async () => {
    await host.stop();
    stranger.close();
    stranger.closeAllConnections();
  });
  const { market, browser } = useApp({ env: host.settings }, () => host.openShop());
  served.market = market;

  /** Somebody at the host's page, whose own requests are no fault. */
  const visitHost = async (visit: Visit = {}): Promise<Visitor> => {
    const visitor = await browser.visit(visit);
    visitor.faults.expect(/^a request to another host: http:\/\/localhost:/);
    await visitor.page.goto(host.origin);
    return visitor;
  };

  const assertNoCookie = async ({ context }: Visitor): Promise<void> => {
    assert.deepEqual(await context.cookies(parley()), []);
  };

  test("looks and speaks as the host says, from the beginning and whenever that changes", async () => {
    const visitor = await visitHost({ theme: "dark", language: "ru" });
    const { page } = visitor;
    const app = await appIn(page);
    await app.getByRole("link", { name: "Buy USDT" }).waitFor();
    assert.equal(await accentOf(app), LILAC);
    assert.equal(await app.evaluate(() => document.documentElement.dataset.theme), "light", "not the device's");

    await page.evaluate((accent) => window.exchange.look({ language: "uk", colors: { accent } }), GREEN.hex);
    await app.getByRole("link", { name: "Купити USDT" }).waitFor();
    assert.equal(await app.evaluate(() => document.documentElement.lang), "uk");
    assert.equal(await accentOf(app), GREEN.shown);
    await page.evaluate(() => window.exchange.look({ theme: "dark", colors: {} }));
    await app.waitForFunction(() => document.documentElement.dataset.theme === "dark");
    assert.equal(await accentOf(app), "", "without the host's colours its own are back");
    await assertNoCookie(visitor);
  });

  test("shows a stranger the market, and leads whoever wants to trade back to the host, not to a form of its own", async () => {
    const visitor = await visitHost({ size: "phone" });
    const app = await appIn(visitor.page);
    await app.getByRole("link", { name: "Buy", exact: true }).click();
    await app.getByRole("link", { name: "Sign in to start" }).click();
    await app.getByText("Sign in on the site that you came from").waitFor();
    assert.equal(await app.getByLabel("Password").count(), 0);
    await assertNoCookie(visitor);
  });

  test("is where a person of the host's trades to the end, while one token after the other runs out", async () => {
    const visitor = await visitHost({ size: "phone" });
    const { page } = visitor;
    await page.getByRole("button", { name: "I am Mila" }).click();
    const app = await appIn(page);
    await app.getByRole("link", { name: "Buy", exact: true }).click();
    await app.getByRole("button", { name: "Min" }).click();
    await app.getByRole("button", { name: /^Start order/ }).click();
    await app.getByRole("heading", { name: /^Pay .* to Lilac desk/ }).waitFor();
    const id = /\/embed\/orders\/(\d+)$/.exec(app.url())?.[1] ?? "";
    const desk = market.as(SELLER.id);

    const given = host.tokensGiven();
    await eventually(async () => host.tokensGiven() > given + 1, "the stream asks for new tokens by itself");
    assertDone(await desk("POST", `/p2p/orders/${id}/messages`, { message: "Are you there?" }), 201);
    await app.getByRole("link", { name: /^Chat/ }).getByText("Are you there?").waitFor();

    await app.getByRole("button", { name: /^I have paid/ }).click();
    await app.getByRole("checkbox", { name: "Sent from my own account" }).check();
    await app.getByRole("dialog").getByRole("button", { name: "I have paid" }).click();
    await app.getByRole("heading", { name: "Lilac desk checks the account" }).waitFor();
    assertDone(await desk("POST", `/p2p/orders/${id}/confirm-received`));
    await app.getByRole("heading", { name: /is yours$/ }).waitFor();
    await app.getByRole("radio", { name: "4 stars" }).check({ force: true });
    await app.getByRole("button", { name: "Rate" }).click();
    await app.getByText("You gave 4 stars.").waitFor();
    await assertNoCookie(visitor);
  });

  test("is not shown in the page of anybody else", async () => {
    const { page, faults } = await browser.visit();
    faults.expect(/^a request to another host: http:\/\/localhost:/);
    faults.expect(/frame-ancestors/);
    await page.goto(strangerOrigin);
    const frame = await (await page.waitForSelector("iframe")).contentFrame();
    await eventually(async () => frame?.url().startsWith("chrome-error:") ?? false, "the frame is refused");
    assert.equal(await frame?.getByRole("row").count(), 0);
  });

  test("hears nobody but the host, whose page hears nobody but the app", async () => {
    const { page, faults } = await visitHost();
    faults.expect(/frame-ancestors/);
    await page.getByRole("button", { name: "I am Taras" }).click();
    const app = await appIn(page);
    const accent = await accentOf(app);
    // Somebody's advertisement, say, in the same page.
    await page.evaluate((src) => {
      const frame = document.createElement("iframe");
      frame.id = "stranger";
      frame.src = src;
      document.body.append(frame);
    }, strangerOrigin);
    const other = await (await page.waitForSelector("#stranger")).contentFrame();
    await other?.waitForLoadState();
    assert.ok(other);

    const heard = (frame: Frame | Page) =>
      frame.evaluate((from) => {
        const come = Promise.withResolvers<number>();
        let count = 0;
        addEventListener("message", ({ origin }) => {
          if (origin === from && ++count === 3) come.resolve(count);
        });
        Object.assign(window, { come: come.promise });
      }, strangerOrigin);
    await heard(app);
    await heard(page);
    await other.evaluate(() => {
      const got: unknown[] = [];
      Object.assign(window, { got });
      addEventListener("message", ({ data }) => got.push(data));
      const [app] = [window.parent.frames[0]];
      for (const message of [
        { parley: "look", look: { language: "ru", theme: "dark", colors: { accent: "#000000" } } },
        { parley: "token", token: null },
        { parley: "token", token: "somebody-else" },
      ])
        app?.postMessage(message, "*");
      for (const parley of ["renew", "ready", "renew"]) window.parent.postMessage({ parley }, "*");
    });
    for (const frame of [app, page]) assert.equal(await frame.evaluate(() => Reflect.get(window, "come")), 3);

    assert.equal(await app.evaluate(() => document.documentElement.lang), "en");
    assert.equal(await accentOf(app), accent);
    const given = host.tokensGiven();
    await eventually(async () => host.tokensGiven() > given, "the app goes on asking its host");
    await app.getByRole("link", { name: "Orders" }).click();
    await app.getByRole("heading", { name: "No order is open" }).waitFor();
    assert.deepEqual(await other.evaluate(() => Reflect.get(window, "got")), [], "no token for whoever asks");
  });
});
