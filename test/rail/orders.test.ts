/** The two published methods over HTTP, to the letter. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { describe, it } from "node:test";
import jsQR from "jsqr";
import { PNG } from "pngjs";
import { parseToken, readPublicKey, verifySignature } from "../../src/jws/index.ts";
import { type Bank, eventually, type Json, phone, type Reply, type SignedOptions, useRail } from "../support/rail.ts";
import { byLink, byPhone } from "../support/rail-orders.ts";

const ORDERS = "/p2p/orders";
const SECOND = 1_000;

/** A payer's bank with two codes, a creditor's bank, and one of the other world. */
let payers: Bank;
let creditors: Bank;
let producers: Bank;

const rail = useRail({}, async () => {
  [payers, creditors, producers] = await Promise.all([
    rail.bank({ codes: ["300001", "300002"] }),
    rail.bank({ profile: "compat", alg: "RS256" }),
    rail.bank({ mode: "production" }),
  ]);
});

const inSeconds = (seconds: number): string => `${new Date(Date.now() + seconds * SECOND).toISOString().slice(0, 19)}Z`;

type Terms = Readonly<Record<string, unknown>>;

const order = async (bank: Bank, payload: Terms, options?: SignedOptions): Promise<Json> => {
  const reply = await bank.post(ORDERS, payload, options);
  assert.equal(reply.status, 201, reply.text);
  return reply.body;
};

const link = async (bank: Bank, number: string, account = bank.iban()): Promise<void> => {
  const consent = { method: "otp", at: new Date().toISOString(), reference: "1" };
  const reply = await bank.put("/p2p/alias", { phone: number, account, linked: true, consent });
  assert.equal(reply.status, 200, reply.text);
};

/** A bank that is asked for receivers for as long as the test needs one. */
const asked = async (test: (bank: Bank) => Promise<void>): Promise<void> => {
  const bank = await rail.bank({ callbackUrl: "http://127.0.0.1:9/nobody" });
  try {
    await test(bank);
  } finally {
    await rail.operator("PATCH", `/participants/${bank.guid}`, { state: "suspended" });
  }
};

const refusedAs = (reply: Reply, status: number, code: string, field?: string) => {
  assert.equal(reply.status, status, reply.text);
  assert.equal(reply.body.code, code, reply.text);
  assert.equal(typeof reply.body.message, "string");
  assert.equal(reply.headers["content-type"], "application/json; charset=utf-8");
  if (field !== undefined) assert.equal(reply.body.field, field);
  const known = ["code", "message", "field", "order_guid"];
  assert.deepEqual(
    Object.keys(reply.body).filter((name) => !known.includes(name)),
    [],
  );
};

/** What two answers may differ in: when they were made. */
const sameAnswer = (a: Reply, b: Reply) => {
  const told = ({ status, text, headers: { date: _date, ...headers } }: Reply) => ({ status, text, headers });
  assert.deepEqual(told(a), told(b));
};

const CREATED_AT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{9}Z$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const PUBLISHED = [
  ...["creditor", "debtor", "expires_at", "amount", "currency", "external_id", "purpose", "type"],
  ...["guid", "pay_request_guid", "created_at", "status"],
];

