/** A forgotten password: asked for on the page, read in the mail, set by its link, and signed in with. */
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { openMailbox, textOf } from "../support/mailbox.ts";
import { eventually } from "../support/market.ts";
import { PASSWORD, signUp } from "../support/people.ts";
import { signUpWithCodes } from "../support/second-factors.ts";
import { useApp } from "./support/demo.ts";
import { button } from "./support/trading.ts";

const mailbox = await openMailbox();
after(() => mailbox.close());

describe("a forgotten password", () => {
  const { browser, market } = useApp({
    env: { SIGN_UP: "open", SMTP_URL: mailbox.url, MAIL_FROM: "no-reply@parley.example" },
  });

  test("is another one by a link in a mail, in the language of the page", async () => {
    const login = "ann@example.org";
    await signUp(market, { login });
    const { page } = await browser.visit({ size: "phone", language: "ru", path: "/sign-in" });
    await page.getByRole("link", { name: "Забыли пароль?" }).click();
    await page.getByRole("button", { name: "Прислать ссылку" }).click();
    await page.getByText("Заполните").waitFor();
    await page.getByLabel("Адрес почты").fill(login);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Загляните в почту" }).waitFor();
    const mail = await eventually(async () => mailbox.mails.find(({ to }) => to.includes(login)), "the mail");
    const [link = ""] = /http:\S+/.exec(textOf(mail).slice(textOf(mail).indexOf("Задайте"))) ?? [];
    await page.goto(link);
    await page.getByLabel("Новый пароль", { exact: true }).fill(`${PASSWORD} 2`);
    await page.getByRole("button", { name: "Сохранить" }).click();
    await page.getByRole("main").getByRole("link", { name: "Войти" }).click();
    await page.getByLabel("Логин").fill(login);
    await page.getByLabel("Пароль", { exact: true }).fill(`${PASSWORD} 2`);
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/market/);
  });

  test("says the same to whoever is not here, and how long to wait after too many", async () => {
    const { page } = await browser.visit({ size: "desk", path: "/recover" });
    for (let count = 0; count < 3; count++) {
      await page.getByLabel("E-mail address").fill("nobody@example.org");
      await page.getByRole("button", { name: "Send a link" }).click();
      await page.getByRole("heading", { name: "Look into your mail" }).waitFor();
      await page.reload();
    }
    await page.getByLabel("E-mail address").fill("nobody@example.org");
    await page.getByRole("button", { name: "Send a link" }).click();
    await page.getByText("Wait 15 minutes.").waitFor();
    assert.ok(mailbox.mails.every(({ to }) => !to.includes("nobody@example.org")));
    await page.getByRole("button", { name: "Use a recovery code" }).click();
    await page.getByLabel("Recovery code").waitFor();
    await page.getByRole("button", { name: "By a link in a mail" }).click();
    await page.getByLabel("E-mail address").waitFor();
  });
});

describe("where no mail is sent", () => {
  const { browser, market } = useApp({ env: { SIGN_UP: "open" } });

  test("a recovery code sets another password, whoever is signed in by the one before is so no more, and the header says so", async () => {
    const { person, recovery } = await signUpWithCodes(market);
    const { page, context } = await browser.visit({ size: "phone" });
    const [name = "", value = ""] = (person.cookie() ?? "").split("=");
    await context.addCookies([{ name, value, url: market.nodes[0]?.address ?? "" }]);
    await page.goto("/recover");
    const header = page.getByRole("banner").getByRole("link", { name: "Sign in" });
    await page.getByLabel("Login").fill(person.login);
    assert.equal(await header.count(), 0);
    await page.getByLabel("Recovery code").fill("aaaaa-bbbbb-ccccc");
    await page.getByLabel("New password", { exact: true }).fill("short");
    await page.keyboard.press("Enter");
    await page.getByText("5 characters are missing.").waitFor();
    await page.getByLabel("New password", { exact: true }).fill(`${PASSWORD} 2`);
    await page.keyboard.press("Enter");
    await page.getByText("login or recovery code is wrong").waitFor();
    await page.getByText("No recovery code either?").waitFor();
    await page.getByLabel("Recovery code").fill(recovery[0]?.toUpperCase() ?? "");
    await button(page, "Set it").click();
    await page.getByText("Your password is another one now.").waitFor();
    await header.waitFor();

    await page.getByRole("main").getByRole("link", { name: "Sign in" }).click();
    await page.getByLabel("Login").fill(person.login);
    await page.getByLabel("Password", { exact: true }).fill(`${PASSWORD} 2`);
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/sign-in\/second-factor/);
    await button(page, "Use a recovery code").click();
    await page.getByLabel("Recovery code").fill(recovery[1] ?? "");
    await button(page.getByRole("main"), "Sign in").click();
    await page.waitForURL(/\/market/);
    assert.equal(await header.count(), 0);
  });
});
