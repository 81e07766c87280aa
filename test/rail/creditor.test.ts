/**
 * Who am I paying: the name goes from the creditor's bank to the payer's, and whoever carries it can neither read nor keep
 * it. It costs what a look-up costs.
 */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import fs from "node:fs";
import { mock, type TestContext, test } from "node:test";
import { CompactEncrypt, compactDecrypt, exportJWK, generateKeyPair, importJWK, type JWK } from "jose";
import { assertLinked, assertRefused, link, orderByPhone } from "../support/aliases.ts";
import {
  type Bank,
  type BankAnswer,
  eventually,
  type Json,
  type ListeningBank,
  listenAsBank,
  phone,
  type Received,
  type Reply,
  startRail,
  type TestRail,
  useRail,
} from "../support/rail.ts";
import { byLink, done } from "../support/rail-orders.ts";

const rail = useRail({ railSettings: { callbackAnswerMs: 1_500 } });

const NAME = "Соломія Крушельницька-Незгадана";

type Reader = { readonly bank: Bank; readonly kid: string; read(reply: Reply): Promise<Json> };

/** A bank that has a key for what is encrypted for it. */
const reader = async (on: TestRail, alg: "ECDH-ES" | "RSA-OAEP-256" = "ECDH-ES"): Promise<Reader> => {
  const bank = await on.bank({ receiverSearch: false });
  const { publicKey, privateKey } = await generateKeyPair(alg, { crv: "P-256", extractable: true });
  const kid = randomUUID();
  const jwk = { ...(await exportJWK(publicKey)), kid, alg, use: "enc" };
  const registered = done(await on.operator("POST", `/participants/${bank.guid}/keys`, jwk), 201);
  assert.deepEqual([registered.kid, registered.use, registered.alg], [kid, "enc", alg]);
  return {
    bank,
    kid,
    async read(reply) {
      const { plaintext } = await compactDecrypt(done(reply).jwe, privateKey);
      return JSON.parse(Buffer.from(plaintext).toString("utf8")) as Json;
    },
  };
};

const encrypted = async (key: JWK, name: string, enc = "A256GCM"): Promise<string> =>
  new CompactEncrypt(Buffer.from(JSON.stringify({ name })))
    .setProtectedHeader({ alg: key.alg ?? "", enc, kid: key.kid ?? "" })
    .encrypt(await importJWK(key, key.alg));

/** A bank that knows its clients' names. */
const knower = async (
  t: TestContext,
  on: TestRail,
): Promise<{ readonly bank: Bank; readonly server: ListeningBank }> => {
  const server = await listenAsBank({ rail: () => on.nodes[0]?.railAddress ?? "" });
  t.after(() => server.close());
  server.answer(async ({ path, payload }) =>
    path.endsWith("/creditor_data") ? { status: 200, body: await encrypted(payload.key, NAME) } : { status: 202 },
  );
  return { bank: await on.bank({ receiverSearch: false, callbackUrl: server.url }), server };
};

const foundOrder = async (payer: Bank, creditor: Bank): Promise<Json & { account: string }> => {
  const [number, account] = [phone(), creditor.iban()];
  assertLinked(await link(creditor, number, account), true);
  return { ...(await orderByPhone(payer, number)), account };
};

const ask = (bank: Bank, guid: string): Promise<Reply> => bank.get(`/p2p/orders/${guid}/creditor`);

const available = async (bank: Bank, account: string): Promise<readonly [number, number]> => {
  const { participant, payer } = done(await bank.get(`/p2p/limits?account=${account}`));
  return [participant.available, payer.available];
};

for (const alg of ["ECDH-ES", "RSA-OAEP-256"] as const)
  test(`a bank reads whom its client pays, by ${alg}, of its order and of a link that it holds`, async (t) => {
    const [payer, { bank: creditor, server }] = [await reader(rail, alg), await knower(t, rail)];
    const order = await foundOrder(payer.bank, creditor);
    assert.deepEqual(await payer.read(await ask(payer.bank, order.guid)), { name: NAME });
    const [asked] = server.of("/creditor_data") as [Received];
    assert.ok(asked.verified);
    assert.equal(asked.protectedHeader.typ, "callback+jwt");
    const { payload } = asked;
    assert.deepEqual([payload.sub, payload.aud], [creditor.guid, `${server.url}/creditor_data`]);
    assert.deepEqual([payload.account, payload.order_guid, payload.key.kid], [order.account, order.guid, payer.kid]);
    assert.ok(!("d" in payload.key));
    const made = done(await creditor.post("/p2p/orders", byLink(creditor)), 201);
    assertRefused(await ask(payer.bank, made.guid), 404, "ORDER NOT FOUND");
    const held = { order_guid: made.guid, debtor: { account: payer.bank.iban() } };
    done(await payer.bank.post("/p2p/pay-requests", held), 202);
    assert.deepEqual(await payer.read(await ask(payer.bank, made.guid)), { name: NAME });
  });