describe("an order by phone", () => {
  it("is answered with what was sent, in the published order of members", async () => {
    const number = phone();
    await link(creditors, number);
    const sent = byPhone(payers, { creditor: { phone: number }, expires_at: inSeconds(600), amount: 1500.75 });
    const reply = await payers.post(ORDERS, sent);
    assert.equal(reply.status, 201, reply.text);
    assert.equal(reply.headers["content-type"], "application/json; charset=utf-8");
    assert.deepEqual(Object.keys(reply.body), PUBLISHED);
    const { guid, pay_request_guid, created_at, status, ...echo } = reply.body;
    assert.deepEqual(echo, sent);
    assert.match(guid, UUID);
    assert.match(pay_request_guid, UUID);
    assert.notEqual(guid, pay_request_guid);
    assert.match(created_at, CREATED_AT);
    assert.ok(Math.abs(Date.parse(created_at) - Date.now()) < 60 * SECOND);
    assert.equal(status, "processing");
    assert.equal(reply.headers.location, `/api/v1/p2p/orders/${guid}`);
  });

  it("leaves optional members out that were absent", async () => {
    const number = phone();
    await link(creditors, number);
    const made = await order(payers, byPhone(payers, { creditor: { phone: number } }));
    assert.deepEqual(
      Object.keys(made),
      PUBLISHED.filter((name) => name !== "expires_at" && name !== "amount"),
    );
    const [{ lived }] = (await rail.sql(
      `select expires_at - created_at = interval '24 hours' as lived from rail.orders where guid = '${made.guid}'`,
    )) as [Json];
    assert.equal(lived, true);
  });

  it("reads the same, byte for byte, whenever and however it is read", async () => {
    const number = phone();
    await link(creditors, number);
    const sent = byPhone(payers, { creditor: { phone: number }, amount: 7, expires_at: "2027-12-31t23:59:59.5+02:00" });
    const first = await payers.post(ORDERS, sent);
    const reads = [
      await payers.get(`${ORDERS}/${first.body.guid}`),
      await payers.get(`${ORDERS}/${first.body.guid.toUpperCase()}`),
      await payers.get(`${ORDERS}?external_id=${sent.external_id}`),
      await payers.get(`${ORDERS}/${first.body.guid}`, { headerName: "authorization" }),
    ];
    for (const read of reads) {
      assert.equal(read.status, 200, read.text);
      assert.equal(read.text, first.text);
    }
    await rail.restart();
    assert.equal((await payers.get(`${ORDERS}/${first.body.guid}`)).text, first.text);
  });

  it("of a compat bank is the same", async () => {
    const number = phone();
    await link(payers, number);
    const made = await order(creditors, byPhone(creditors, { creditor: { phone: number } }));
    assert.equal(made.status, "processing");
    assert.equal((await creditors.get(`${ORDERS}/${made.guid}`)).body.guid, made.guid);
  });

  it("is rejected when nobody has the phone and nobody is there to ask", async () => {
    const made = await order(payers, byPhone(payers));
    assert.deepEqual([made.status, made.status_reason], ["rejected", "NOT_LINKED"]);
    assert.match(made.pay_request_guid, UUID);
    assert.deepEqual(Object.keys(made).slice(-2), ["status", "status_reason"]);
    assert.equal((await payers.get(`${ORDERS}/${made.guid}`)).body.status, "rejected");
  });

  it("is pending while another bank is asked, and its own bank is not asked", async () => {
    await asked(async (bank) => {
      const made = await order(payers, byPhone(payers));
      assert.equal(made.status, "pending");
      assert.equal("status_reason" in made, false);
      assert.match(made.pay_request_guid, UUID);
      assert.equal((await payers.get(`${ORDERS}/${made.guid}`)).body.status, "pending");
      assert.equal((await order(bank, byPhone(bank))).status, "rejected");
      assert.equal((await order(producers, byPhone(producers))).status, "rejected");
    });
  });

  it("becomes processing when the phone is linked meanwhile, and keeps all else", async () => {
    await asked(async () => {
      const number = phone();
      const made = await order(payers, byPhone(payers, { creditor: { phone: number } }));
      assert.equal(made.status, "pending");
      await link(creditors, number);
      const read = await eventually(async () => {
        const { body } = await payers.get(`${ORDERS}/${made.guid}`);
        return body.status === "processing" ? body : undefined;
      }, "the order is processing");
      assert.deepEqual(read, { ...made, status: "processing" });
    });
  });

  it("does not tell the creditor's account or bank", async () => {
    const number = phone();
    const account = creditors.iban();
    await link(creditors, number, account);
    const reply = await payers.post(ORDERS, byPhone(payers, { creditor: { phone: number } }));
    for (const secret of [account, creditors.guid, creditors.name]) assert.ok(!reply.text.includes(secret));
  });
});

