/** Passkeys in a real browser: one is signed up with, signed in with and released with; a second is added, and one removed. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Locator, Page } from "playwright-core";
import { SELL_AD } from "../support/market.ts";
import { freshLogin, PASSWORD } from "../support/people.ts";
import { openAuthenticators } from "./support/authenticator.ts";
import { assertAccessible, assertNoSidewaysScroll } from "./support/checks.ts";
import { useApp } from "./support/demo.ts";
import { NARROWEST } from "./support/sizes.ts";
import { button } from "./support/trading.ts";

const NOT_GIVEN = "No passkey was given, and nothing has moved.";

/** Browsers bind passkeys to a name. */
describe("a passkey", () => {
  const { market, browser } = useApp({ env: { SIGN_UP: "open", HOST: "localhost" } });

  const open = async (path: string, size: "phone" | "desk" = "desk") => {
    const { page } = await browser.visit({ size });
    const another = await openAuthenticators(page);
    const device = await another();
    await page.goto(path);
    return { page, device, another };
  };

  const idOf = async (login: string): Promise<string> => {
    const [row] = await market.sql(`select id from identity.people where login = '${login}'`);
    return row.id;
  };

  const signUpByPasskey = async (page: Page): Promise<string> => {
    const login = freshLogin();
    await page.getByRole("textbox", { name: "Name" }).fill("Nina");
    await page.getByRole("textbox", { name: "Login" }).fill(login);
    await button(page, "Sign up with a passkey").click();
    return login;
  };

  const signUpByPassword = async (page: Page): Promise<string> => {
    const login = freshLogin();
    await page.getByRole("textbox", { name: "Name" }).fill("Nina");
    await page.getByRole("textbox", { name: "Login" }).fill(login);
    await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await button(page, "Sign up").first().click();
    await page.getByRole("heading", { name: "Security" }).waitFor();
    return login;
  };

  const signOut = async (page: Page): Promise<void> => {
    await page.goto("/me");
    await button(page.getByRole("main"), "Sign out").click();
    await page.getByRole("heading", { name: "Sign in to see this page" }).waitFor();
  };

  const orderToRelease = async (seller: string): Promise<number> => {
    await market.fund(seller, 1_000_000);
    const ad = await market.sellAd(seller, SELL_AD);
    const order = { ad_id: ad.id, usdt_amount: 100_000, payment_method: "card" };
    const { body } = await market.as("vera")("POST", "/p2p/orders", order);
    await market.as("vera")("POST", `/p2p/orders/${body.id}/confirm-paid`);
    return body.id;
  };

  const statusOf = async (order: number): Promise<string> =>
    (await market.as("vera")("GET", `/p2p/orders/${order}`)).body.status;

  const row = (page: Page, name: string): Locator =>
    page.getByRole("table", { name: "Passkeys" }).getByRole("row").filter({ hasText: name });

  const addCalled = async (page: Page, name: string): Promise<Locator> => {
    await button(page, "Add a passkey").click();
    const dialog = page.getByRole("dialog", { name: "Add a passkey" });
    await dialog.getByLabel("Name").fill(name);
    await button(dialog, "Add a passkey").click();
    return dialog;
  };

  const giveAgain = async (page: Page): Promise<void> => {
    const asked = page.getByRole("dialog", { name: "Your password, once more" });
    await asked.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await button(asked, "Go on").click();
  };

  const savedCodes = async (page: Page): Promise<readonly string[]> => {
    const saved = page.getByRole("dialog", { name: "Your recovery codes" });
    await saved.getByRole("listitem").first().waitFor();
    const codes = await saved.getByRole("listitem").allTextContents();
    await button(saved, "I saved them").click();
    return codes;
  };

  for (const size of ["phone", "desk"] as const)
    test(`signs up, comes back by one press, and releases, while a person who refuses reads a calm sentence and nothing moves (${size})`, async () => {
      const { page, device } = await open("/sign-up?back=%2Fme%2Fsecurity", size);
      await device.refuse();
      const login = await signUpByPasskey(page);
      await page.getByText(NOT_GIVEN).waitFor();
      assert.deepEqual(await market.sql(`select from identity.people where login = '${login}'`), []);
      await device.accept();
      await button(page, "Sign up with a passkey").click();
      await page.getByRole("heading", { name: "Security" }).waitFor();
      assert.equal(await device.count(), 1);
      await page.getByText("One passkey alone opens your account.").waitFor();

      const order = await orderToRelease(await idOf(login));
      await signOut(page);
      await page.goto(`/sign-in?back=%2Forders%2F${order}`);
      await device.refuse();
      await button(page, "Sign in with a passkey").click();
      await page.getByText(NOT_GIVEN).waitFor();
      await device.accept();
      await button(page, "Sign in with a passkey").click();
      await page.waitForURL(new RegExp(`/orders/${order}$`));

      await device.refuse();
      await button(page, /^Release/).click();
      const dialog = page.getByRole("dialog");
      await dialog.getByText("Your browser asks for your passkey").waitFor();
      for (const box of await dialog.getByRole("checkbox").all()) await box.check();
      await button(dialog, /^Release/).click();
      await dialog.getByText(NOT_GIVEN).waitFor();
      assert.equal(await statusOf(order), "paid_by_buyer");
      await device.accept();
      await button(dialog, /^Release/).click();
      await page.getByRole("heading", { name: /^Done/ }).waitFor();
      assert.equal(await statusOf(order), "completed");
    });

  test("is added beside a password and is a second factor at once; a device makes no second one; each is removed again", async () => {
    const { page, device, another } = await open("/sign-up?back=%2Fme%2Fsecurity");
    await signUpByPassword(page);
    const adding = await addCalled(page, "My <b>phone</b>");
    await giveAgain(page);
    assert.equal((await savedCodes(page)).length, 10);
    await adding.waitFor({ state: "detached" });
    await row(page, "My <b>phone</b>").getByText("never").waitFor();
    await assertAccessible(page);
    await assertNoSidewaysScroll(page, NARROWEST);

    // The browser asks again for who has a factor now: the password that was given is worth nothing beside it.
    const again = await addCalled(page, "The same phone");
    const step = page.getByRole("dialog", { name: "Your second factor" });
    await step.getByText("Your browser asks for your passkey").waitFor();
    await button(step, "Go on").click();
    await again.getByText("This device has a passkey for your account already.").waitFor();
    assert.equal(await device.count(), 1);
    await device.remove();
    const key = await another();
    await button(again, "Add a passkey").click();
    await again.waitFor({ state: "detached" });
    assert.equal(await key.count(), 1);
    await row(page, "The same phone").waitFor();

    await button(row(page, "My <b>phone</b>"), "Remove").click();
    await button(page.getByRole("dialog", { name: "Remove this passkey?" }), "Remove").click();
    await row(page, "My <b>phone</b>").waitFor({ state: "detached" });
    await row(page, "The same phone").waitFor();
  });

  test("that is the last way in stays, until there is a password", async () => {
    const { page } = await open("/sign-up?back=%2Fme%2Fsecurity", "phone");
    await signUpByPasskey(page);
    const remove = async (): Promise<Locator> => {
      await button(page, "Remove").click();
      const dialog = page.getByRole("dialog", { name: "Remove this passkey?" });
      await button(dialog, "Remove").click();
      return dialog;
    };
    const refused = await remove();
    const step = page.getByRole("dialog", { name: "Your second factor" });
    await button(step, "Go on").click();
    await refused.getByText("nothing else opens your account").waitFor();
    await button(refused, "Keep it").click();
    await page.getByLabel("New password").fill(PASSWORD);
    await button(page, "Set a password").click();
    await page.getByText("You have a password now.").waitFor();
    await remove();
    await page.getByRole("table", { name: "Passkeys" }).waitFor({ state: "detached" });
    await page.getByText("Off. With it nobody gets in").waitFor();
  });

  test("takes the place of the code at the second step, and a recovery code takes its place", async () => {
    const { page, device } = await open("/sign-up?back=%2Fme%2Fsecurity");
    const login = await signUpByPassword(page);
    await addCalled(page, "My phone");
    await giveAgain(page);
    const [code = ""] = await savedCodes(page);
    await signOut(page);
    const come = async (): Promise<void> => {
      await page.goto("/sign-in?back=%2Fme%2Ftokens");
      await page.getByRole("textbox", { name: "Login" }).fill(login);
      await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
      await page.keyboard.press("Enter");
      await page.waitForURL(/\/sign-in\/second-factor/);
    };
    await come();
    await button(page, "Use a passkey").click();
    await button(page.getByRole("main"), "Sign in").click();
    await page.waitForURL(/\/me\/tokens/);
    await signOut(page);
    await device.remove();
    await come();
    await button(page, "Use a recovery code").click();
    await page.getByLabel("Recovery code").fill(code);
    await button(page.getByRole("main"), "Sign in").click();
    await page.waitForURL(/\/me\/tokens/);
  });
});

