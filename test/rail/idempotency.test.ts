/** Repeats: an answer that was lost is had again, and nothing is done twice. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { describe, it } from "node:test";
import { type Bank, eventually, type Json, phone, type Reply, useRail } from "../support/rail.ts";
import { byLink, byPhone, isCode } from "../support/rail-orders.ts";

const ORDERS = "/p2p/orders";

let strong: Bank;
let compat: Bank;

const rail = useRail({ nodes: 2 }, async () => {
  [strong, compat] = await Promise.all([rail.bank(), rail.bank({ profile: "compat", alg: "EdDSA" })]);
});

/** The first answer, told to be so. */
const isReplay = (reply: Reply, first: Reply) => {
  assert.equal(reply.status, first.status, reply.text);
  assert.equal(reply.text, first.text);
  assert.equal(reply.headers["idempotent-replay"], "true");
  assert.equal(reply.headers.location, first.headers.location);
  assert.equal(first.headers["idempotent-replay"], undefined);
};

const orders = async (bank: Bank): Promise<number> => {
  const [row] = await rail.sql(`select count(*)::int as n from rail.orders where participant_guid = '${bank.guid}'`);
  return row.n;
};

const key = (): string => randomUUID();

describe("an Idempotency-Key", () => {
  it("gives the identical bytes the first answer, before their jti is looked at, on every node", async () => {
    for (const bank of [strong, compat]) {
      const made = await orders(bank);
      // By phone: each node of this test has an address of its own, which a link's page has too.
      const call = await bank.sign("POST", ORDERS, byPhone(bank, { amount: 7.5 }), { key: key() });
      const first = await bank.send(call);
      assert.equal(first.status, 201, first.text);
      isReplay(await bank.send(call), first);
      if (bank === compat) isReplay(await bank.send(call, { node: 1 }), first);
      isReplay(await bank.send(call), first);
      assert.equal(await orders(bank), made + 1);
    }
  });

  it("gives a new JWS with the same payload the first answer, whatever its jti and dates, and the order of members", async () => {
    for (const bank of [strong, compat]) {
      const options = { key: key() };
      const payload = byLink(bank);
      const first = await bank.post(ORDERS, payload, options);
      isReplay(await bank.post(ORDERS, payload, options), first);
      const reversed = Object.fromEntries(Object.entries(payload).reverse());
      isReplay(await bank.post(ORDERS, reversed, options), first);
      const iat = Math.floor(Date.now() / 1_000) - 20;
      isReplay(await bank.post(ORDERS, { ...payload, iat, exp: iat + 200 }, options), first);
    }
  });

  it("lets a replay use up its own jti, and not take it from the first", async () => {
    const options = { key: key() };
    const payload = byLink(strong);
    const again = randomUUID();
    assert.equal((await strong.post(ORDERS, payload, options)).status, 201);
    const second = { ...options, headerClaims: { jti: again } };
    assert.equal((await strong.post(ORDERS, payload, second)).status, 201);
    isCode(
      await strong.get(`${ORDERS}/${randomUUID()}`, { headerClaims: { jti: again } }),
      401,
      "AUTHORIZATION_FAILED",
    );
  });

  it("may come another way: as JSON, behind Bearer, or without a header", async () => {
    const options = { key: key() };
    const payload = byLink(strong);
    const first = await strong.post(ORDERS, payload, options);
    isReplay(await strong.post(ORDERS, payload, { ...options, header: false }), first);
    isReplay(await strong.post(ORDERS, payload, { ...options, headerName: "authorization" }), first);
    const { body } = await strong.sign("POST", ORDERS, payload, { header: false });
    const raw = JSON.stringify({ jwt: body });
    isReplay(await strong.post(ORDERS, {}, { ...options, raw, contentType: "application/json" }), first);
    const signed = await strong.post(ORDERS, payload, { ...options, accept: "application/jwt" });
    assert.equal(signed.headers["idempotent-replay"], "true");
    const said = JSON.parse(Buffer.from(signed.text.split(".")[1] ?? "", "base64url").toString("utf8"));
    assert.deepEqual(Object.fromEntries(Object.keys(first.body).map((name) => [name, said[name]])), first.body);
  });

  it("tells the order's present status", async () => {
    const asked = await rail.bank({ callbackUrl: "http://127.0.0.1:9/nobody" });
    const options = { key: key() };
    const number = phone();
    const payload = byPhone(strong, { creditor: { phone: number } });
    const first = await strong.post(ORDERS, payload, options);
    assert.equal(first.body.status, "pending", first.text);
    const consent = { method: "in_app", at: new Date().toISOString(), reference: "1" };
    const linked = await asked.put("/p2p/alias", { phone: number, account: asked.iban(), linked: true, consent });
    assert.equal(linked.status, 200, linked.text);
    const later = await eventually(async () => {
      const reply = await strong.post(ORDERS, payload, options);
      assert.equal(reply.status, 201, reply.text);
      assert.equal(reply.headers["idempotent-replay"], "true");
      return reply.body.status === "pending" ? undefined : reply.body;
    }, "the order is processing");
    assert.deepEqual(later, { ...first.body, status: "processing" });
    await rail.operator("PATCH", `/participants/${asked.guid}`, { state: "suspended" });
  });

  it("with another payload is IDEMPOTENCY_KEY_REUSED, and nothing is done", async () => {
    for (const bank of [strong, compat]) {
      const options = { key: key() };
      const payload = byLink(bank, { amount: 7.5 });
      const first = await bank.post(ORDERS, payload, options);
      const made = await orders(bank);
      for (const other of [
        { ...payload, amount: 7.51 },
        { ...payload, external_id: randomUUID() },
        { ...payload, purpose: "Payment for services " },
        { ...payload, expires_at: "2099-01-01T00:00:00Z" },
        { ...payload, note: "a member that is not ours" },
        { ...payload, amount: undefined },
      ])
        isCode(await bank.post(ORDERS, other, options), 422, "IDEMPOTENCY_KEY_REUSED");
      assert.equal(await orders(bank), made);
      isReplay(await bank.post(ORDERS, payload, options), first);
    }
  });

  it("with another payload has used its jti up all the same", async () => {
    const options = { key: key() };
    const jti = randomUUID();
    assert.equal((await strong.post(ORDERS, byLink(strong), options)).status, 201);
    const other = await strong.post(ORDERS, byLink(strong), { ...options, headerClaims: { jti } });
    isCode(other, 422, "IDEMPOTENCY_KEY_REUSED");
    isCode(await strong.post(ORDERS, byLink(strong), { headerClaims: { jti } }), 401, "AUTHORIZATION_FAILED");
  });

  it("keeps 7.5 and 7.50 apart: they are echoed as they were written", async () => {
    const options = { key: key() };
    const payload = byLink(compat);
    const written = (amount: string) => {
      const json = JSON.stringify({ jti: randomUUID(), ...payload });
      return { ...options, payloadText: `${json.slice(0, -1)},"amount":${amount}}` };
    };
    const first = await compat.post(ORDERS, payload, written("7.5"));
    assert.equal(first.status, 201, first.text);
    isCode(await compat.post(ORDERS, payload, written("7.50")), 422, "IDEMPOTENCY_KEY_REUSED");
    isReplay(await compat.post(ORDERS, payload, written("7.5")), first);
  });

  it("keeps refusals too", async () => {
    for (const [terms, code] of [
      [{ purpose: "" }, "INVALID_PURPOSE"],
      [{ amount: "7" }, "INVALID_REQUEST"],
      [{ expires_at: "2020-01-01T00:00:00Z" }, "EXPIRES_AT_IS_NOT-FUTURE_DATE"],
    ] as const) {
      const options = { key: key() };
      const payload = byLink(strong, terms);
      const first = await strong.post(ORDERS, payload, options);
      isCode(first, 400, code);
      isReplay(await strong.post(ORDERS, payload, options), first);
      isCode(await strong.post(ORDERS, { ...payload, purpose: "x" }, options), 422, "IDEMPOTENCY_KEY_REUSED");
    }
    const options = { key: key() };
    const payload = byLink(strong);
    assert.equal((await strong.post(ORDERS, payload)).status, 201);
    const first = await strong.post(ORDERS, payload, options);
    isCode(first, 400, "EXTERNAL_ID_NOT_UNIQUE");
    isReplay(await strong.post(ORDERS, payload, options), first);
  });

  it("is not taken by a 401, and not by a 429", async () => {
    const options = { key: key() };
    const payload = byLink(strong);
    isCode(await strong.post(ORDERS, payload, { ...options, header: "a.b.c" }), 401, "AUTHORIZATION_FAILED");
    const used = randomUUID();
    assert.equal((await strong.get(`${ORDERS}/${randomUUID()}`, { headerClaims: { jti: used } })).status, 404);
    const replayed = await strong.post(ORDERS, payload, { ...options, headerClaims: { jti: used } });
    isCode(replayed, 401, "AUTHORIZATION_FAILED");
    assert.equal((await strong.post(ORDERS, payload, options)).status, 201);

    const debtor = { account: strong.iban() };
    const miss = async () => {
      const late = key();
      return { late, reply: await strong.post(ORDERS, byPhone(strong, { debtor }), { key: late }) };
    };
    // The sandbox's account has tokens for fifty, and gets one more every few seconds.
    let last = await miss();
    for (let left = 100; left > 0 && last.reply.status === 201; left--) last = await miss();
    isCode(last.reply, 429, "RATE_LIMITED");
    assert.equal((await strong.post(ORDERS, byPhone(strong), { key: last.late })).status, 201);
  });

  it("is each bank's own", async () => {
    const options = { key: key() };
    const [first, second] = [
      await strong.post(ORDERS, byLink(strong), options),
      await compat.post(ORDERS, byLink(compat), options),
    ];
    assert.deepEqual([first.status, second.status], [201, 201]);
  });

  it("has 1 to 128 visible ASCII characters", async () => {
    for (const wrong of ["", "x".repeat(129), "a b", "a\tb"])
      isCode(await strong.post(ORDERS, byLink(strong), { key: wrong }), 400, "INVALID_REQUEST");
    for (const right of ["!", `${randomUUID()}${"~".repeat(92)}`])
      assert.equal((await strong.post(ORDERS, byLink(strong), { key: right })).status, 201);
  });

  it("replays over a restart", async () => {
    const options = { key: key() };
    const payload = byPhone(strong);
    const first = await strong.post(ORDERS, payload, options);
    assert.equal(first.status, 201, first.text);
    await rail.restart();
    isReplay(await strong.post(ORDERS, payload, options), first);
  });
});

