/**
 * The two halves meet, as a newcomer sees it: the program as people start it, an ad that is paid over the rail, a bank's own
 * page with a button. The buyer presses it, and the trade ends by itself.
 */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { type Program, startProgram } from "../support/program.ts";
import { amount } from "./support/amounts.ts";
import { buildWebApp, useBrowser } from "./support/browser.ts";
import { assertAccessible, assertNoSidewaysScroll } from "./support/checks.ts";
import { NARROWEST } from "./support/sizes.ts";
import { button } from "./support/trading.ts";

describe("a trade that is paid over the rail", () => {
  let program: Program;
  let dataDir: string;
  before(async () => {
    buildWebApp();
    dataDir = await mkdtemp(join(tmpdir(), "parley-rail-trade-"));
    program = await startProgram({ DATA_DIR: dataDir, DEMO: "1" });
  });
  after(async () => {
    await program?.end("SIGTERM");
    await rm(dataDir, { recursive: true, force: true });
  });
  const browser = useBrowser(() => program.address);

  for (const size of ["phone", "desk"] as const)
    test(`on a ${size}: the buyer presses Pay in a bank's app, and the order is done`, async () => {
      const { page, context, faults } = await browser.visit({
        person: "vera",
        size,
        path: "/market?side=buy&currency=UAH",
      });
      // The page of the link is the rail's, the app a bank's.
      faults.expect(/another host: http:\/\/127\.0\.0\.1:\d+\/(pay\/|demo\/app\?)/);
      await page.getByRole("row").filter({ hasText: "Oksana" }).getByRole("link", { name: "Buy" }).click();
      await page.getByLabel("I pay", { exact: true }).fill("460");
      await page.getByRole("radio").last().check({ force: true });
      await button(page, /^Start order/).click();
      const link = page.getByRole("link", { name: "Pay with your bank" });
      await link.waitFor();

      const [bank] = await Promise.all([context.waitForEvent("page"), link.click()]);
      await bank.getByRole("link", { name: /^Aurora Bank/ }).click();
      await bank.getByRole("heading", { name: "Confirm the payment" }).waitFor();
      await bank.getByText(/^Order \d+$/).waitFor();
      await assertAccessible(bank);
      await assertNoSidewaysScroll(bank, NARROWEST);
      await page.getByText("A bank is paying. The seller cannot cancel meanwhile.").waitFor();

      await button(bank, /^Pay 460\.00 UAH$/).click();
      await bank.getByRole("heading", { name: "Sent" }).waitFor();
      await page.getByRole("heading", { name: amount("Done: 1 000,00 is yours") }).waitFor();
      await page.getByText("The banks").first().waitFor();
      await bank.reload();
      await bank.getByRole("heading", { name: "Sent" }).waitFor();
      assert.equal(await button(bank, /^Pay/).count(), 0, "paid once");
    });
});
