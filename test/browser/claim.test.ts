/** Cancelled, and paid all the same: the buyer says so; the seller hands the amount over, or an operator decides. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { amount, rub } from "./support/amounts.ts";
import { useDemo } from "./support/demo.ts";
import { button, handOver, take } from "./support/trading.ts";

/** Long enough to be seen running, short enough to wait for. */
const PAY_WINDOW_MS = 6_000;

describe("an order that was cancelled, but paid", () => {
  const { browser, market } = useDemo({ settings: { payWindowMs: PAY_WINDOW_MS } });

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

  /** Vera claims an order of Anna's that Anna cancelled. */
  const claimOne = async (): Promise<number> => {
    const must = async (who: string, path: string, body: object = {}) => {
      const reply = await market.as(who)("POST", path, body);
      assert.ok(reply.status < 300, `${path}: ${reply.text}`);
      return reply.body;
    };
    const ads = await market.stranger("GET", "/p2p/ads?type=sell&maker=anna");
    const terms = { ad_id: ads.body.items[0].id, usdt_amount: rub(1_000), payment_method: "card" };
    const { id } = await must("vera", "/p2p/orders", terms);
    await must("anna", `/p2p/orders/${id}/cancel`);
    await must("vera", `/p2p/orders/${id}/claim`, { comment: "Sent <b>at noon</b>." });
    return id;
  };

  for (const size of ["phone", "desk"] as const) {
    test(`an operator compensates a part of the order, on a ${size}; both sides see how much and why`, async () => {
      const order = await claimOne();
      const { page: anna } = await browser.visit({ person: "anna", size, path: "/orders" });
      await anna.getByRole("link", { name: `Order ${order}: did the payment come?` }).waitFor();
      await anna.getByRole("button", { name: /^Notifications/ }).click();
      const bell = anna.getByRole("dialog").getByRole("list", { name: "Your turn" });
      await bell.getByText(`Order ${order}: did the payment come?`).click();
      await anna.getByText("Waiting for an operator to take the case.").waitFor();
      const { page: vera } = await browser.visit({ person: "vera", size, path: `/orders/${order}` });

      const { page: olga } = await browser.visit({
        person: "olga",
        size,
        path: `/operator/disputes/${order}?pane=decision`,
      });
      await button(olga, "Take case").click();
      await olga.getByRole("radio", { name: /^Compensate/ }).waitFor();
      for (const page of [anna, vera]) {
        await page.reload();
        await page.getByText("The case is with Olga.").waitFor();
      }
      await olga.getByRole("radio", { name: /^Compensate/ }).check({ force: true });
      const award = olga.getByRole("textbox", { name: "To the buyer" });
      assert.equal(await award.inputValue(), "1000.00", "all of it, until something else is written");
      await olga.getByRole("textbox", { name: "Reason, kept in the dossier" }).fill("The receipt shows <i>700</i>.");
      const resolve = button(olga, "Resolve");
      for (const wrong of ["1000,01", "0", "-5", ""]) {
        await award.fill(wrong);
        assert.equal(await resolve.isDisabled(), true, `${wrong} is no amount that fits`);
      }
      await award.fill("700");
      await olga.getByText("Anna pays Vera 700,00.").waitFor();
      await resolve.click();
      await olga.getByText("This case is resolved").first().waitFor();
      for (const page of [anna, vera]) {
        const heading = "The operator found the payment: 700,00 goes from the seller to the buyer.";
        await page.getByRole("heading", { name: amount(heading) }).waitFor();
        await page.getByText("The receipt shows <i>700</i>.").waitFor();
      }
    });
  }

  test("a claim that is dismissed: nothing moves, and both sides read why", async () => {
    const order = await claimOne();
    const { page: olga } = await browser.visit({ person: "olga", size: "desk", path: `/operator/disputes/${order}` });
    await button(olga, "Take case").click();
    await olga.getByRole("radio", { name: /^Dismiss/ }).check({ force: true });
    await olga.getByText("No money moves, and the claim is closed.").waitFor();
    await olga.getByRole("textbox", { name: "Reason, kept in the dossier" }).fill("No such payment at the bank.");
    await button(olga, "Resolve").click();
    await olga.getByText("This case is resolved").first().waitFor();
    for (const person of ["anna", "vera"]) {
      const { page } = await browser.visit({ person, size: "phone", path: `/orders/${order}` });
      await page.getByRole("heading", { name: "The operator found no payment: nothing has moved." }).waitFor();
      await page.getByText("No such payment at the bank.").waitFor();
    }
  });
});