describe("an order by link", () => {
  it("is created, has a page and a QR code of it, and no pay request", async () => {
    const sent = byLink(payers, { amount: 7.5, expires_at: inSeconds(600) });
    const reply = await payers.post(ORDERS, sent);
    assert.equal(reply.status, 201, reply.text);
    const absent = ["debtor", "pay_request_guid"];
    assert.deepEqual(Object.keys(reply.body), [
      ...PUBLISHED.filter((name) => !absent.includes(name)),
      "deeplinks_page_url",
      "qr_code",
    ]);
    const { guid, created_at, status, deeplinks_page_url: url, qr_code: code, ...echo } = reply.body;
    assert.deepEqual(echo, sent);
    assert.match(created_at, CREATED_AT);
    assert.equal(status, "created");
    assert.ok(url.startsWith("http") && url.includes(guid), url);
    assert.match(code, /^[A-Za-z0-9+/]+={0,2}$/);
    const { data, width, height } = PNG.sync.read(Buffer.from(code, "base64"));
    assert.equal(jsQR.default(new Uint8ClampedArray(data), width, height)?.data, url);
    assert.equal((await payers.get(`${ORDERS}/${guid}`)).text, reply.text);
  });

  it("needs neither amount nor expiry", async () => {
    const made = await order(payers, byLink(payers));
    assert.equal("amount" in made || "expires_at" in made, false);
  });
});

/** Bodies by hand: JSON.stringify would write 7.50 as 7.5. */
const written = (payload: object, member: string, text: string): SignedOptions => {
  const iat = Math.floor(Date.now() / SECOND);
  const claims = {
    iss: payers.guid,
    aud: `${rail.nodes[0]?.railAddress}/api/v1${ORDERS}`,
    iat,
    exp: iat + 300,
    jti: randomUUID(),
  };
  const json = JSON.stringify({ ...claims, ...payload });
  return { payloadText: `${json.slice(0, -1)},${JSON.stringify(member)}:${text}}` };
};

describe("an amount", () => {
  for (const text of ["1500.75", "7", "7.5", "7.50", "7.00", "0.01", "0.1", "0.3", "999999999.99", "100"])
    it(`${text} is echoed as it was written, at once and later`, async () => {
      const payload = byLink(payers);
      const reply = await payers.post(ORDERS, payload, written(payload, "amount", text));
      assert.equal(reply.status, 201, reply.text);
      assert.ok(reply.text.includes(`,"amount":${text},`), reply.text);
      assert.equal((await payers.get(`${ORDERS}/${reply.body.guid}`)).text, reply.text);
    });

  for (const text of ["1500.750", "0.30000000000000004", "1e3", "1.5E1", "0", "0.00", "-0", "-7", "1000000000", "null"])
    it(`${text} is refused`, async () => {
      const payload = byLink(payers);
      const reply = await payers.post(ORDERS, payload, written(payload, "amount", text));
      refusedAs(reply, 400, "INVALID_REQUEST", "amount");
    });

  it("is kept in minor units", async () => {
    const { guid } = await order(payers, byLink(payers, { amount: 1500.75 }));
    const [row] = await rail.sql(`select amount, amount_text from rail.orders where guid = '${guid}'`);
    assert.deepEqual(row, { amount: "150075", amount_text: "1500.75" });
  });
});

