/** A dispute from the call to the end: buyer, seller and operator, each in a browser of their own. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { useDemo } from "./support/demo.ts";

describe("a dispute", () => {
  const { browser } = useDemo();

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
});
