/** Cancelled, and paid all the same: the buyer says so, the seller finds the money and hands the amount over. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { amount } from "./support/amounts.ts";
import { useDemo } from "./support/demo.ts";
import { button, handOver, take } from "./support/trading.ts";

/** Long enough to be seen running, short enough to wait for. */
const PAY_WINDOW_MS = 6_000;

describe("an order that was cancelled, but paid", () => {
  const { browser } = useDemo({ settings: { payWindowMs: PAY_WINDOW_MS } });

  test("the window runs out while the buyer pays; the claim is honoured, and both sides see it live", async () => {
    const { page: vera } = await browser.visit({ person: "vera", size: "phone", path: "/market" });
    const path = await take(vera, "Anna", { side: "Buy", sum: "1 020" });
    const { page: anna } = await browser.visit({ person: "anna", size: "desk", path });
    await button(vera, /^I have paid/).click();
    await vera.getByText("The time to pay ran out.").waitFor();
    assert.equal(await vera.getByRole("dialog").count(), 0, "the dialog is gone with the order");
    await anna.getByText(amount("1 020,00 is back in your balance.")).waitFor();

    await vera.getByText("Paid already? Say so within 24 hours").waitFor();
    await button(vera, "I had paid").click();
    const claiming = vera.getByRole("dialog");
    await claiming.getByRole("textbox").fill("At noon, <i>from my bank</i>.");
    await button(claiming, "I had paid").click();
    await vera.getByRole("heading", { name: "You say that you had paid" }).waitFor();
    await vera.reload();
    await vera.getByRole("heading", { name: "You say that you had paid" }).waitFor();

    await anna.getByRole("heading", { name: amount("Did 1 020,00 ₽ from Vera come after all?") }).waitFor();
    await anna.goto("/market");
    await anna.getByRole("link", { name: /did the payment come/ }).click();
    await handOver(anna, /^It came: hand over/, /^Hand over/);
    await anna.getByRole("heading", { name: amount("1 020,00 went to the buyer") }).waitFor();
    await vera.getByRole("heading", { name: amount("1 020,00 went to the buyer") }).waitFor();
  });
});