describe("expires_at", () => {
  const FUTURE = [
    "2099-12-31T23:59:59Z",
    "2099-12-31t23:59:59z",
    "2099-12-31T23:59:59.123456789Z",
    "2099-12-31T23:59:59.5+02:00",
    "2096-02-29T00:00:00-11:30",
    "9999-12-31T23:59:59Z",
  ];
  for (const text of FUTURE)
    it(`${text} is echoed as it was written`, async () => {
      const made = await order(payers, byLink(payers, { expires_at: text }));
      assert.equal(made.expires_at, text);
      assert.equal((await payers.get(`${ORDERS}/${made.guid}`)).body.expires_at, text);
    });

  it("in one offset may be past, and in another to come", async () => {
    const wall = new Date(Date.now() + 30 * 60 * SECOND).toISOString().slice(0, 19);
    assert.equal((await order(payers, byLink(payers, { expires_at: `${wall}Z` }))).status, "created");
    refusedAs(
      await payers.post(ORDERS, byLink(payers, { expires_at: `${wall}+01:00` })),
      400,
      "EXPIRES_AT_IS_NOT-FUTURE_DATE",
      "expires_at",
    );
  });

  it("when it comes, a pending order is rejected, and the others keep their status with the reason", async () => {
    await asked(async () => {
      const number = phone();
      await link(creditors, number);
      const soon = { expires_at: new Date(Date.now() + 6 * SECOND).toISOString() };
      const made = await Promise.all([
        order(payers, byPhone(payers, { creditor: { phone: number }, ...soon })),
        order(payers, byPhone(payers, soon)),
        order(payers, byLink(payers, soon)),
      ]);
      assert.deepEqual(
        made.map(({ status }) => status),
        ["processing", "pending", "created"],
      );
      for (const [index, status] of ["processing", "rejected", "created"].entries()) {
        const read = await eventually(async () => {
          const { body } = await payers.get(`${ORDERS}/${made[index].guid}`);
          return body.status_reason === "EXPIRED" ? body : undefined;
        }, "the order is over");
        const { status_reason: _reason, ...rest } = read;
        assert.deepEqual(rest, { ...made[index], status });
      }
    });
  });
});

/** What is wrong, the code and the field, and what is just not wrong. */
type Case = readonly [
  what: string,
  code: string,
  field: string,
  wrong: (bank: Bank) => Terms,
  right: ((bank: Bank) => Terms) | null,
];

const own = (bank: Bank, code?: string) => ({ debtor: { account: bank.iban(code) } });
/** Another digit in the place of the last one. */
const mistyped = (account: string): string => `${account.slice(0, -1)}${(Number(account.at(-1)) + 1) % 10}`;