describe("where there are no passkeys", () => {
  const { browser } = useApp({ env: { SIGN_UP: "open" } });
  const OF_DIGITS = "this address is made of digits";

  test("because the address is made of digits, each page says so and offers none", async () => {
    const { page } = await browser.visit({ size: "phone", path: "/sign-in" });
    await page.getByText(OF_DIGITS).waitFor();
    assert.equal(await button(page, /passkey/).count(), 0);
    await page.goto("/sign-up?back=%2Fme%2Fsecurity");
    await page.getByText(OF_DIGITS).waitFor();
    assert.equal(await button(page, /passkey/).count(), 0);
    await page.getByRole("textbox", { name: "Name" }).fill("Nina");
    await page.getByRole("textbox", { name: "Login" }).fill(freshLogin());
    await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await button(page, "Sign up").click();
    await page.getByRole("heading", { name: "Passkeys" }).waitFor();
    await page.getByText(OF_DIGITS).waitFor();
    assert.equal(await button(page, /passkey/).count(), 0);
  });
});

describe("a browser that has no passkeys", () => {
  const { browser } = useApp({ env: { SIGN_UP: "open", HOST: "localhost" } });

  test("is told so, and everything else goes on", async () => {
    const { page, context } = await browser.visit({ size: "desk" });
    await context.addInitScript(() => {
      Reflect.deleteProperty(globalThis, "PublicKeyCredential");
    });
    await page.goto("/sign-in");
    await page.getByText("This browser has no passkeys here.").waitFor();
    assert.equal(await button(page, /passkey/).count(), 0);
  });
});