test("the name is in no row, in no line of the log, and in nothing that is queued", async (t) => {
  const lines: string[] = [];
  const watched = mock.method(fs, "write", (...[, ...args]: [number, string, ...unknown[]]) => {
    lines.push(String(args[0]));
    const written = args.at(-1);
    if (typeof written === "function") setImmediate(() => written(null, Buffer.byteLength(String(args[0]))));
  });
  t.after(() => watched.mock.restore());
  const loud = await startRail({ env: { LOG_LEVEL: "trace" } });
  t.after(() => loud.end());
  const [payer, { bank: creditor, server }] = [await reader(loud), await knower(t, loud)];
  const order = await foundOrder(payer.bank, creditor);
  const reply = await ask(payer.bank, order.guid);
  assert.deepEqual(await payer.read(reply), { name: NAME });
  // What nobody may read is not kept for whoever could either.
  server.answer({ status: 200, body: NAME });
  assertRefused(await ask(payer.bank, order.guid), 503, "CREDITOR_BANK_SILENT");
  assert.equal((await payer.bank.get(`/p2p/orders/${order.guid}/creditor`, { header: "a.b.c" })).status, 401);
  // Lines are written together, a moment later.
  const log = await eventually(async () => {
    const written = lines.join("");
    return /was not authorised/.test(written) && written;
  }, "the calls are in the log");
  const tables = await loud.sql(
    "select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')",
  );
  assert.ok(tables.length > 20);
  const jwe: string = reply.body.jwe;
  const parts = [NAME, NAME.slice(0, 8), ...jwe.split(".").filter((part) => part.length > 20)];
  for (const secret of parts) {
    const [spelled] = JSON.stringify(secret).match(/[^"].*[^"]/) ?? [secret];
    assert.ok(!log.includes(secret), "the log holds it");
    for (const { name } of tables) {
      const found = await loud.sql(`select from ${name} t where strpos(t::text, '${spelled}') > 0 limit 1`);
      assert.equal(found.length, 0, `${name} holds ${secret}`);
    }
  }
});

test("what is no JWE for the asking bank, and what never comes, is a bank that does not say", async (t) => {
  const [payer, { bank: creditor, server }] = [await reader(rail), await knower(t, rail)];
  const order = await foundOrder(payer.bank, creditor);
  const good = async (key: JWK) => encrypted(key, NAME);
  const answers: readonly ((key: JWK) => Promise<BankAnswer> | BankAnswer)[] = [
    () => "hang",
    () => "reset",
    () => ({ status: 404 }),
    () => ({ status: 200, body: { name: NAME } }),
    () => ({ status: 200, body: "a.b.c.d.e" }),
    async (key) => ({ status: 201, body: await good(key) }),
    async (key) => ({ status: 200, body: await good({ ...key, kid: "another" }) }),
    async (key) => ({ status: 200, body: await encrypted(key, NAME, "A128GCM") }),
    async (key) => ({ status: 200, body: `${await good(key)}.x` }),
    async (key) => ({ status: 200, body: `${await good(key)}${"A".repeat(9_000)}` }),
  ];
  for (const [index, answer] of answers.entries()) {
    server.answer(({ payload }) => answer(payload.key));
    // Other payers' orders: what was not answered is not given back.
    const reply = await ask(payer.bank, index % 4 === 0 ? order.guid : (await foundOrder(payer.bank, creditor)).guid);
    assertRefused(reply, 503, "CREDITOR_BANK_SILENT");
  }
  const nowhere = await rail.bank({ receiverSearch: false });
  assertRefused(await ask(payer.bank, (await foundOrder(payer.bank, nowhere)).guid), 503, "CREDITOR_BANK_SILENT");
});