const BY_PHONE: readonly Case[] = [
  [
    "another bank's account",
    "INVALID_DEBTOR_ACCOUNT",
    "debtor.account",
    () => own(creditors),
    (bank) => own(bank, "300002"),
  ],
  [
    "a mistyped account",
    "INVALID_DEBTOR_ACCOUNT",
    "debtor.account",
    (bank) => ({ debtor: { account: mistyped(bank.iban()) } }),
    (bank) => own(bank),
  ],
  [
    "an account without its last character",
    "INVALID_DEBTOR_ACCOUNT",
    "debtor.account",
    (bank) => ({ debtor: { account: bank.iban().slice(0, -1) } }),
    null,
  ],
  ["no debtor", "INVALID_DEBTOR_ACCOUNT", "debtor.account", () => ({ debtor: undefined }), null],
  [
    "a number of another country",
    "INVALID_CREDITOR_PHONE",
    "creditor.phone",
    () => ({ creditor: { phone: "+48501234567" } }),
    () => ({ creditor: { phone: "+380991234567" } }),
  ],
  ["no creditor", "INVALID_CREDITOR_PHONE", "creditor.phone", () => ({ creditor: undefined }), null],
  [
    "an account beside the phone",
    "INVALID_CREDITOR_ACCOUNT",
    "creditor.account",
    (bank) => ({ creditor: { phone: phone(), account: bank.iban() } }),
    () => ({ creditor: { phone: phone(), name: "Olena" } }),
  ],
  ["a type in capitals", "INVALID_TYPE", "type", () => ({ type: "PHONE" }), () => ({ type: "phone" })],
  ["no type", "INVALID_TYPE", "type", () => ({ type: undefined }), null],
  ["a short currency", "INVALID_CURRENCY", "currency", () => ({ currency: "UA" }), () => ({ currency: "UAH" })],
  ["no currency", "INVALID_CURRENCY", "currency", () => ({ currency: undefined }), null],
  ["a currency of others", "UNSUPPORTED_CURRENCY", "currency", () => ({ currency: "EUR" }), null],
  [
    "an external id of 65 characters",
    "INVALID_EXTERNAL_ID",
    "external_id",
    () => ({ external_id: "x".repeat(65) }),
    () => ({ external_id: randomUUID().padEnd(64, "~") }),
  ],
  ["no external id", "INVALID_EXTERNAL_ID", "external_id", () => ({ external_id: undefined }), null],
  [
    "an expiry that is over",
    "EXPIRES_AT_IS_NOT-FUTURE_DATE",
    "expires_at",
    () => ({ expires_at: inSeconds(-1) }),
    () => ({ expires_at: inSeconds(30) }),
  ],
  [
    "a day that there is not",
    "EXPIRES_AT_IS_NOT-FUTURE_DATE",
    "expires_at",
    () => ({ expires_at: "2097-02-29T00:00:00Z" }),
    () => ({ expires_at: "2096-02-29T00:00:00Z" }),
  ],
  [
    "a purpose of 421 characters",
    "INVALID_PURPOSE",
    "purpose",
    () => ({ purpose: "😀".repeat(421) }),
    () => ({ purpose: "😀".repeat(420) }),
  ],
  [
    "a purpose that is not in NFC",
    "INVALID_PURPOSE",
    "purpose",
    () => ({ purpose: "ї".normalize("NFD") }),
    () => ({ purpose: "ї" }),
  ],
  ["a purpose that turns around", "INVALID_PURPOSE", "purpose", () => ({ purpose: "a\u202eb" }), null],
  ["no purpose", "INVALID_PURPOSE", "purpose", () => ({ purpose: undefined }), null],
  ["an amount with three decimals", "INVALID_REQUEST", "amount", () => ({ amount: 1.125 }), () => ({ amount: 1.25 })],
  ["an amount as a text", "INVALID_REQUEST", "amount", () => ({ amount: "7" }), () => ({ amount: 7 })],
  [
    "a jti of 129 characters",
    "INVALID_REQUEST",
    "jti",
    () => ({ jti: "x".repeat(129) }),
    () => ({ jti: randomUUID().padEnd(128, "x") }),
  ],
  ["an empty jti", "INVALID_REQUEST", "jti", () => ({ jti: "" }), null],
  ["a number for a jti", "INVALID_REQUEST", "jti", () => ({ jti: 1_234_567_890 }), null],
  ["no jti", "INVALID_REQUEST", "jti", () => ({ jti: undefined }), null],
];

const BY_LINK: readonly Case[] = [
  [
    "a debtor",
    "INVALID_DEBTOR_ACCOUNT",
    "debtor.account",
    (bank) => ({ debtor: { account: bank.iban() } }),
    () => ({ debtor: {} }),
  ],
  [
    "a phone",
    "INVALID_CREDITOR_PHONE",
    "creditor.phone",
    (bank) => ({ creditor: { account: bank.iban(), phone: phone() } }),
    (bank) => ({ creditor: { account: bank.iban() } }),
  ],
  [
    "another bank's account",
    "INVALID_CREDITOR_ACCOUNT",
    "creditor.account",
    () => ({ creditor: { account: creditors.iban() } }),
    (bank) => ({ creditor: { account: bank.iban("300002") } }),
  ],
  ["no creditor", "INVALID_CREDITOR_ACCOUNT", "creditor.account", () => ({ creditor: undefined }), null],
];

