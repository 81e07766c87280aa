/** The page of a link, as whoever opens it sees it, and the QR code, as a reader does. */
import assert from "node:assert/strict";
import { createHash, randomUUID } from "node:crypto";
import { test } from "node:test";
import jsqr from "jsqr";
import { PNG } from "pngjs";
import { orderByPhone } from "../support/aliases.ts";
import { type Bank, eventually, type Json, useRail } from "../support/rail.ts";

let payee: Bank;

const rail = useRail({}, async () => {
  payee = await rail.bank({ name: 'Aurora & "Sons"' });
});

const firstNode = () => rail.nodes[0] ?? assert.fail("there is no node");

type Page = { readonly status: number; readonly headers: Headers; readonly html: string };
const look = async (path: string): Promise<Page> => {
  const answer = await fetch(`${firstNode().railAddress}${path}`);
  return { status: answer.status, headers: answer.headers, html: await answer.text() };
};

/** A link order of the payee. */
const linkOrder = async (terms: object = {}, bank = payee): Promise<Json> => {
  const reply = await bank.post("/p2p/orders", {
    type: "link",
    creditor: { account: bank.iban() },
    amount: 1234567.5,
    currency: "UAH",
    external_id: randomUUID(),
    purpose: "For the tickets",
    ...terms,
  });
  assert.equal(reply.status, 201, reply.text);
  return reply.body;
};

const pageOf = async ({ guid }: Json): Promise<Page> => look(`/pay/${guid}`);

/** The text of a PNG's QR code, as a camera would read it. */
const readCode = (base64: string): string | undefined => {
  const { width, height, data } = PNG.sync.read(Buffer.from(base64, "base64"));
  const read = typeof jsqr === "function" ? jsqr : jsqr.default;
  return read(new Uint8ClampedArray(data), width, height)?.data;
};

const linksOf = (html: string): readonly string[] =>
  [...html.matchAll(/<a href="([^"]*)"/g)].map(([, href = ""]) => href.replaceAll("&amp;", "&"));

test("the page says whom, what for, how much and until when, and where the order leads is where the page is", async () => {
  const order = await linkOrder({ expires_at: "2030-07-01T12:00:00Z" });
  assert.equal(order.deeplinks_page_url, `${firstNode().railAddress}/pay/${order.guid}`);
  const { status, headers, html } = await pageOf(order);
  assert.equal(status, 200);
  assert.equal(headers.get("content-type"), "text/html; charset=utf-8");
  assert.equal(headers.get("cache-control"), "no-store");
  assert.equal(headers.get("referrer-policy"), "no-referrer");
  assert.match(html, /^<!doctype html>\n<html lang="en">/);
  assert.match(html, /<title>Pay: 1\u202f234\u202f567\.50 UAH to a client of Aurora &amp; &quot;Sons&quot;<\/title>/);
  assert.equal(html.match(/<h1>/g)?.length, 1);
  assert.ok(html.includes("1\u202f234\u202f567.50 UAH"));
  assert.ok(html.includes("For the tickets"));
  assert.ok(html.includes('<time datetime="2030-07-01T12:00:00.000Z">1 July 2030, 15:00 Kyiv time, UTC+3</time>'));
  const { account } = order.creditor;
  assert.ok(html.includes(`Account ending in ${account.slice(-4)}, Aurora`));
  assert.ok(!html.includes(account.slice(-5)), "no more of the account than four characters");
  const winter = await pageOf(await linkOrder({ expires_at: "2030-01-15T22:30:00Z", amount: undefined }));
  assert.ok(winter.html.includes("16 January 2030, 00:30 Kyiv time, UTC+2"));
  assert.ok(winter.html.includes("Any amount in UAH"));
});

test("the longest amount may break before its currency, and nowhere else", async () => {
  const { html } = await pageOf(await linkOrder({ amount: 999999999.99 }));
  assert.ok(html.includes('<p class="amount">999\u202f999\u202f999.99 UAH</p>'));
  assert.match(html, /\.amount \{[^}]*font-size: clamp\([^}]*overflow-wrap: anywhere/);
});

test("the QR code of the order and the one of the page are read as the page's address", async () => {
  const order = await linkOrder();
  assert.match(order.qr_code, /^[A-Za-z0-9+/]+=*$/);
  assert.equal(readCode(order.qr_code), order.deeplinks_page_url);
  const { html } = await pageOf(order);
  const [, shown = ""] = /<img src="data:image\/png;base64,([^"]+)" [^>]*alt="[^"]+"/.exec(html) ?? [];
  assert.equal(readCode(shown), order.deeplinks_page_url);
});

