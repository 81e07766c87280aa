/** Webhooks as the exchange signs them, checked by the client. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { verifyWebhook } from "../../packages/client/src/index.ts";
import { signWebhook } from "../../src/exchange/webhooks/webhooks.ts";

const SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
const OTHER = `whsec_${Buffer.alloc(32, 8).toString("base64")}`;
const NOW = 1_800_000_000_000;
const BODY = '{"type":"wallet.updated","data":{"user_id":"vera","available":500,"in_escrow":0}}';

const headersOf = (signature: string, seconds = NOW / 1_000) => ({
  "webhook-id": "e-1",
  "webhook-timestamp": String(seconds),
  "webhook-signature": signature,
});
const good = headersOf(signWebhook(SECRET, "e-1", NOW / 1_000, BODY));
const check = { headers: good, body: BODY, secrets: [SECRET], now: NOW } as const;

describe("a webhook", () => {
  test("of ours is read, as text, as bytes, and from a Headers", async () => {
    for (const form of [check, { ...check, body: Buffer.from(BODY) }, { ...check, headers: new Headers(good) }]) {
      const verdict = await verifyWebhook(form);
      assert.ok(verdict.ok);
      assert.deepEqual([verdict.id, verdict.event.type], ["e-1", "wallet.updated"]);
    }
  });

  test("is taken under either secret while one is replaced, and with several signatures", async () => {
    assert.ok((await verifyWebhook({ ...check, secrets: [OTHER, SECRET] })).ok);
    const both = `v1,AAAA v2,x ${good["webhook-signature"]}`;
    assert.ok((await verifyWebhook({ ...check, headers: headersOf(both) })).ok);
  });

  test("that was changed, is of another, is late or bears nothing is refused, with the reason", async () => {
    const refused = [
      [{ ...check, body: BODY.replace("500", "900") }, "signature"],
      [{ ...check, secrets: [OTHER] }, "signature"],
      [{ ...check, secrets: [] }, "signature"],
      [{ ...check, headers: headersOf("v1,") }, "signature"],
      [{ ...check, headers: headersOf("v1,%%%") }, "signature"],
      [{ ...check, headers: { ...good, "webhook-id": "e-2" } }, "signature"],
      [{ ...check, now: NOW + 301_000 }, "timestamp"],
      [{ ...check, now: NOW - 301_000 }, "timestamp"],
      [{ ...check, headers: { ...good, "webhook-timestamp": "soon" } }, "timestamp"],
      [{ ...check, headers: {} }, "headers"],
    ] as const;
    for (const [asked, reason] of refused) assert.deepEqual(await verifyWebhook(asked), { ok: false, reason });
    const text = signWebhook(SECRET, "e-1", NOW / 1_000, "no JSON");
    assert.deepEqual(await verifyWebhook({ ...check, headers: headersOf(text), body: "no JSON" }), {
      ok: false,
      reason: "body",
    });
  });
});