describe("each code", () => {
  const check = (make: (bank: Bank, terms?: Terms) => Terms, [what, code, field, wrong, right]: Case) =>
    it(`${what}: ${code}${right === null ? "" : ", and just not"}`, async () => {
      const external_id = randomUUID();
      const bad = { ...make(payers, { external_id, ...wrong(payers) }) };
      refusedAs(await payers.post(ORDERS, bad), 400, code, field);
      // What was refused has not taken its external id.
      const good = make(payers, { external_id, ...right?.(payers) });
      const made = await order(payers, good);
      for (const name of ["purpose", "external_id", "expires_at", "currency"] as const)
        assert.equal(made[name], Reflect.get(good, name));
    });
  describe("of an order by phone", () => {
    for (const one of BY_PHONE) check(byPhone, one);
  });
  describe("of an order by link", () => {
    for (const one of BY_LINK) check(byLink, one);
  });

  it("EXTERNAL_ID_NOT_UNIQUE names the caller's order, of whatever type; another bank's is its own", async () => {
    const external_id = randomUUID();
    const first = await order(payers, byLink(payers, { external_id }));
    for (const again of [byLink(payers, { external_id }), byPhone(payers, { external_id })]) {
      const reply = await payers.post(ORDERS, again);
      refusedAs(reply, 400, "EXTERNAL_ID_NOT_UNIQUE");
      assert.equal(reply.body.order_guid, first.guid);
    }
    const other = await order(creditors, byLink(creditors, { external_id }));
    assert.notEqual(other.guid, first.guid);
    assert.equal((await creditors.get(`${ORDERS}?external_id=${external_id}`)).body.guid, other.guid);
  });

  it("of two faults the members come before what the rows say", async () => {
    const external_id = randomUUID();
    await order(payers, byLink(payers, { external_id }));
    const both = (terms: Terms) => payers.post(ORDERS, byLink(payers, { external_id, ...terms }));
    refusedAs(await both({ expires_at: inSeconds(-1) }), 400, "EXPIRES_AT_IS_NOT-FUTURE_DATE");
    refusedAs(await both({ purpose: "" }), 400, "INVALID_PURPOSE");
    refusedAs(await both({ purpose: "", expires_at: inSeconds(-1) }), 400, "EXPIRES_AT_IS_NOT-FUTURE_DATE");
    refusedAs(await both({ creditor: {} }), 400, "INVALID_CREDITOR_ACCOUNT");
    refusedAs(await both({ creditor: {}, purpose: "" }), 400, "INVALID_PURPOSE");
  });

  for (const member of ["type", "creditor", "debtor", "expires_at", "amount", "currency", "external_id", "purpose"])
    it(`${member} null: INVALID_REQUEST`, async () => {
      refusedAs(await payers.post(ORDERS, byPhone(payers, { [member]: null })), 400, "INVALID_REQUEST", member);
    });

  it("members that are not ours are ignored, whatever they are, and not echoed", async () => {
    const sent = byLink(payers, { sub: null, status: "processing", guid: 1, qr_code: [], bh: "x" });
    const made = await order(payers, { ...sent, creditor: { account: payers.iban(), note: { deep: null } } });
    assert.equal(made.status, "created");
    assert.match(made.guid, UUID);
    for (const name of ["jti", "iss", "aud", "iat", "exp", "sub", "bh"]) assert.equal(name in made, false, name);
    assert.deepEqual(Object.keys(made.creditor), ["account"]);
  });
});

describe("a call on an order that is over", () => {
  it("is ORDER_IS_EXPIRED, and one before is taken", async () => {
    const payer = await rail.bank();
    const made = await order(payers, byLink(payers, { expires_at: inSeconds(4) }));
    const open = () => payer.post("/p2p/pay-requests", { order_guid: made.guid, debtor: { account: payer.iban() } });
    const first = await open();
    assert.equal(first.status, 202, first.text);
    const late = await eventually(async () => {
      const reply = await open();
      return reply.status === 202 ? undefined : reply;
    }, "the order is over");
    refusedAs(late, 400, "ORDER_IS_EXPIRED");
  });
});

