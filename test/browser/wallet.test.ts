/** The wallet: what an order holds and where it is, what selling asks for, and each movement, while a trade goes by. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Reply } from "../support/http.ts";
import { amount, rub } from "./support/amounts.ts";
import { useDemo } from "./support/demo.ts";
import type { Size } from "./support/sizes.ts";

const SUM = rub(1_000);

describe("the wallet", () => {
  // Above what Vera has bought and deposited, so that her bar has a way to go.
  const { browser, market } = useDemo({ env: { MIN_DEPOSIT: String(rub(10_000)) } });

  const startOrder = async (): Promise<number> => {
    const { body } = await market.stranger("GET", "/p2p/ads?type=sell&maker=anna");
    const made = await market.as("vera")("POST", "/p2p/orders", {
      ad_id: body.items[0].id,
      usdt_amount: SUM,
      payment_method: "card",
    });
    assert.equal(made.status, 201, made.text);
    return made.body.id;
  };

  const act = async (who: string, order: number, action: string) => {
    const reply = await market.as(who)("POST", `/p2p/orders/${order}/${action}`);
    assert.equal(reply.status, 200, reply.text);
  };

  const trade = async (buyerSize: Size, sellerSize: Size, before: string, after: string) => {
    const { page: vera } = await browser.visit({ person: "vera", size: buyerSize, path: "/wallet" });
    const { page: anna } = await browser.visit({ person: "anna", size: sellerSize, path: "/wallet" });
    const bar = vera.getByRole("progressbar", { name: "Bought or deposited" });
    await vera.getByText(amount(`${before} of 10 000,00`)).waitFor();
    const share = await bar.evaluate((element: HTMLProgressElement) => element.position);
    const lines = anna.getByRole("list", { name: "Statement" }).getByRole("listitem");
    await lines.first().waitFor();

    const order = await startOrder();
    const name = `Order ${order}`;
    await anna.getByRole("main").getByRole("link", { name }).getByText(amount("1 000,00")).waitFor();
    assert.equal(await lines.first().getByRole("link", { name }).count(), 0, "no line moves under the finger");
    await anna.getByText("Something has moved since.").waitFor();
    await anna.getByRole("button", { name: "Show", exact: true }).click();
    const held = lines.filter({ hasText: name });
    await held.getByText("Held for an order").waitFor();
    await held.getByText(amount("−1 000,00 out")).waitFor();

    await act("vera", order, "confirm-paid");
    await act("anna", order, "confirm-received");
    await vera.getByText(amount(`${after} of 10 000,00`)).waitFor();
    assert.ok((await bar.evaluate((element: HTMLProgressElement) => element.position)) > share, "the bar moves");
    await vera.getByRole("button", { name: "Show", exact: true }).click();
    const bought = vera.getByRole("list", { name: "Statement" }).getByRole("listitem").filter({ hasText: name });
    await bought.getByText("Bought", { exact: true }).waitFor();
    await bought.getByText(amount("+1 000,00 in")).waitFor();
    const { body: wallet } = await market.as("vera")("GET", "/wallet");
    const balance = new Intl.NumberFormat("ru", { minimumFractionDigits: 2 }).format(wallet.available / 100);
    await bought.getByText(amount(`Balance ${balance}`)).waitFor();
    await bought.getByRole("link", { name }).click();
    await vera.waitForURL(new RegExp(`/orders/${order}$`));
  };

  test("a buyer on a phone and a seller at a desk see what is held, the bar and both lines", () =>
    trade("phone", "desk", "8 700,00", "9 700,00"));

  test("a buyer at a desk and a seller on a phone see the same; with enough bought, one may sell", async () => {
    await trade("desk", "phone", "9 700,00", "10 700,00");
    const { page } = await browser.visit({ person: "vera", size: "phone", path: "/wallet" });
    await page.getByText("You may sell", { exact: true }).waitFor();
  });

  test("an empty wallet says so and leads to where one buys; a balance leads to the wallet", async () => {
    const { page } = await browser.visit({ person: "olga", size: "phone", path: "/me" });
    await page
      .getByRole("main")
      .getByRole("link", { name: amount("0,00 ₽ in USDT") })
      .click();
    await page.getByRole("heading", { name: "Nothing has moved yet" }).waitFor();
    await page.getByRole("link", { name: "Buy USDT" }).click();
    await page.waitForURL(/\/market\?side=buy/);
    const desk = await browser.visit({ person: "olga", size: "desk", path: "/orders" });
    await desk.page
      .getByRole("complementary")
      .getByRole("link", { name: /^Available/ })
      .click();
    await desk.page.getByRole("heading", { name: "Wallet", level: 1 }).waitFor();
  });

  test("a debt is said in full on one side, and on the other that somebody owes it", async () => {
    const { body: ads } = await market.stranger("GET", "/p2p/ads?type=buy&maker=anna");
    const must = async (reply: Promise<Reply>) => {
      const { status, text, body } = await reply;
      assert.ok(status < 300, text);
      return body;
    };
    const [vera, anna, judge] = [market.as("vera"), market.as("anna"), market.as("judge", "operator")];
    const { id } = await must(
      vera("POST", "/p2p/orders", {
        ad_id: ads.items[0].id,
        usdt_amount: SUM,
        payment_method: "card",
        payment_details: { card_number: "2200 0000 0000 4411" },
      }),
    );
    await must(vera("POST", `/p2p/orders/${id}/cancel`));
    const { available } = await must(vera("GET", "/wallet"));
    const withdrawal = {
      user_id: "vera",
      amount: available - 100,
      kind: "withdrawal",
      external_id: "all-but-a-rouble",
    };
    await must(market.as("host", "platform")("POST", "/platform/debits", withdrawal));
    await must(anna("POST", `/p2p/orders/${id}/claim`));
    await must(judge("POST", `/operator/orders/${id}/assign`));
    const award = { outcome: "compensate", amount: SUM, reason: "The receipt is real." };
    await must(judge("POST", `/operator/orders/${id}/resolve`, award));

    const { page } = await browser.visit({ person: "vera", size: "phone", path: "/wallet" });
    await page.getByText(amount("You owe 999,00")).waitFor();
    const other = await browser.visit({ person: "anna", size: "desk", path: "/wallet" });
    await other.page.getByText(amount("You are owed 999,00")).waitFor();
  });
});
