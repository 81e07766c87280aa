/** What operators do beside cases: people are stopped and let go on, money is credited, what banks missed is sent again. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, test } from "node:test";
import { exportJWK, generateKeyPair } from "jose";
import { rub } from "./support/amounts.ts";
import { assertAccessible, assertNoSidewaysScroll } from "./support/checks.ts";
import { useDemo } from "./support/demo.ts";

describe("the console", () => {
  const { browser, market } = useDemo({ env: { RAIL_PRIVATE_CALLBACKS: "1" } });

  test("an operator finds somebody, suspends with a reason, and lifts it again", async () => {
    const { page } = await browser.visit({ person: "olga", size: "desk", path: "/operator/people" });
    await page.getByRole("navigation", { name: "Console" }).getByRole("link", { name: "People" }).waitFor();
    await page.getByRole("searchbox").fill("ANN");
    await page.getByRole("button", { name: "Find" }).click();
    await page.getByRole("row").filter({ hasText: "Anna" }).getByRole("link", { name: "Open" }).click();
    await page.getByRole("heading", { name: "Anna", level: 1 }).waitFor();
    await page.getByText("May trade").waitFor();

    await page.getByRole("button", { name: "Suspend" }).click();
    const suspending = page.getByRole("dialog", { name: "Suspend Anna?" });
    const suspend = suspending.getByRole("button", { name: "Suspend" });
    assert.equal(await suspend.isDisabled(), true, "a reason is asked for");
    await suspending.getByText("Write the reason.").waitFor();
    await suspending.getByRole("textbox").fill("<i>Two</i> cards of one bank.");
    await suspend.click();
    await page.getByText("Suspended by an operator").waitFor();
    await page.getByText("<i>Two</i> cards of one bank.").waitFor();

    const seller = (await browser.visit({ person: "vera", size: "phone", path: "/market?side=buy" })).page;
    await seller.getByRole("row").nth(1).waitFor();
    assert.equal(await seller.getByRole("row").filter({ hasText: "Anna" }).count(), 0, "her ads are hidden");

    await page.getByRole("button", { name: "Lift" }).click();
    const lifting = page.getByRole("dialog");
    await lifting.getByRole("textbox").fill("Explained by the bank.");
    await lifting.getByRole("button", { name: "Lift" }).click();
    await page.getByText("May trade").waitFor();
    await page.getByText("Explained by the bank.").waitFor();
    const [{ acts }] = await market.sql(`select count(*)::int as acts from exchange.operator_acts
      where act in ('suspend', 'resume') and details ->> 'user_id' = 'anna'`);
    assert.equal(acts, 2);
  });

  test("a credit by form is reviewed in a sentence, appears in the person's wallet and in the list, and counts once", async () => {
    const person = (await browser.visit({ person: "vera", size: "desk", path: "/wallet" })).page;
    const available = async () => (await market.as("vera")("GET", "/wallet")).body.available;
    const before = await available();
    const { page } = await browser.visit({ person: "olga", size: "desk", path: "/operator/money" });
    const credit = async () => {
      await page.getByLabel("Id of the person").fill("vera");
      await page.getByRole("textbox", { name: "Amount" }).fill("1234,56");
      await page.getByRole("textbox", { name: "External id" }).fill("slip-17");
      await page.getByRole("textbox", { name: "Reason" }).fill("Cash at the desk");
      await page.getByRole("button", { name: "Review" }).click();
      const review = page.getByRole("dialog");
      await review.getByText("Vera receives 1\u00a0234,56\u00a0₽: Deposit.").waitFor();
      await review.getByRole("button", { name: /^Credit / }).click();
      await review.waitFor({ state: "hidden" });
    };
    await page.getByRole("button", { name: "Review" }).click();
    assert.equal(await page.getByRole("dialog").count(), 0, "what is missing is said first");
    await credit();
    await page.getByRole("row").filter({ hasText: "slip-17" }).filter({ hasText: "Cash at the desk" }).waitFor();
    await person.getByRole("main").getByRole("button", { name: "Show" }).click();
    await person
      .getByRole("listitem")
      .filter({ hasText: /\+1\s?234,56/ })
      .waitFor();
    assert.equal(await available(), before + 123_456);
    await credit();
    assert.equal(await available(), before + 123_456, "sent twice, it counts once");
    await page.getByRole("row").nth(1).waitFor();
    assert.equal(await page.getByRole("row").filter({ hasText: "slip-17" }).count(), 1);
  });

  test("a dead letter of the rail is shown with its cause, and sent again it arrives", async (t) => {
    const received = Promise.withResolvers<string>();
    const bank = createServer((request, response) => {
      received.resolve(request.url ?? "");
      request.resume();
      response.writeHead(204).end();
    });
    await once(bank.listen(0, "127.0.0.1"), "listening");
    t.after(() => bank.close());
    const made = await market.as("olena", "operator")("POST", "/operator/participants", {
      name: "Lviv <b>Bank</b>",
      mode: "sandbox",
      bank_codes: ["325365"],
      callback_url: `http://127.0.0.1:${(bank.address() as AddressInfo).port}/rail`,
    });
    assert.equal(made.status, 201, made.text);
    const event = { type: "link_cancelled", seq: 1, request_guid: randomUUID() };
    await market.sql(`insert into deliveries.queue
        (channel, endpoint, subject, event_id, body, state, attempts, last_error, settled_at)
      values ('rail', '${made.body.guid}', 'search x', 'evt_x', '${JSON.stringify(event)}', 'dead', 10, 'answered 503', now())`);

    const { page } = await browser.visit({ person: "olga", size: "phone", path: "/operator/rail" });
    const letter = page.getByRole("row").filter({ hasText: "link_cancelled" });
    await letter.getByText("Lviv <b>Bank</b>").waitFor();
    await letter.getByText("answered 503").waitFor();
    await letter.getByRole("button", { name: "Send again" }).click();
    await page.getByText("Everything was delivered.").waitFor();
    assert.equal(await received.promise, "/rail/callbacks");
    await page.getByRole("row").filter({ hasText: "325365" }).getByText("No key").waitFor();
  });

  test("on a phone the console is reached from one's own page, and has its sections at its head", async () => {
    const { page } = await browser.visit({ person: "olga", size: "phone", path: "/me" });
    const sections = page.getByRole("navigation", { name: "Console" });
    await sections.getByRole("link", { name: "Ledger" }).click();
    await page.getByText("In escrow by status").first().waitFor();
    await sections.getByRole("link", { name: "People" }).click();
    await page.getByText("Stopped now, or in debt").first().waitFor();
    const visitor = (await browser.visit({ person: "vera", size: "phone", path: "/operator/people" })).page;
    await visitor.getByText("This page is for operators").waitFor();
    assert.equal(await visitor.getByRole("navigation", { name: "Console" }).count(), 0);
  });

  for (const size of ["phone", "desk"] as const) {
    test(`a bank is installed, gets a key, is suspended and goes on; what is refused is said in sentences, on a ${size}`, async () => {
      const name = `Bank <i>${size}</i>`;
      const code = size === "phone" ? "322001" : "305299";
      const { page } = await browser.visit({ person: "olga", size, path: "/operator/rail" });
      await page.getByRole("button", { name: "Install a bank" }).click();
      const installing = page.getByRole("dialog", { name: "Install a bank" });
      const install = installing.getByRole("button", { name: "Install" });
      await installing.getByText("Write the bank's name.").waitFor();
      await installing.getByRole("textbox", { name: "Bank", exact: true }).fill(name);
      await installing.getByRole("textbox", { name: "Bank codes" }).fill("12345");
      await installing.getByText("Write its bank codes: six digits each.").waitFor();
      assert.equal(await install.isDisabled(), true);
      await installing.getByRole("textbox", { name: "Bank codes" }).fill("325365");
      await installing.getByRole("textbox", { name: /^Callback address/ }).fill("ftp://bank.example");
      await install.click();
      await installing.getByText("something in the form is not right").waitFor();
      await installing.getByText("callback_url").waitFor();
      await installing.getByRole("textbox", { name: /^Callback address/ }).fill("");
      await assertAccessible(page);
      await install.click();
      await installing.getByText("Not saved: this bank code belongs to another participant.").waitFor();
      await installing.getByRole("textbox", { name: "Bank codes" }).fill(code);
      await install.click();
      await installing.waitFor({ state: "detached" });

      const row = page.getByRole("row").filter({ hasText: name });
      await row.getByText("No key").waitFor();
      await row.getByRole("button", { name: "Register a key" }).click();
      const registering = page.getByRole("dialog", { name: `Register a key of ${name}` });
      const register = registering.getByRole("button", { name: "Register a key" });
      const key = registering.getByRole("textbox");
      await key.fill("no key at all");
      await registering.getByText("Paste the key: JSON of one object.").waitFor();
      assert.equal(await register.isDisabled(), true);
      const { publicKey, privateKey } = await generateKeyPair("ES256", { extractable: true });
      const named = { alg: "ES256", kid: `key-${size}` };
      await key.fill(JSON.stringify({ ...(await exportJWK(privateKey)), ...named }));
      await register.click();
      await registering.getByText(/^Not registered\. \S/).waitFor();
      await key.fill(JSON.stringify({ ...(await exportJWK(publicKey)), ...named }));
      await register.click();
      await registering.waitFor({ state: "detached" });
      await row.getByText(`key-${size} · ES256`).waitFor();

      await row.getByRole("button", { name: "Suspend" }).click();
      await page
        .getByRole("dialog", { name: `Suspend ${name}?` })
        .getByRole("button", { name: "Suspend" })
        .click();
      await row.getByText("Suspended").waitFor();
      await row.getByRole("button", { name: "Let it go on" }).click();
      await page
        .getByRole("dialog", { name: `Let ${name} go on?` })
        .getByRole("button", { name: "Let it go on" })
        .click();
      await row.getByText("Active").waitFor();
      await row.getByRole("button", { name: "Revoke" }).click();
      const revoking = page.getByRole("dialog", { name: `Revoke the key key-${size} of ${name}?` });
      await revoking.getByRole("button", { name: "Revoke" }).click();
      await row.getByText(/^revoked /).waitFor();
      await assertNoSidewaysScroll(page);
    });

    test(`a new case waits behind a bar and moves nothing; late cases say so; keys go from case to case, on a ${size}`, async () => {
      await market.sql("update exchange.disputes set opened_at = now() - interval '5 hours' where status = 'open'");
      const { page } = await browser.visit({ person: "olga", size, path: "/operator/disputes" });
      await page.getByRole("row").nth(1).getByText("5 hours").waitFor();
      const rows = await page.getByRole("row").allInnerTexts();
      const buyer = `caller-${size}`;
      const must = async (path: string, body: object = {}) => {
        const reply = await market.as(buyer)("POST", path, body);
        assert.ok(reply.status < 300, `${path}: ${reply.text}`);
        return reply.body;
      };
      const ads = await market.stranger("GET", "/p2p/ads?type=sell&maker=anna");
      const terms = { ad_id: ads.body.items[0].id, usdt_amount: rub(1_000), payment_method: "card" };
      const { id } = await must("/p2p/orders", terms);
      await must(`/p2p/orders/${id}/confirm-paid`);
      await must(`/p2p/orders/${id}/call-operator`, { reason: "other" });
      await page.getByText("1 new case").waitFor();
      assert.deepEqual(await page.getByRole("row").allInnerTexts(), rows, "nothing moves under the finger");
      await page.getByRole("button", { name: "Refresh", exact: true }).click();
      await page
        .getByRole("row")
        .filter({ hasText: `Order ${id}` })
        .waitFor();
      assert.equal(await page.getByText("1 new case").count(), 0);
      const focused = () => page.evaluate(() => document.activeElement?.getAttribute("href"));
      const links = await page
        .getByRole("row")
        .getByRole("link", { name: "Open" })
        .evaluateAll((all) => all.map((link) => link.getAttribute("href")));
      for (const [press, at] of [
        ["j", 0],
        ["j", 1],
        ["k", 0],
        ["k", 0],
      ] as const) {
        await page.keyboard.press(press);
        assert.equal(await focused(), links[at]);
      }
      await assertNoSidewaysScroll(page);
    });
  }
});