describe("reading an order", () => {
  it("INVALID_ORDER_GUID for what is no UUID", async () => {
    for (const guid of [
      "1",
      "d1f54a9f50d34a16b5a8e79a45160a8b",
      "b5a8-e79a45160a8b-d1f54a9f-50d3-4a16-",
      "%00",
      "x'--",
    ])
      refusedAs(await payers.get(`${ORDERS}/${guid}`), 400, "INVALID_ORDER_GUID");
  });

  it("INVALID_EXTERNAL_ID for what is none, or is there twice or not at all", async () => {
    for (const query of ["", "?external_id=", "?external_id=a%20b", "?external_id=a&external_id=b", "?external_id=%ff"])
      refusedAs(await payers.get(`${ORDERS}${query}`), 400, "INVALID_EXTERNAL_ID");
  });

  it("finds an external id of all the characters that one may have", async () => {
    const visible = Array.from({ length: 94 }, (_, index) => String.fromCharCode(33 + index)).join("");
    for (const external_id of [visible.slice(0, 64), visible.slice(30)]) {
      const made = await order(payers, byLink(payers, { external_id }));
      const read = await payers.get(`${ORDERS}?external_id=${encodeURIComponent(external_id)}`);
      assert.deepEqual(read.body, made);
    }
  });

  it("another bank's order and one that nobody has are the same 404, byte for byte", async () => {
    const made = await order(payers, byLink(payers));
    const nobodys = await creditors.get(`${ORDERS}/${randomUUID()}`);
    refusedAs(nobodys, 404, "ORDER NOT FOUND");
    sameAnswer(await creditors.get(`${ORDERS}/${made.guid}`), nobodys);
    sameAnswer(await creditors.get(`${ORDERS}?external_id=${made.external_id}`), nobodys);
    sameAnswer(await creditors.get(`${ORDERS}?external_id=${randomUUID()}`), nobodys);
    sameAnswer(await producers.get(`${ORDERS}/${made.guid}`), nobodys);
  });
});

describe("sandbox and production", () => {
  it("never meet: an alias of one is unknown in the other", async () => {
    const number = phone();
    await link(creditors, number);
    const terms = { creditor: { phone: number } };
    assert.equal((await order(payers, byPhone(payers, terms))).status, "processing");
    assert.equal((await order(producers, byPhone(producers, terms))).status, "rejected");
  });

  it("may each have a bank of the same codes, with budgets apart", async () => {
    const twin = await rail.bank({ mode: "production", codes: payers.codes });
    const debtor = { account: payers.iban() };
    for (let miss = 0; miss < 5; miss++) await order(twin, byPhone(twin, { debtor }));
    refusedAs(await twin.post(ORDERS, byPhone(twin, { debtor })), 429, "RATE_LIMITED");
    assert.equal((await order(payers, byPhone(payers, { debtor }))).status, "rejected");
  });

  /** As published, comments taken out. */
  const sample = () => ({
    jti: randomUUID(),
    creditor: { phone: "+380991234567" },
    debtor: { account: "UA41003506518366713636167" },
    expires_at: inSeconds(3_600),
    amount: 1500.75,
    currency: "UAH",
    external_id: "112663",
    purpose: "Replenishment of own account",
    type: "phone",
  });

  it("the published example works in the sandbox, for every bank and profile", async () => {
    await link(creditors, "+380991234567");
    for (const bank of [payers, creditors]) {
      const { jti: _jti, ...sent } = sample();
      const { guid: _guid, pay_request_guid: _request, created_at: _at, ...rest } = await order(bank, sent);
      assert.deepEqual(rest, { ...sent, status: "processing" });
    }
    const unchanged = await payers.post(ORDERS, {
      ...sample(),
      external_id: "112664",
      expires_at: "2025-12-31T23:59:59Z",
    });
    refusedAs(unchanged, 400, "EXPIRES_AT_IS_NOT-FUTURE_DATE");
  });

  it("production refuses it", async () => {
    refusedAs(await producers.post(ORDERS, sample()), 400, "INVALID_DEBTOR_ACCOUNT", "debtor.account");
  });

  it("the example's account may be paid to by link in the sandbox alone", async () => {
    const creditor = { account: "UA41003506518366713636167" };
    assert.equal((await order(payers, byLink(payers, { creditor }))).status, "created");
    refusedAs(await producers.post(ORDERS, byLink(producers, { creditor })), 400, "INVALID_CREDITOR_ACCOUNT");
  });
});

