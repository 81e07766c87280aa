/** The guided first trade: somebody who knows nothing of Parley does what the guide says, word for word, and has traded. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Locator, Page } from "playwright-core";
import { assertAccessible, assertNoSidewaysScroll } from "./support/checks.ts";
import { usePlayedDemo } from "./support/demo.ts";

const LIMIT_MS = 120_000;

const guideOf = (page: Page): Locator => page.locator("section", { has: page.locator("ol > li[aria-current=step]") });

/** What the guide says, once it is at that step; and what it quotes: the words of the page that are to be pressed. */
const heed = async (page: Page, step: number): Promise<readonly string[]> => {
  const current = page.locator(`section > ol > li:nth-child(${step})[aria-current=step]`);
  await current.waitFor();
  const said = (await guideOf(page).getByRole("status").textContent()) ?? "";
  return [...said.matchAll(/[“«](.+?)[”»]/g)].map(([, quoted]) => quoted ?? "");
};

/** A button or link whose words begin so; what the guide leaves open is a "…". */
const named = (within: Page | Locator, quoted: string | undefined): Locator => {
  const escaped = (quoted ?? "").split("…").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const name = new RegExp(`^${escaped.join(".*")}`);
  return within.getByRole("button", { name }).or(within.getByRole("link", { name })).first();
};

const choose = async (page: Page): Promise<void> => {
  const [press, mark] = await heed(page, 1);
  await named(
    page
      .getByRole("row")
      .filter({ hasText: mark ?? "" })
      .first(),
    press,
  ).click();
};

const start = async (page: Page, side: "buy" | "sell"): Promise<void> => {
  const [least, press] = await heed(page, 2);
  await named(page.getByRole("main"), least).click();
  await page.getByRole("main").getByRole("radio").first().check({ force: true });
  if (side === "sell") await page.locator("fieldset input[inputmode=numeric]").fill("2200 0000 0000 4411");
  await named(page.getByRole("main"), press).click();
};

/** Presses what the guide quotes, ticks whatever there is to tick, and confirms. */
const actAndConfirm = async (page: Page, step: number): Promise<void> => {
  const [press] = await heed(page, step);
  await named(page.getByRole("main"), press).click();
  const dialog = page.getByRole("dialog");
  for (const box of await dialog.getByRole("checkbox").all()) await box.check();
  await dialog
    .getByRole("button")
    .filter({ hasNot: page.locator("svg") })
    .last()
    .click();
  await dialog.waitFor({ state: "detached" });
};

const rate = async (page: Page): Promise<void> => {
  const [press] = await heed(page, 5);
  await page.getByRole("radio").last().check({ force: true });
  await named(page.getByRole("main"), press).click();
};

describe("the guided first trade", () => {
  const { browser } = usePlayedDemo({ env: { SIGN_UP: "open" } });

  test("somebody who has never seen Parley has bought within two minutes, on a phone, by the guide alone", async () => {
    const { page } = await browser.visit({ size: "phone", path: "/" });
    const began = performance.now();
    await page.getByRole("button", { name: "Try it as Vera, who buys" }).click();
    await heed(page, 1);
    await assertAccessible(page);
    await assertNoSidewaysScroll(page, 360);
    await choose(page);
    await start(page, "buy");
    await actAndConfirm(page, 3);
    await heed(page, 4);
    await rate(page);
    await page.getByText("Your first trade is done").waitFor();
    assert.ok(performance.now() - began < LIMIT_MS);

    await page.getByRole("link", { name: "Back" }).click();
    await page.getByText("Your first trade is done").waitFor({ state: "detached" });
    await page.goto(new URL("/market", page.url()).href);
    await page.getByRole("row").first().waitFor();
    assert.equal(await page.getByRole("region", { name: "Your first trade" }).count(), 0, "it does not come back");
  });

  test("somebody sells by the guide alone, in Russian at a desk, and reloads in the middle", async () => {
    const { page } = await browser.visit({ person: "anna", language: "ru", path: "/" });
    await page.getByRole("link", { name: "К объявлениям, где можно продать" }).click();
    await choose(page);
    await start(page, "sell");
    await heed(page, 3);
    await page.reload();
    await heed(page, 4);
    await page.goto(new URL("/market", page.url()).href);
    await page.getByRole("link", { name: "К сделке" }).click();
    await actAndConfirm(page, 4);
    await rate(page);
    await page.getByText("Ваша первая сделка завершена").waitFor();
  });

  test("in Ukrainian it follows the order itself: a person on the other side is said to be one", async () => {
    const { page } = await browser.visit({ person: "vera", language: "uk", size: "phone", path: "/market" });
    await heed(page, 1);
    await page.getByRole("row").filter({ hasText: "Anna" }).getByRole("link", { name: "Купити" }).click();
    await start(page, "buy");
    await heed(page, 3);
    await assertAccessible(page);
    await actAndConfirm(page, 3);
    await heed(page, 4);
    await guideOf(page).getByText("Anna тут людина").waitFor();

    const { page: anna } = await browser.visit({ person: "anna", path: new URL(page.url()).pathname });
    await anna.getByRole("heading", { name: /^Is exactly/ }).waitFor();
    assert.equal(await anna.getByRole("region", { name: "Your first trade" }).count(), 0, "it is not her first trade");
    await anna.getByRole("button", { name: /^Release/ }).click();
    for (const box of await anna.getByRole("dialog").getByRole("checkbox").all()) await box.check();
    await anna
      .getByRole("dialog")
      .getByRole("button", { name: /^Release/ })
      .click();
    await heed(page, 5);
  });

  test("what was cancelled begins anew, and who closes the guide is left alone by it, whoever comes", async () => {
    const { page } = await browser.visit({ size: "desk", path: "/sign-up" });
    await page.getByRole("textbox", { name: "Name" }).fill("Nina");
    await page.getByRole("textbox", { name: "Login" }).fill("nina");
    await page.getByLabel("Password", { exact: true }).fill("correct horse battery");
    await page.getByRole("button", { name: "Sign up" }).click();
    await choose(page);
    await start(page, "buy");
    await heed(page, 3);
    await page.getByRole("button", { name: "Cancel the order" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Cancel the order" }).click();
    await heed(page, 1);
    await page.getByRole("link", { name: "To the ads to buy from" }).click();
    await heed(page, 1);
    await page.getByRole("button", { name: "Close the guide" }).click();
    const guide = page.getByRole("region", { name: "Your first trade" });
    await guide.waitFor({ state: "detached" });
    await page.reload();
    await page.getByRole("row").first().waitFor();
    assert.equal(await guide.count(), 0);
  });

  test("an operator is led to the disputes, and guided through nothing", async () => {
    const { page } = await browser.visit({ size: "desk", path: "/" });
    await page.getByRole("button", { name: "Try it as Olga, the operator" }).click();
    await page.waitForURL(/\/operator\/disputes$/);
    await page.getByRole("heading", { name: "Disputes" }).first().waitFor();
    assert.equal(await page.getByRole("region", { name: "Your first trade" }).count(), 0);
  });
});
