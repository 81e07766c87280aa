/** Files go along with what is said to the other side: a receipt with "I have paid" and after it, proofs with the call for an operator. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Locator, Page } from "playwright-core";
import { useDemo } from "./support/demo.ts";
import { button, photo, take } from "./support/trading.ts";

const choose = (within: Page | Locator, name: string, buffer = photo()) =>
  within
    .locator("input[type=file]")
    .first()
    .setInputFiles({ name, mimeType: name.endsWith(".txt") ? "text/plain" : "image/png", buffer });

describe("a receipt", () => {
  const { browser } = useDemo();

  for (const size of ["phone", "desk"] as const)
    test(`goes along with "I have paid", alone after it, and with the call for an operator, at a ${size}'s size`, async () => {
      const { page: vera } = await browser.visit({ person: "vera", size, path: "/market" });
      const path = await take(vera, "Anna", { side: "Buy", sum: "1 000" });
      const { page: anna } = await browser.visit({ person: "anna", size: "desk", path });
      const shown = (name: string) => anna.getByRole("button", { name: `Picture ${name}` }).waitFor();
      const dialog = vera.getByRole("dialog");

      await button(vera, /^I have paid/).click();
      await dialog.getByText("JPEG, PNG, WebP or PDF, up to 10 MB each").waitFor();
      await choose(dialog, "notes.txt");
      await dialog.getByText("notes.txt is no JPEG, PNG, WebP or PDF.").waitFor();
      await choose(dialog, "other.png");
      await button(dialog, "Remove other.png").click();
      await choose(dialog, "receipt.png");
      await dialog.getByRole("checkbox", { name: "Sent from my own account" }).check();
      await button(dialog, "I have paid").click();
      await dialog.waitFor({ state: "detached" });
      await vera.getByRole("heading", { name: "Anna checks the account" }).waitFor();
      await shown("receipt.png");
      assert.equal(await anna.getByRole("button", { name: "Picture other.png" }).count(), 0);

      await choose(vera.getByRole("main"), "again.png");
      await button(vera, "Send the receipt").click();
      await shown("again.png");

      await button(vera, "Call an operator").click();
      await dialog.getByText("I paid, and nothing is released").click();
      await choose(dialog, "proof.png");
      await button(dialog, "Remove proof.png").waitFor();
      await button(dialog, "Call an operator").click();
      for (const page of [vera, anna]) {
        await page.getByRole("heading", { name: "An operator looks into this order" }).waitFor();
        await page.getByText("Called by Vera: I paid, and nothing is released.").waitFor();
        await page.getByText("Waiting for an operator to take the case.").waitFor();
      }
      await shown("proof.png");
      await vera.getByText("Send in the chat: the receipt from your bank").waitFor();
      await anna.getByText("Send in the chat: your bank's list of payments of this day.").waitFor();

      // Both ways to settle it are there: the buyer may give up, the seller may release.
      await button(anna, /^Release/).waitFor();
      await button(vera, "Cancel the order").click();
      await button(dialog, "Cancel the order").click();
      await vera.getByRole("heading", { name: "Cancelled" }).waitFor();
    });
});