describe("Accept: application/jwt", () => {
  /** The text that was signed without its claims, and those, once it verifies with the keys that we publish. */
  const signedParts = async (reply: Reply): Promise<{ readonly text: string; readonly claims: Json }> => {
    assert.equal(reply.headers["content-type"], "application/jwt");
    const token = parseToken(reply.text);
    assert.ok(!("fault" in token), reply.text);
    const { keys } = (await rail.stranger("GET", "/.well-known/jwks.json")).body;
    const key = readPublicKey(keys.find(({ kid }: Json) => kid === token.kid));
    assert.ok(!("fault" in key));
    assert.equal(key.alg, "ES256");
    assert.equal(await verifySignature(token, key), true);
    // So that nobody takes an answer for a call of ours.
    assert.notEqual(token.typ, "JWT");
    const signed = Buffer.from(reply.text.split(".")[1] ?? "", "base64url").toString("utf8");
    const [, claims = "", text = ""] = /^(\{"iss":.*?"req":"[^"]*"),(.*)$/.exec(signed) ?? [];
    return { text: `{${text}`, claims: JSON.parse(`${claims}}`) };
  };

  it("answers the very same object, signed, with what had been asked", async () => {
    const jti = randomUUID();
    const payload = byLink(payers, { jti });
    const options = { ...written(payload, "amount", "7.50"), accept: "application/jwt" };
    const made = await payers.post(ORDERS, payload, options);
    assert.equal(made.status, 201, made.text);
    const { text, claims } = await signedParts(made);
    const { guid } = JSON.parse(text);
    assert.equal(made.headers.location, `/api/v1/p2p/orders/${guid}`);
    assert.deepEqual([claims.iss, claims.aud], [rail.nodes[0]?.railAddress, payers.guid]);
    assert.deepEqual([claims.path, claims.req], [`/api/v1${ORDERS}`, jti]);
    assert.equal((await payers.get(`${ORDERS}/${guid}`, { accept: "application/json" })).text, text);
    for (const accept of ["application/jwt", "Application/JWT;q=0.9, */*;q=0.1"]) {
      const asked = randomUUID();
      const options = { accept, headerClaims: { jti: asked } };
      const read = await signedParts(await payers.get(`${ORDERS}/${guid}?x=1`, options));
      assert.equal(read.text, text);
      assert.deepEqual([read.claims.path, read.claims.req], [`/api/v1${ORDERS}/${guid}`, asked]);
      assert.notEqual(read.claims.jti, claims.jti);
    }
  });
});

describe("when the database breaks", () => {
  it("it is INTERNAL_ERROR, nothing was done, and the same request works as soon as it is mended", async () => {
    const made = await order(payers, byLink(payers));
    const write = await payers.sign("POST", ORDERS, byLink(payers));
    const read = await payers.sign("GET", `${ORDERS}/${made.guid}`);
    await rail.sql("alter table rail.order_states rename to lost");
    try {
      refusedAs(await payers.send(write), 500, "INTERNAL_ERROR");
      refusedAs(await payers.send(read), 500, "INTERNAL_ERROR");
    } finally {
      await rail.sql("alter table rail.lost rename to order_states");
    }
    assert.equal((await payers.send(write)).status, 201);
    assert.equal((await payers.send(read)).status, 200);
    refusedAs(await payers.send(write), 401, "AUTHORIZATION_FAILED");
    refusedAs(await payers.send(read), 401, "AUTHORIZATION_FAILED");
  });
});
