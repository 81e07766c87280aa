/** Signing up, out and in again, by keyboard alone; and the way back to where somebody came from. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { useDemo } from "./support/demo.ts";

describe("coming in", () => {
  const { browser } = useDemo({ env: { SIGN_UP: "open" } });

  test("signs up by keyboard alone, and is led back to the page that was wanted", async () => {
    const { page } = await browser.visit({ size: "phone", path: "/sign-up?back=%2Forders" });
    const { keyboard } = page;
    await page.getByRole("textbox", { name: "Name" }).focus();
    await keyboard.type("<img src=x onerror=alert(1)>".slice(0, 20));
    await keyboard.press("Tab");
    await keyboard.type("nina.k");
    await keyboard.press("Tab");
    await keyboard.type("short");
    await keyboard.press("Enter");
    await page.getByText("5 characters are missing.").waitFor();
    await keyboard.type(" but longer now");
    await keyboard.press("Enter");
    await page.waitForURL(/\/orders$/);
    await page.getByRole("heading", { name: "No order is open" }).waitFor();

    await page.goto(new URL("/me", page.url()).href);
    await page.getByRole("main").getByText("<img src=x onerror=a").waitFor();
    await page.getByRole("main").getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in to see this page" }).waitFor();
  });

  test("a wrong password is one sentence that says nothing of who is here; the right one goes in", async () => {
    const { page } = await browser.visit({ size: "desk", path: "/sign-up" });
    await page.getByRole("textbox", { name: "Name" }).fill("Petro");
    await page.getByRole("textbox", { name: "Login" }).fill("petro");
    await page.getByLabel("Password", { exact: true }).fill("correct horse battery");
    await page.getByRole("button", { name: "Sign up" }).click();
    await page.waitForURL(/\/market/);
    const other = await browser.visit({ size: "desk", path: "/sign-in?back=%2F%2Fevil.example" });
    for (const [login, password] of [
      ["petro", "a wrong one"],
      ["nobody-here", "a wrong one"],
    ] as const) {
      await other.page.getByRole("textbox", { name: "Login" }).fill(login);
      await other.page.getByLabel("Password", { exact: true }).fill(password);
      await other.page.keyboard.press("Enter");
      await other.page.getByText("Not signed in: login or password is wrong.").waitFor();
    }
    await other.page.getByRole("textbox", { name: "Login" }).fill("PETRO");
    await other.page.getByLabel("Password", { exact: true }).fill("correct horse battery");
    await other.page.keyboard.press("Enter");
    await other.page.waitForURL(/\/market/);
    assert.equal(new URL(other.page.url()).host, new URL(page.url()).host, "it leads nowhere else");
  });
});