test("the policy lets the page have its own style and pictures, and nothing else", async () => {
  const { headers, html } = await pageOf(await linkOrder());
  const [, style = ""] = /<style>([\s\S]*?)<\/style>/.exec(html) ?? [];
  const hash = createHash("sha256").update(style).digest("base64");
  assert.equal(
    headers.get("content-security-policy"),
    `default-src 'none'; style-src 'sha256-${hash}'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  );
  assert.doesNotMatch(html, /<script|\son\w+=|\sstyle=|javascript:/i);
});

test("the banks to choose from are the active ones of that world that can be opened", async () => {
  const [plain, asked] = await Promise.all([
    rail.bank({ name: "Borealis", deeplinkUrl: "https://borealis.example/pay" }),
    rail.bank({ name: "Cirrus", deeplinkUrl: "https://cirrus.example/open?from=link&to=a%20b" }),
    rail.bank({ name: "Nowhere" }),
    rail.bank({ name: "Another world", mode: "production", deeplinkUrl: "https://production.example/pay" }),
  ]);
  const order = await linkOrder();
  assert.deepEqual(linksOf((await pageOf(order)).html), [
    `https://borealis.example/pay?order_guid=${order.guid}`,
    `https://cirrus.example/open?from=link&to=a%20b&order_guid=${order.guid}`,
  ]);
  assert.equal((await rail.operator("PATCH", `/participants/${plain.guid}`, { state: "suspended" })).status, 200);
  await firstNode().rail.directory.refresh();
  assert.equal(linksOf((await pageOf(order)).html).length, 1);
  assert.equal((await rail.operator("PATCH", `/participants/${asked.guid}`, { deeplink_url: null })).status, 200);
  await firstNode().rail.directory.refresh();
  const { html } = await pageOf(order);
  assert.deepEqual(linksOf(html), []);
  assert.match(html, /No bank can be opened from here/);
});

test("what others wrote stays text", async () => {
  const name = `</title><script>alert("name")</script>`;
  const bank = await rail.bank({
    name,
    deeplinkUrl: `https://evil.example/"><script>alert(1)</script>?a='><img src=x>`,
  });
  const { html } = await pageOf(await linkOrder({ purpose: `<script>alert('purpose')</script> & "quotes"` }, bank));
  assert.doesNotMatch(html, /<script|<img src=x|'>|">\s*<img src=x/i);
  assert.ok(html.includes("&lt;script&gt;alert(&#39;purpose&#39;)&lt;/script&gt; &amp; &quot;quotes&quot;"));
  const [href] = linksOf(html);
  assert.match(href ?? "", /^https:\/\/evil\.example\/[^"<>]*&order_guid=[0-9a-f-]{36}$/);
  // Not what an operator can enter, and not followed even so.
  await rail.sql(`update rail.participants set deeplink_url = 'javascript:alert(1)' where guid = '${bank.guid}'`);
  await firstNode().rail.directory.refresh();
  const again = await pageOf(await linkOrder());
  assert.deepEqual(linksOf(again.html), []);
  assert.doesNotMatch(again.html, /javascript:/);
});

test("a link that is paid says so and has no banks; once the payment failed it may be paid again", async () => {
  const payer = await rail.bank({ name: "Payer", deeplinkUrl: "https://payer.example/" });
  const order = await linkOrder({ amount: 10 });
  const opened = await payer.post("/p2p/pay-requests", { order_guid: order.guid, debtor: { account: payer.iban() } });
  assert.equal(opened.status, 202, opened.text);
  assert.match((await pageOf(order)).html, /Choose your bank/);
  const paid = await payer.post("/p2p/payment-messages", {
    order_guid: order.guid,
    payment_message_external_id: "one",
    amount: 10,
    currency: "UAH",
  });
  assert.equal(paid.status, 201, paid.text);
  const page = await pageOf(order);
  assert.equal(page.status, 200);
  assert.match(page.html, /This link has been paid/);
  assert.doesNotMatch(page.html, /<a |<img |Choose your bank/);
  const failed = await payee.post("/p2p/callbacks", { type: "pay_in", guid: paid.body.guid, result: "failure" });
  assert.equal(failed.status, 200, failed.text);
  assert.match((await pageOf(order)).html, /Choose your bank/);
});

test("a link that is over says so and has no banks, by the clock and by its deadline", async () => {
  const order = await linkOrder({ expires_at: new Date(Date.now() + 3_000).toISOString() });
  const page = await eventually(async () => {
    const seen = await pageOf(order);
    return seen.html.includes("Choose your bank") ? undefined : seen;
  }, "the page says that the link is over");
  assert.equal(page.status, 200);
  assert.match(page.html, /This link has expired/);
  assert.doesNotMatch(page.html, /<a |<img /);
  await eventually(
    async () => (await payee.get(`/p2p/orders/${order.guid}`)).body.status_reason === "EXPIRED",
    "the order is over",
  );
  assert.match((await pageOf(order)).html, /This link has expired/);
});

test("an unknown link, a guid that is none and a phone order are not found alike", async () => {
  const order = await orderByPhone(payee, "+380501234567");
  const unknown = await look(`/pay/${randomUUID()}`);
  assert.equal(unknown.status, 404);
  assert.match(unknown.html, /There is no such payment link/);
  assert.match(unknown.headers.get("content-security-policy") ?? "", /^default-src 'none'; style-src 'sha256-/);
  for (const path of [order.guid, order.pay_request_guid, "17", "%3Cscript%3E", `${randomUUID()}'--`]) {
    const { status, html } = await look(`/pay/${path}`);
    assert.deepEqual([status, html], [404, unknown.html], path);
  }
});

test("a link of the sandbox says that no money moves; a real one does not", async () => {
  assert.match((await pageOf(await linkOrder())).html, /Sandbox: no real money moves/);
  const real = await rail.bank({ mode: "production" });
  assert.doesNotMatch((await pageOf(await linkOrder({}, real))).html, /Sandbox/);
});