describe("without a key", () => {
  it("a second external id is EXTERNAL_ID_NOT_UNIQUE, with the first order's guid", async () => {
    const payload = byLink(strong);
    const first = await strong.post(ORDERS, payload);
    const second = await strong.post(ORDERS, payload);
    isCode(second, 400, "EXTERNAL_ID_NOT_UNIQUE");
    assert.equal(second.body.order_guid, first.body.guid);
    assert.equal((await strong.get(`${ORDERS}?external_id=${payload.external_id}`)).text, first.text);
  });
});

const byStatus = (replies: readonly Reply[]): Readonly<Record<number, number>> =>
  Object.fromEntries(
    [...Map.groupBy(replies, ({ status }) => status)].map(([status, group]) => [status, group.length]),
  );

describe("at once, on two nodes", () => {
  for (const [kind, make] of [
    ["by phone", byPhone],
    ["by link", byLink],
  ] as const)
    it(`50 orders ${kind} with one external id: exactly one is made, and the others are told which`, async () => {
      for (const bank of [strong, compat]) {
        const before = await orders(bank);
        const external_id = randomUUID();
        const replies = await Promise.all(
          Array.from({ length: 50 }, (_, index) => bank.post(ORDERS, make(bank, { external_id }), { node: index % 2 })),
        );
        assert.deepEqual(byStatus(replies), { 201: 1, 400: 49 });
        const made: Json = replies.find(({ status }) => status === 201)?.body;
        for (const reply of replies) {
          if (reply.status === 201) continue;
          isCode(reply, 400, "EXTERNAL_ID_NOT_UNIQUE");
          assert.equal(reply.body.order_guid, made.guid);
        }
        assert.equal(await orders(bank), before + 1);
      }
    });

  it("20 times the same JWS: one order, and 19 are the one 401", async () => {
    // A compat token names no place, so that both nodes take it.
    for (const make of [byPhone, byLink]) {
      const before = await orders(compat);
      const call = await compat.sign("POST", ORDERS, make(compat));
      const replies = await Promise.all(
        Array.from({ length: 20 }, (_, index) => compat.send(call, { node: index % 2 })),
      );
      assert.deepEqual(byStatus(replies), { 201: 1, 401: 19 });
      assert.equal(await orders(compat), before + 1);
    }
  });

  it("20 times the same JWS and key: one order, which all are told of", async () => {
    const before = await orders(compat);
    const call = await compat.sign("POST", ORDERS, byPhone(compat), { key: key() });
    const replies = await Promise.all(Array.from({ length: 20 }, (_, index) => compat.send(call, { node: index % 2 })));
    assert.deepEqual(byStatus(replies), { 201: 20 });
    assert.equal(new Set(replies.map(({ text }) => text)).size, 1);
    assert.equal(replies.filter(({ headers }) => headers["idempotent-replay"] === undefined).length, 1);
    assert.equal(await orders(compat), before + 1);
  });

  it("20 payloads with one key: one order, and 19 are IDEMPOTENCY_KEY_REUSED", async () => {
    const before = await orders(compat);
    const options = { key: key() };
    const replies = await Promise.all(
      Array.from({ length: 20 }, (_, index) => compat.post(ORDERS, byLink(compat), { ...options, node: index % 2 })),
    );
    assert.deepEqual(byStatus(replies), { 201: 1, 422: 19 });
    assert.equal(await orders(compat), before + 1);
  });
});
