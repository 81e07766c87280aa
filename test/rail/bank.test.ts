/** The simulated banks as processes against a running rail. */
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { accountOf, NUMBERS, numberOf } from "../../simulators/bank/index.ts";
import { parseToken, readPublicKey, signToken, verifySignature } from "../../src/jws/index.ts";
import { type BankProcess, startBankProcess } from "../support/bank-process.ts";
import { runParley } from "../support/command-line.ts";
import { type Bank, eventually, type Json, startRail, type TestRail } from "../support/rail.ts";

describe("a simulated bank", () => {
  let rail: TestRail;
  let payer: Bank;
  let aurora: BankProcess;
  let borealis: BankProcess;

  before(async () => {
    rail = await startRail();
    payer = await rail.bank({ receiverSearch: false });
    aurora = await startBankProcess(rail, "aurora");
    borealis = await startBankProcess(rail, "borealis", { profile: "compat", alg: "RS256" });
  });
  after(async () => {
    await Promise.all([aurora, borealis].map((bank) => bank?.end()));
    await rail.end();
  });

  let orders = 0;
  const order = async (phone: string): Promise<Json> => {
    const reply = await payer.post("/p2p/orders", {
      creditor: { phone },
      debtor: { account: payer.iban() },
      amount: 12.5,
      currency: "UAH",
      external_id: `order-${++orders}`,
      purpose: "A test",
      type: "phone",
    });
    assert.equal(reply.status, 201, reply.text);
    return reply.body;
  };
  const read = async ({ guid }: Json): Promise<Json> => (await payer.get(`/p2p/orders/${guid}`)).body;
  const becomes = (made: Json, status: string): Promise<Json> =>
    eventually(async () => {
      const now = await read(made);
      return now.status === status && now;
    }, `order ${status}; the banks printed\n${aurora.output()}${borealis.output()}`);
  const accountOfOrder = async (made: Json): Promise<string> =>
    (await rail.sql(`select creditor_account from rail.order_states where order_guid = '${made.guid}'`))[0]
      .creditor_account;

  test("has linked its clients before it says that it is ready", async () => {
    for (const [phone, bank] of [
      [numberOf("01"), aurora],
      [numberOf("02"), borealis],
      [numberOf("08"), borealis],
    ] as const) {
      const made = await order(phone);
      assert.equal(made.status, "processing");
      assert.equal(await accountOfOrder(made), accountOf(bank.code, phone));
    }
  });

  test("claims its own clients after it was asked, whatever its profile", async () => {
    for (const [ending, bank] of [
      ["03", aurora],
      ["04", borealis],
    ] as const) {
      const made = await order(numberOf(ending));
      assert.equal(made.status, "pending");
      await becomes(made, "processing");
      assert.equal(await accountOfOrder(made), accountOf(bank.code, numberOf(ending)));
    }
  });

  test("refuses a phone that it does not have, and then nobody has it", async () => {
    for (const phone of [numberOf("05"), numberOf("99"), "+380671112233"]) {
      assert.equal((await becomes(await order(phone), "rejected")).status_reason, "NOT_LINKED");
    }
  });

  test("keeps silent about one number", async () => {
    const made = await order(numberOf("06"));
    for (const bank of [aurora, borealis]) {
      await bank.heard(({ data }) => data.phone === numberOf("06"), "the question");
    }
    assert.equal((await read(made)).status, "pending");
  });

  test("claims one number together with the other, and the loser is told", async () => {
    const made = await order(numberOf("07"));
    const asked = await aurora.heard(({ data }) => data.phone === numberOf("07"), "the question");
    await becomes(made, "processing");
    const winner = (await accountOfOrder(made)) === accountOf(aurora.code, numberOf("07")) ? aurora : borealis;
    const loser = winner === aurora ? borealis : aurora;
    await loser.heard(
      ({ type, data }) => type === "link_cancelled" && data.request_guid === asked.data.request_guid,
      "its loss",
    );
  });

  const payFor = async (made: Json): Promise<Json> => {
    const paid = await payer.post("/p2p/payment-messages", {
      order_guid: made.guid,
      payment_message_external_id: `payment-${made.guid}`,
      amount: 12.5,
      currency: "UAH",
    });
    assert.equal(paid.status, 201, paid.text);
    return paid.body;
  };
  const settled = ({ guid }: Json): Promise<Json> =>
    eventually(async () => {
      const [payment] = await rail.sql(`select status from rail.payments where guid = '${guid}'`);
      return payment.status !== "created" && payment;
    }, `the end of a payment; the banks printed\n${aurora.output()}${borealis.output()}`);

  test("confirms a payment at once, or a moment later", async () => {
    for (const phone of [numberOf("02"), numberOf("08")]) {
      const payment = await payFor(await order(phone));
      assert.equal((await settled(payment)).status, "completed");
    }
    // It prints what it did a moment after the platform knows.
    for (const line of [/pay_in, answered 202/, /pay_in is confirmed now: 200/])
      await eventually(async () => line.test(borealis.output()), `the bank prints ${line}`);
  });

  test("forgets who was found by a search once the payment is there", async () => {
    const phone = numberOf("03", "00001");
    const made = await order(phone);
    await becomes(made, "processing");
    await settled(await payFor(made));
    await eventually(
      async () => (await order(phone)).status === "pending",
      `the phone is unlinked; it printed\n${aurora.output()}`,
    );
  });

  test("initiates orders when it is told to by its controls, with sensible terms", async () => {
    const byPhone = await aurora.control("POST", "/demo/orders", { phone: numberOf("02"), amount: 1500.75 });
    assert.equal(byPhone.status, 201);
    assert.equal(byPhone.body.status, "processing");
    assert.equal(byPhone.body.amount, 1500.75);
    const byLink = await borealis.control("POST", "/demo/orders", { purpose: "Two tickets" });
    assert.equal(byLink.status, 201);
    assert.equal(byLink.body.status, "created");
    const refused = await aurora.control("POST", "/demo/orders", { phone: "112", amount: 1 });
    assert.deepEqual([refused.status, refused.body.code], [400, "INVALID_CREDITOR_PHONE"]);
  });

  test("pays another bank's link when it is told to by its controls, and shows its clients how", async () => {
    const { body: link } = await borealis.control("POST", "/demo/orders", { amount: 20 });
    const shown = await (await fetch(`${aurora.appUrl}?order_guid=${link.guid}`)).text();
    assert.match(shown, /<button>Pay 20\.00 UAH<\/button>/);
    const paid = await aurora.control("POST", "/demo/payments", { order_guid: link.guid, link: true, amount: 20 });
    assert.equal(paid.status, 201);
    assert.equal((await settled(paid.body)).status, "completed");
  });

  test("links and unlinks a phone when it is told to by its controls", async () => {
    const phone = numberOf("01", "00002");
    for (const linked of [true, false]) {
      const changed = await aurora.control("PUT", "/demo/aliases", { phone, linked });
      assert.deepEqual(changed, { status: 200, body: { linked } });
    }
  });

  test("takes no controls that a web page could send, and none where the rail calls", async () => {
    const simple = await fetch(`${aurora.controlAddress}/demo/orders`, { method: "POST", body: "{}" });
    assert.equal(simple.status, 415);
    assert.equal((await fetch(`${aurora.address}/demo/events`)).status, 404);
    assert.equal((await fetch(`${aurora.controlAddress}/callbacks`, { method: "POST" })).status, 404);
  });

  type Given = {
    readonly aud?: string;
    readonly sub?: string;
    readonly typ?: string;
    readonly iat?: number;
    readonly forged?: boolean;
  };
  const challenge = async (given: Given = {}) => {
    const { sub = aurora.registered.guid, typ = "callback+jwt" } = given;
    const { aud = `${aurora.address}/challenge`, iat = Math.floor(Date.now() / 1_000), forged = false } = given;
    const text = JSON.stringify({ jti: crypto.randomUUID(), iat, aud, sub, challenge: "c1" });
    const issuer = rail.nodes[0]?.issuer;
    if (issuer === undefined) throw new Error("no node");
    return forged ? forge(text, issuer.kid) : issuer.signText(text, typ);
  };
  const forge = (text: string, kid: string): Promise<string> =>
    signToken(text, { kid, alg: "ES256", key: generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey });
  const post = (body: string) => fetch(`${aurora.address}/challenge`, { method: "POST", body });

  test("answers a challenge with its own signature", async () => {
    const answered = await post(await challenge());
    assert.equal(answered.status, 200);
    const token = parseToken(await answered.text());
    assert.ok(!("fault" in token));
    const key = readPublicKey(aurora.registered.keys.publicJwk);
    assert.ok(!("fault" in key) && (await verifySignature(token, key)));
    assert.equal(token.payload.get("challenge"), "c1");
  });

  test("does nothing that the rail has not signed, for it, now, and once", async () => {
    const once = await challenge();
    assert.equal((await post(once)).status, 200);
    const hour = 3_600;
    const others = [
      once,
      "{}",
      "a.b.c",
      await challenge({ forged: true }),
      await challenge({ aud: `${borealis.address}/challenge` }),
      await challenge({ sub: borealis.registered.guid }),
      await challenge({ typ: "answer+jwt" }),
      await challenge({ iat: Math.floor(Date.now() / 1_000) - hour }),
    ];
    for (const body of others) assert.equal((await post(body)).status, 401);
  });

  test("prints a line for each event, and no phone in full", () => {
    const output = aurora.output() + borealis.output();
    assert.match(output, /^aurora: link_creditor for \+380\*{7}03: the client claims$/m);
    assert.match(output, /^borealis: link_creditor for \+380\*{7}03: the client refuses$/m);
    assert.doesNotMatch(output, /\+?380\d{9}/);
  });

  test("ends with the channel of whoever started it", async () => {
    const third = await startBankProcess(rail, "zenit");
    assert.equal(await third.abandon(), 0);
  });

  test("says what is wrong with its options", async () => {
    const failed = await runParley(["rail", "bank", "--name", "aurora"]);
    assert.equal(failed.code, 2);
    assert.match(failed.stderr, /--rail is missing\./);
    const key = join(rail.dataDir, "other.json");
    await writeFile(key, JSON.stringify(aurora.registered.keys.privateJwk));
    const given = [
      "--name",
      "x",
      "--rail",
      "http://127.0.0.1:1",
      "--key",
      key,
      "--guid",
      crypto.randomUUID(),
      "--code",
      "300001",
    ];
    const args = ["rail", "bank", ...given, "--port", new URL(aurora.address).port];
    const taken = await runParley(args);
    assert.equal(taken.code, 1);
    assert.match(taken.stderr, /^The port is in use/);
  });
});

test("the numbers of the simulated banks have endings of their own", () => {
  assert.equal(new Set(NUMBERS.map(({ ending }) => ending)).size, NUMBERS.length);
  for (const { ending } of NUMBERS) assert.match(numberOf(ending), /^\+380\d{9}$/);
});
