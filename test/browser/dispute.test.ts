/** A dispute from the call to the end: buyer, seller and operator, each in a browser of their own. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { upload } from "../support/chats.ts";
import { rub } from "./support/amounts.ts";
import { assertAccessible, assertNoSidewaysScroll } from "./support/checks.ts";
import { useDemo } from "./support/demo.ts";
import { button, photo } from "./support/trading.ts";

describe("a dispute", () => {
  const { browser, market } = useDemo();

  test("is taken by an operator, split so that the parts add up, and both sides see how it ended", async () => {
    const buyer = (await browser.visit({ person: "vera", size: "phone", path: "/market" })).page;
    await buyer.getByRole("row").filter({ hasText: "Anna" }).getByRole("link", { name: "Buy" }).click();
    await buyer.getByLabel("I pay", { exact: true }).fill("1000");
    const card = buyer.getByRole("radio", { name: "Bank card" });
    if (!(await card.isChecked())) await card.check({ force: true });
    await buyer.getByRole("button", { name: /^Start order/ }).click();
    await buyer.waitForURL(/\/orders\/\d+$/);
    const order = new URL(buyer.url()).pathname;
    await buyer.getByRole("button", { name: /^I have paid/ }).click();
    await buyer.getByRole("dialog").getByRole("checkbox").check();
    await buyer.getByRole("dialog").getByRole("button", { name: "I have paid" }).click();
    await buyer.getByRole("button", { name: "Call an operator" }).click();
    const calling = buyer.getByRole("dialog");
    await calling.getByText("I paid, and nothing is released").click();
    await calling.getByRole("textbox").fill("<b>Paid</b> an hour ago.");
    await calling.getByRole("button", { name: "Call an operator" }).click();
    await buyer.getByRole("heading", { name: "An operator looks into this order" }).waitFor();

    const seller = (await browser.visit({ person: "anna", size: "phone", path: order })).page;
    await seller.getByRole("heading", { name: "An operator looks into this order" }).waitFor();

    const operator = (await browser.visit({ person: "olga", size: "desk", path: "/operator/disputes" })).page;
    const id = order.split("/").at(-1) ?? "";
    await operator
      .getByRole("row")
      .filter({ hasText: `Order ${id}` })
      .getByRole("link", { name: "Open" })
      .click();
    await operator.getByText("<b>Paid</b> an hour ago.").first().waitFor();
    await operator.getByRole("button", { name: "Take case" }).click();
    await operator.getByRole("radio", { name: /^Split/ }).check({ force: true });
    const resolve = operator.getByRole("button", { name: "Resolve" });
    await operator.getByRole("textbox", { name: "To the buyer" }).fill("1000");
    await operator.getByText("At most 999,99.").waitFor();
    assert.equal(await resolve.isDisabled(), true, "all of it is no split");
    await operator.getByRole("textbox", { name: "To the buyer" }).fill("400,50");
    assert.equal(await operator.getByRole("textbox", { name: "To the seller" }).inputValue(), "599.50");
    await operator.getByRole("textbox", { name: "Reason, kept in the dossier" }).fill("A part was paid.");
    await operator.getByText("Vera receives 400,50, Anna gets back 599,50.").waitFor();
    await resolve.click();
    await operator.getByText("This case is resolved").first().waitFor();

    for (const page of [buyer, seller]) {
      await page.getByRole("heading", { name: "The operator split the amount" }).waitFor();
      await page.getByText("Buyer 400,50, seller 599,50.").waitFor();
      await page.getByText("The operator's reason").waitFor();
      await page.getByText("A part was paid.").waitFor();
    }
  });

  const must = async (who: string, path: string, body: object = {}) => {
    const reply = await market.as(who, who === "olena" ? "operator" : undefined)("POST", path, body);
    assert.ok(reply.status < 300, `${path}: ${reply.text}`);
    return reply.body;
  };

  /** An order of Anna's ad that its buyer says is paid, and about which an operator is called. */
  const dispute = async (buyer: string): Promise<number> => {
    const ads = await market.stranger("GET", "/p2p/ads?type=sell&maker=anna");
    const terms = { ad_id: ads.body.items[0].id, usdt_amount: rub(1_000), payment_method: "card" };
    const { id } = await must(buyer, "/p2p/orders", terms);
    await must(buyer, `/p2p/orders/${id}/confirm-paid`);
    await must(buyer, `/p2p/orders/${id}/call-operator`, { reason: "paid_not_released", comment: "<i>Paid</i>." });
    return id;
  };

  for (const size of ["phone", "desk"] as const) {
    test(`the evidence of a case is looked at beside its hash, and a line is hidden with a reason, on a ${size}`, async () => {
      const buyer = `buyer-${size}`;
      const order = await dispute(buyer);
      const file = await upload(market.as(buyer), { id: order }, [{ bytes: photo(), filename: "<b>receipt.png" }]);
      await must(buyer, `/p2p/orders/${order}/messages`, { message: "My receipt", attachment_ids: [file.body.id] });
      await must(buyer, `/p2p/orders/${order}/messages`, { message: "You are a thief" });
      const { page } = await browser.visit({ person: "olga", size, path: `/operator/disputes/${order}` });
      const open = async (pane: string) => {
        const heading = page.getByRole("heading", { name: pane, level: 2 });
        if (size === "phone") await page.getByRole("link", { name: pane, exact: true }).click();
        await heading.waitFor();
        if (size === "desk") return;
        assert.equal(await page.getByRole("heading", { level: 2 }).count(), 1, "one part at a time");
      };
      await open("Facts");
      await page.getByText("I paid, and nothing is released").waitFor();
      await page.getByText("<i>Paid</i>.").first().waitFor();
      await open("What happened");
      await page.getByText("File _b_receipt.png. Take the case to look at it.").waitFor();
      await open("Decision");
      await button(page, "Take case").click();
      await page.getByRole("radio", { name: /^Refund/ }).check({ force: true });
      await open("What happened");
      await button(page, "File _b_receipt.png").click();
      const viewer = page.getByRole("dialog", { name: "_b_receipt.png" });
      await viewer.getByText("The file is the one that the dossier names").waitFor();
      await viewer.getByText(file.body.sha256, { exact: true }).waitFor();
      const picture = viewer.getByRole("img");
      assert.equal(
        await picture.evaluate((element: HTMLImageElement) => element.decode().then(() => element.naturalWidth)),
        60,
      );
      await assertAccessible(page);
      await page.keyboard.press("Escape");

      await page
        .getByRole("listitem")
        .filter({ hasText: "You are a thief" })
        .getByRole("button", { name: "Hide" })
        .click();
      const hiding = page.getByRole("dialog", { name: "Hide this line?" });
      await hiding.getByText("Write the reason.").waitFor();
      await hiding.getByRole("textbox").fill("An insult");
      await button(hiding, "Hide").click();
      await page
        .getByRole("listitem")
        .filter({ hasText: "You are a thief" })
        .getByText("Hidden by an operator")
        .waitFor();
      const lines = (await market.as("anna")("GET", `/p2p/orders/${order}/messages`)).text;
      assert.equal(lines.includes("thief"), false, "the other side does not read it any more");
      await open("Decision");
      assert.equal(await page.getByRole("radio", { name: /^Refund/ }).isChecked(), true, "what was chosen stays");
      await assertAccessible(page);
      await assertNoSidewaysScroll(page);
      await must("anna", `/p2p/orders/${order}/confirm-received`);
    });
  }

  test("a case that the seller settles while it is being decided is put away, and the page says what happened", async () => {
    const order = await dispute("oleg");
    const { page } = await browser.visit({ person: "olga", size: "desk", path: `/operator/disputes/${order}` });
    await button(page, "Take case").click();
    await page.getByRole("radio", { name: /^Refund/ }).check({ force: true });
    await page.getByRole("textbox", { name: "Reason, kept in the dossier" }).fill("No payment in the list.");
    await must("anna", `/p2p/orders/${order}/confirm-received`);
    await page.getByText("Settled meanwhile").waitFor();
    await page.getByText("The seller released the amount.").waitFor();
    assert.equal(await button(page, "Resolve").count(), 0);
    await page.reload();
    await page.getByText("The seller released the amount.").waitFor();
    assert.equal(await page.getByText("Settled meanwhile").count(), 0, "it was over when the page came");
  });

  test("another operator takes the case over; it is taken back with a reason, and decided", async () => {
    const order = await dispute("vera");
    const path = `/operator/disputes/${order}?pane=decision`;
    const { page } = await browser.visit({ person: "olga", size: "phone", path });
    await button(page, "Take case").click();
    await page.getByRole("radio", { name: /^Refund/ }).check({ force: true });
    await must("olena", `/operator/orders/${order}/assign`, { take_over: true, reason: "Olga is away." });
    await page.getByText("Taken over meanwhile").waitFor();
    const takeOver = button(page, "Take over");
    assert.equal(await takeOver.isDisabled(), true, "a reason is asked for");
    await page.getByRole("textbox", { name: "Why do you take it over?" }).fill("I am back.");
    await takeOver.click();
    await page.getByRole("radio", { name: /^Refund/ }).check({ force: true });
    await page.getByText("Vera receives 0,00, Anna gets back 1\u00a0000,00.").waitFor();
    await page.getByRole("textbox", { name: "Reason, kept in the dossier" }).fill("No payment in the list.");
    await button(page, "Resolve").click();
    await page.getByText("This case is resolved").first().waitFor();
    await page.getByText("All of the escrow went back to the seller.").waitFor();
    assert.equal(await page.getByText("Settled meanwhile").count(), 0, "it was this operator who settled it");
    const acts = await market.sql(`select operator_id, details ->> 'reason' as reason from exchange.operator_acts
      where order_id = ${order} and act = 'take_over' order by at`);
    assert.deepEqual(acts, [
      { operator_id: "olena", reason: "Olga is away." },
      { operator_id: "olga", reason: "I am back." },
    ]);
  });

  test("an operator's own order is not theirs to decide, nor to look at as a case", async () => {
    const order = await dispute("olga");
    const { page } = await browser.visit({ person: "olga", size: "phone", path: `/operator/disputes/${order}` });
    await page.getByText("This is your own order").waitFor();
    assert.equal(await button(page, "Take case").count(), 0);
    await page.getByRole("link", { name: "To the disputes" }).click();
    await page.getByRole("row").nth(1).waitFor();
    assert.equal(
      await page
        .getByRole("row")
        .filter({ hasText: `Order ${order}` })
        .count(),
      0,
    );
  });
});
