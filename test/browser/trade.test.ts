/** Two people trade to the end, each in a browser of their own, one on a phone and one at a desk; with chat and a photo. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { amount } from "./support/amounts.ts";
import { useDemo } from "./support/demo.ts";
import { button, markPaid, openChat, photo, release, take, write } from "./support/trading.ts";

describe("two people trade to the end", () => {
  const { browser } = useDemo();

  test("a buyer on a phone takes an ad, pays and sends a photo; the seller at a desk sees all of it live and releases", async () => {
    const { page: vera } = await browser.visit({ person: "vera", size: "phone", path: "/market" });
    const path = await take(vera, "Anna", { side: "Buy", sum: "1 020,50" });
    const { page: anna } = await browser.visit({ person: "anna", size: "desk", path });
    await vera.getByRole("heading", { name: amount("Pay 1 020,50 ₽ to Anna") }).waitFor();
    await anna.getByRole("heading", { name: "Wait for Vera's payment" }).waitFor();

    await openChat(vera);
    await write(vera, "Hello <b>Anna</b>, I pay now.");
    await anna.getByText("Hello <b>Anna</b>, I pay now.").waitFor();
    await write(anna, "Hello, I am here.");
    await vera.getByText("Hello, I am here.").waitFor();
    await vera
      .locator("input[type=file]")
      .setInputFiles({ name: "receipt.png", mimeType: "image/png", buffer: photo() });
    await button(vera, "Remove receipt.png").waitFor();
    await button(vera, "Send").click();
    await button(anna, "Picture receipt.png").click();
    await anna.getByRole("dialog").getByRole("img", { name: "Picture receipt.png" }).waitFor();
    await anna.keyboard.press("Escape");
    await vera
      .getByText(/^read \d\d:\d\d$/)
      .first()
      .waitFor();

    await vera.goBack();
    await markPaid(vera);
    await vera.getByRole("heading", { name: "Anna checks the account" }).waitFor();
    await anna.getByRole("heading", { name: amount("Is exactly 1 020,50 ₽ from Vera in your bank") }).waitFor();
    await release(anna);
    await anna.getByRole("heading", { name: amount("Done: 1 020,50 went to Vera") }).waitFor();
    await vera.getByRole("heading", { name: amount("Done: 1 020,50 is yours") }).waitFor();

    await vera.getByRole("radio", { name: "5 stars" }).check({ force: true });
    await button(vera, "Rate").click();
    await vera.getByText("You gave 5 stars.").waitFor();
    await vera.reload();
    await vera.getByText("You gave 5 stars.").waitFor();
  });

  test("a seller on a phone answers a buyer's ad; the buyer at a desk pays what was agreed, to the kopeck", async () => {
    const { page: vera } = await browser.visit({ person: "vera", size: "phone", path: "/market?side=sell" });
    const path = await take(vera, "Anna", { side: "Sell", sum: "980" });
    const { page: anna } = await browser.visit({ person: "anna", size: "desk", path });
    await anna.getByRole("heading", { name: amount("Pay 980,00 ₽ to Vera") }).waitFor();
    await anna.getByText("2200 0000 0000 4411").waitFor();
    await vera.getByRole("heading", { name: "Wait for Anna's payment" }).waitFor();
    await markPaid(anna);
    await release(vera);
    await vera.getByRole("heading", { name: amount("Done: 1 000,00 went to Anna") }).waitFor();
    await anna.getByRole("heading", { name: amount("Done: 1 000,00 is yours") }).waitFor();
  });

  test("an order that one side cancels is cancelled before the other's eyes, and an open dialog says so", async () => {
    const { page: vera } = await browser.visit({ person: "vera", size: "desk", path: "/market" });
    const path = await take(vera, "Anna", { side: "Buy", sum: "1500" });
    const { page: anna } = await browser.visit({ person: "anna", size: "phone", path });
    await button(vera, /^I have paid/).click();
    await vera.getByRole("dialog").waitFor();
    await button(anna, "Cancel the order").click();
    const dialog = anna.getByRole("dialog");
    await button(dialog, "Cancel the order").click();
    await anna.getByText(amount("1 500,00 is back in your balance.")).waitFor();
    await vera.getByText("The order has moved on elsewhere").waitFor();
    assert.equal(await vera.getByRole("dialog").count(), 0);
    await vera.getByText("The seller cancelled the order.").waitFor();
  });
});