test("it costs what a look-up costs, a copy of the question costs nothing, and a key for repeats is refused", async (t) => {
  const [payer, { bank: creditor, server }] = [await reader(rail), await knower(t, rail)];
  const order = await foundOrder(payer.bank, creditor);
  const account: string = order.debtor.account;
  const [bankBefore, before] = await available(payer.bank, account);
  done(await ask(payer.bank, order.guid));
  const [bankAfter, after] = await available(payer.bank, account);
  assert.ok(before - after <= 1 && bankBefore - bankAfter <= 1, "an answer gives most of it back");
  const signed = await payer.bank.sign("GET", `/p2p/orders/${order.guid}/creditor`);
  done(await payer.bank.send(signed));
  const asked = server.of("/creditor_data").length;
  for (let copy = 0; copy < 5; copy++) assert.equal((await payer.bank.send(signed)).status, 401);
  assert.equal(server.of("/creditor_data").length, asked);
  const path = `/p2p/orders/${order.guid}/creditor`;
  assertRefused(await payer.bank.get(path, { key: "once" }), 400, "INVALID_REQUEST", "Idempotency-Key");
  server.answer({ status: 404 });
  const statuses: number[] = [];
  // In the sandbox a payer has ten times a hundred tokens: twenty are gone with each.
  while (statuses.length < 60 && statuses.at(-1) !== 429) statuses.push((await ask(payer.bank, order.guid)).status);
  assert.equal(statuses.at(-1), 429);
  assert.ok(statuses.length > 40, `${statuses.length} questions`);
});

test("only who pays is told, while it may pay, and with a key of its own", async (t) => {
  const [payer, stranger, { bank: creditor }] = [await reader(rail), await reader(rail), await knower(t, rail)];
  const order = await foundOrder(payer.bank, creditor);
  for (const bank of [stranger.bank, creditor]) assertRefused(await ask(bank, order.guid), 404, "ORDER NOT FOUND");
  assertRefused(await ask(payer.bank, "17"), 400, "INVALID_ORDER_GUID");
  const pending = await orderByPhone(payer.bank, phone());
  assertRefused(await ask(payer.bank, pending.guid), 404, "ORDER NOT FOUND");
  const keyless = await rail.bank({ receiverSearch: false });
  const other = await foundOrder(keyless, creditor);
  assertRefused(await ask(keyless, other.guid), 400, "INVALID_REQUEST", "encryption_key");
  await rail.sql(`update rail.orders set expires_at = now() - interval '1 second' where guid = '${order.guid}'`);
  assertRefused(await ask(payer.bank, order.guid), 400, "ORDER_IS_EXPIRED");
  // Revoked, it is nobody's any more.
  const [next, path] = [await foundOrder(stranger.bank, creditor), `/participants/${stranger.bank.guid}/keys`];
  done(await ask(stranger.bank, next.guid));
  assert.equal((await rail.operator("DELETE", `${path}/${stranger.kid}`)).status, 204);
  assertRefused(await ask(stranger.bank, next.guid), 400, "INVALID_REQUEST", "encryption_key");
});

test("a key is for signatures or for encryption, and what is weak or private is refused with a sentence", async () => {
  const { bank, kid } = await reader(rail);
  const register = (jwk: object) => rail.operator("POST", `/participants/${bank.guid}/keys`, jwk);
  const { publicKey, privateKey } = await generateKeyPair("ECDH-ES", { crv: "P-256", extractable: true });
  const good = { ...(await exportJWK(publicKey)), kid: randomUUID(), alg: "ECDH-ES", use: "enc" };
  const weak = await exportJWK((await generateKeyPair("RSA-OAEP-256", { extractable: true })).publicKey);
  for (const wrong of [
    { ...good, use: "sig" },
    { ...good, use: undefined },
    { ...good, alg: "ES256" },
    { ...good, alg: "RSA-OAEP" },
    { ...good, ...(await exportJWK(privateKey)) },
    { ...good, x: good.y },
    { ...good, crv: "P-384" },
    { ...good, kid: "" },
    { ...weak, kid: randomUUID(), alg: "RSA-OAEP-256", use: "enc", e: "AQ" },
    { ...weak, kid: randomUUID(), alg: "RSA-OAEP-256", use: "enc", n: "AQAB" },
  ]) {
    const reply = await register(wrong);
    assert.equal(reply.status, 422, reply.text);
    assert.equal(reply.body.error?.code ?? reply.body.code, "KEY_REFUSED", reply.text);
  }
  assert.equal((await register({ ...good, kid })).status, 409);
  // It verifies nothing, though a signature by it would be good.
  const signer = { ...bank.keys.privateJwk, kid };
  assert.equal((await bank.get("/p2p/limits", { signer })).status, 401);
});
