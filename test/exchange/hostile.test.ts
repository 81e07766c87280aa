/** Input that nobody honest sends: each is refused in our own words, none is a 500, and nothing gets through. */
import assert from "node:assert/strict";
import { connect } from "node:net";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type Call, type Json, SELL_AD, useMarket } from "../support/market.ts";
import {
  ACTIONS,
  act,
  assertDone,
  assertErrorShape,
  assertInvalid,
  assertRefused,
  bonus,
  platform,
  someone,
  type Trade,
  trade,
  wallet,
} from "../support/trades.ts";

let there: Trade;
let user: Call;
const market = useMarket({}, async () => {
  there = await trade(market);
  user = market.as(someone("user"));
});

const SQL = [
  "'; drop table exchange.orders; --",
  "' or '1'='1",
  '"; delete from exchange.transfers; --',
  "$1",
  "{1,2}",
  "\\'; select pg_sleep(10); --",
  "%' union select null, null --",
  "#{7 * 7} {{7 * 7}}",
  "<script>alert(1)</script>",
];

/** What a client library would not send. */
const raw = (lines: readonly string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    const { port } = new URL(market.nodes[0]?.address ?? "");
    const socket = connect(Number(port), "127.0.0.1");
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk;
    });
    socket.on("error", reject);
    socket.on("close", () => resolve(text));
    socket.write(`${lines.join("\r\n")}\r\n\r\n`);
  });
const HOST = ["Host: x", "Connection: close"];

describe("a body", () => {
  const BROKEN: readonly (readonly [string, string | Buffer])[] = [
    ["that is cut off", '{"type":"sell"'],
    ["with a trailing comma", '{"type":"sell",}'],
    ["with single quotes", "{'type':'sell'}"],
    ["with something behind it", '{"type":"sell"} x'],
    ["that is two", "{}{}"],
    ["that is a list", "[]"],
    ["that is a text", '"sell"'],
    ["that is a number", "1"],
    ["that is null", "null"],
    ["that is true", "true"],
    ["that is NaN", "NaN"],
    ["with a byte order mark", "\uFEFF{}"],
    ["of blanks", "   "],
    ["that is not UTF-8", Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])],
    ["with a raw U+0000", '{"type":"\u0000"}'],
    ["nested a thousand times", `{"type":${"[".repeat(1_000)}${"]".repeat(1_000)}}`],
    ["nested without an end", `${'{"type":'.repeat(5_000)}`],
    ["with a prototype", '{"__proto__":{"type":"sell"}}'],
    ["that is a form", "type=sell&min_amount=1"],
  ];
  for (const [what, raw] of BROKEN) {
    test(`${what} is VALIDATION_ERROR wherever it is sent`, async () => {
      for (const [call, method, path] of writes())
        assertRefused(await call(method, path, undefined, { raw }), "VALIDATION_ERROR");
    });
  }

  test("of two MiB is too large wherever it is sent, and the answer arrives", async () => {
    const raw = `{"comment":"${"x".repeat(2 * 1024 * 1024)}"}`;
    for (const [call, method, path] of writes())
      assertRefused(await call(method, path, undefined, { raw }), "PAYLOAD_TOO_LARGE");
  });

  test("with an unknown member is refused by its name, however odd", async () => {
    const NAMES = [
      "x",
      "Type",
      "type ",
      "constructor",
      "toString",
      "hasOwnProperty",
      "a/b",
      "a~b",
      "",
      "имя",
      "\u202Eepyt",
    ];
    for (const name of NAMES) {
      const pointer = `/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
      assertInvalid(await user("POST", "/p2p/ads", { ...SELL_AD, [name]: 1 }), pointer);
      assertInvalid(await act(there.asBuyer, there.order, "cancel", { [name]: 1 }), pointer);
    }
    const deletion = await there.asSeller("DELETE", `/p2p/ads/${there.ad.id}`, { force: true });
    assertInvalid(deletion, "/force");
  });

  test("that names a thousand members is answered shortly", async () => {
    const body = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`member${index}`, index]));
    const { text } = await user("POST", "/p2p/ads", body);
    assert.ok(text.length < 10_000, String(text.length));
  });

  const writes = (): readonly (readonly [Call, string, string])[] => [
    [user, "POST", "/p2p/ads"],
    [there.asSeller, "PUT", `/p2p/ads/${there.ad.id}`],
    [there.asSeller, "DELETE", `/p2p/ads/${there.ad.id}`],
    [user, "POST", "/p2p/orders"],
    ...ACTIONS.map((action) => [there.asBuyer, "POST", `/p2p/orders/${there.order.id}/${action}`] as const),
    ...["credits", "debits", "wagers"].map(
      (path) => [market.as("host", "platform"), "POST", `/platform/${path}`] as const,
    ),
  ];
});

describe("a text", () => {
  const UNSOUND = ["\u0000", "a\u0000b", "\uD800", "\uDFFF", "a\uD83Db", "\uDE00\uD83D"];

  /** Each member that takes a text, in a request that is sound but for it. */
  const TEXTS: readonly (readonly [string, (text: string) => Promise<Json>])[] = [
    ["instructions", (text) => post({ instructions: text })],
    ["the name of a detail", (text) => post({ payment_details: { [text]: "1" } })],
    ["the value of a detail", (text) => post({ payment_details: { card: text } })],
    ["a payment method", (text) => post({ payment_methods: [text] })],
    ["a currency", (text) => post({ fiat_currency: text })],
    ["an ordered method", (text) => answer({ payment_method: text })],
    ["a taker's detail", (text) => answer({ payment_details: { card: text } })],
    ["an expected status", (text) => act(there.asBuyer, there.order, "confirm-paid", { expected_status: text })],
    ["a comment", (text) => act(there.asBuyer, there.order, "call-operator", { comment: text })],
    ["a reason", (text) => act(there.asBuyer, there.order, "call-operator", { reason: text })],
    ["a user's id", (text) => platform(market, "credits", { user_id: text, amount: 1, kind: "bonus" })],
    ["an external id", (text) => platform(market, "wagers", { user_id: "u", amount: 1, external_id: text })],
  ];
  const post = (change: object) => market.as(someone("maker"))("POST", "/p2p/ads", { ...SELL_AD, ...change });
  const answer = (change: object) =>
    user("POST", "/p2p/orders", { ad_id: there.ad.id, usdt_amount: 1, payment_method: "card", ...change });

  for (const [what, send] of TEXTS) {
    test(`of ${what} with U+0000 or a lone surrogate is VALIDATION_ERROR`, async () => {
      for (const text of UNSOUND) assertRefused(await send(text), "VALIDATION_ERROR");
    });

    test(`of ${what} with SQL in it is a text or refused, and no more`, async () => {
      for (const text of SQL) {
        const reply = await send(text);
        if (reply.status < 400) assert.ok(reply.text.includes(JSON.stringify(text)), reply.text);
        else
          assert.ok(
            ["VALIDATION_ERROR", "AMOUNT_TOO_LOW", "INVALID_ORDER_STATUS", "INVALID_PAYMENT_METHOD"].includes(
              reply.body.code,
            ),
            reply.text,
          );
      }
      assertDone(await there.asBuyer("GET", `/p2p/orders/${there.order.id}`));
    });
  }

  test("in any script comes back as it was sent", async () => {
    const odd = [
      "\u202Eevil\u202C",
      "مرحبا",
      "e\u0301",
      "\u{1F468}\u200D\u{1F469}",
      "\u00A0\u2028\u2029\uFEFF",
      "\t\r\n\u0001",
      "'\"\\",
    ];
    /** Where to pay is told from other places by its look. */
    const lines = ["مرحبا", "e\u0301", "'\"\\"];
    for (const text of odd) {
      const maker = someone("maker");
      const details = lines.includes(text) ? { [text]: text } : { card: "2200" };
      const ad = assertDone(
        await market.as(maker)("POST", "/p2p/ads", { ...SELL_AD, instructions: text, payment_details: details }),
        201,
      );
      assert.deepEqual([ad.instructions, ad.payment_details], [text, details]);
      const { items } = assertDone(await market.as(maker)("GET", "/p2p/ads/my"));
      assert.deepEqual([items[0].instructions, items[0].payment_details], [text, details]);
    }
  });
});

describe("a value of another type", () => {
  const WRONG: readonly unknown[] = [null, true, false, "", "1", [], [1], {}, { a: 1 }, -1, 0.1, 1e21, -0.5];

  test("is refused at every member that takes an amount or a number", async () => {
    for (const value of WRONG) {
      for (const member of ["min_amount", "max_amount", "total_amount", "exchange_rate", "payment_window_minutes"]) {
        // No window of one's own is the platform's.
        if (member === "payment_window_minutes" && value === null) continue;
        const reply = await market.as(someone("maker"))("POST", "/p2p/ads", { ...SELL_AD, [member]: value });
        assertRefused(reply, "VALIDATION_ERROR");
      }
      const sound = { ad_id: there.ad.id, usdt_amount: 100_000, payment_method: "card" };
      for (const member of ["ad_id", "usdt_amount"])
        assertInvalid(await user("POST", "/p2p/orders", { ...sound, [member]: value }), `/${member}`);
      for (const path of ["credits", "debits", "wagers"] as const) {
        const kind = { credits: { kind: "bonus" }, debits: { kind: "withdrawal" }, wagers: {} }[path];
        assertInvalid(await platform(market, path, { user_id: "u", amount: value, ...kind }), "/amount");
      }
    }
  });

  test("is refused at every member that takes a text", async () => {
    for (const value of [null, true, 1, [], ["card"], {}]) {
      for (const member of ["type", "fiat_currency", "instructions"]) {
        const reply = await user("POST", "/p2p/ads", { ...SELL_AD, [member]: value });
        assertInvalid(reply, `/${member}`);
      }
      assertInvalid(await act(there.asBuyer, there.order, "cancel", { expected_status: value }), "/expected_status");
    }
  });

  test("is refused when it is a number beyond what a double holds", async () => {
    for (const digits of ["1e400", "-1e400", "1e309", "99999999999999999999", "9007199254740992"]) {
      const raw = `{"user_id":"u","amount":${digits},"kind":"bonus","external_id":"x"}`;
      const reply = await market.as("host", "platform")("POST", "/platform/credits", undefined, { raw });
      assertInvalid(reply, "/amount");
    }
  });
});

describe("a path", () => {
  test("with an id that is none is refused, everywhere the same way", async () => {
    const NO_IDS = [
      "0",
      "-1",
      "1.5",
      "1e3",
      "0x10",
      "01",
      "+1",
      "%201",
      "1%20",
      "x",
      "null",
      "9007199254740992",
      "%31%00",
      "%E0%A5%A7",
    ];
    for (const id of NO_IDS) {
      for (const path of [`/p2p/ads/${id}`, `/p2p/orders/${id}`])
        assertRefused(await user("GET", path), "VALIDATION_ERROR");
      for (const action of ACTIONS)
        assertRefused(await user("POST", `/p2p/orders/${id}/${action}`), "VALIDATION_ERROR");
      assertRefused(await user("DELETE", `/p2p/ads/${id}`), "VALIDATION_ERROR");
    }
  });

  test("with tricks leads nowhere", async () => {
    const id = there.order.id;
    const token = await market.token(there.buyer);
    for (const path of [
      `/api/v1/p2p/orders/${id}/`,
      `/api/v1/p2p//orders/${id}`,
      `//api/v1/p2p/orders/${id}`,
      `/api/v1/p2p/orders/${id}/../${id}`,
      `/api/v1/p2p/orders/%2e%2e/orders`,
      `/api/v1/p2p/orders%2f${id}`,
      `/api/v1/P2P/orders/${id}`,
      `/api/v1/p2p/orders/${id};x=1`,
      `/api/v1/p2p/orders/${id}%0d%0aSet-Cookie:x`,
      `/api/v1/p2p/orders/%zz`,
      `/api/v1/p2p/orders/%ff`,
      `/api/v1/p2p/ads/..%2f..%2fetc%2fpasswd`,
      `/api/v1/p2p/orders/${"9".repeat(300)}`,
      `/api/v1/p2p/ads/__proto__`,
      "/api/v1/p2p/users/%00",
      "/.env",
      "/api/v1/p2p/ads/my/..",
    ]) {
      const reply = await raw([`GET ${path} HTTP/1.1`, ...HOST, `Authorization: Bearer ${token}`]);
      assert.match(reply, /^HTTP\/1\.1 4\d\d /, path);
      assert.match(reply, /"code":"(NOT_FOUND|VALIDATION_ERROR|USER_NOT_FOUND)"/, path);
    }
  });

  test("to another's things tells nothing: the answer is that of a thing that is not there", async () => {
    const missing = await user("GET", "/p2p/orders/999999999");
    const others = await user("GET", `/p2p/orders/${there.order.id}`);
    assert.deepEqual([others.status, others.text], [missing.status, missing.text]);
    for (const action of ACTIONS) {
      const [a, b] = [await act(user, { id: 999_999_999 }, action), await act(user, there.order, action)];
      assert.deepEqual([a.status, a.text], [b.status, b.text], action);
    }
    const asOperator = market.as(someone("operator"), "operator");
    assertRefused(await asOperator("GET", `/p2p/orders/${there.order.id}`), "ORDER_NOT_FOUND");
  });
});

describe("a request", () => {
  test("with headers that are too large is refused in our own words", async () => {
    const reply = await raw(["GET /api/v1/p2p/ads?type=sell HTTP/1.1", ...HOST, `X-Big: ${"x".repeat(40_000)}`]);
    assert.match(reply, /^HTTP\/1\.1 413 /);
    assert.match(reply, /"code":"PAYLOAD_TOO_LARGE"/);
  });

  test("that is no HTTP is refused in our own words", async () => {
    for (const line of ["NONSENSE", "GET / HTTP/9.9", "GET /\u0001 HTTP/1.1", "\u0016\u0003\u0001"]) {
      const reply = await raw([line, ...HOST]);
      assert.match(reply, /^HTTP\/1\.1 400 /, line);
      assert.match(reply, /"code":"VALIDATION_ERROR"/, line);
    }
  });

  test("with a fragment, an absolute path or a method in small letters does no harm", async () => {
    const absolute = await raw([`GET http://evil/api/v1/p2p/ads?type=sell HTTP/1.1`, ...HOST]);
    assert.match(absolute, /^HTTP\/1\.1 [24]\d\d /);
    assert.match(await raw(["get /api/v1/p2p/ads?type=sell HTTP/1.1", ...HOST]), /^HTTP\/1\.1 400 /);
  });

  test("may not smuggle a second one behind its length", async () => {
    const token = await market.token(there.buyer);
    const body = '{"expected_status":"completed"}';
    const head = [
      `POST /api/v1/p2p/orders/${there.order.id}/cancel HTTP/1.1`,
      ...HOST,
      `Authorization: Bearer ${token}`,
      "Content-Type: application/json",
    ];
    const both = await raw([
      ...head,
      `Content-Length: ${body.length}`,
      "Transfer-Encoding: chunked",
      "",
      "0",
      "",
      body,
    ]);
    assert.match(both, /^HTTP\/1\.1 400 /);
    assert.equal(both.match(/HTTP\/1\.1/g)?.length, 1);
    const twice = await raw([...head, "Content-Length: 2", `Content-Length: ${body.length}`, "", body]);
    assert.match(twice, /^HTTP\/1\.1 400 /);
    assert.equal(assertDone(await there.asBuyer("GET", `/p2p/orders/${there.order.id}`)).status, "pending");
  });

  test("can't name its caller but by its token", async () => {
    const victim = someone("victim");
    await bonus(market, victim, 500);
    const headers = { "x-user-id": victim, "x-forwarded-user": victim, "x-roles": "platform", cookie: `sub=${victim}` };
    const mine = assertDone(await user("GET", "/wallet", undefined, { headers }));
    assert.equal(mine.available, 0);
    assertRefused(await user("POST", "/platform/credits", {}, { headers }), "FORBIDDEN");
    assertRefused(await market.stranger("GET", "/wallet", undefined, { headers }), "UNAUTHORIZED");
    assert.equal((await wallet(market, victim)).available, 500);
  });
});

describe("any request at all", () => {
  type Operation = {
    readonly method: string;
    readonly path: string;
    readonly query: Json[];
    readonly body: Json | null;
  };

  const operationsOf = (document: Json): Operation[] =>
    Object.entries<Json>(document.paths).flatMap(([path, methods]) =>
      Object.entries<Json>(methods)
        .filter(([, { responses }]) => !JSON.stringify(responses).includes("text/event-stream"))
        .map(([method, { parameters = [], requestBody }]) => ({
          method: method.toUpperCase(),
          path,
          query: parameters.filter((parameter: Json) => parameter.in === "query"),
          body: requestBody?.content?.["application/json"]?.schema ?? null,
        })),
    );

  const WORDS = ["card", "RUB", "sell", "cash", "a", "x-1", "u_1", "2200 0000 0000 1234"];
  const ODD_TEXTS = [
    ...SQL,
    "",
    " ",
    "\u0000",
    "\uD800",
    "\u202E",
    "__proto__",
    "constructor",
    "💸",
    "x".repeat(3_000),
  ];
  const ODD_NUMBERS = [0, -1, 1.5, 1e21, -1e300, 2 ** 53, 10_000_000_000_001, Number.MIN_VALUE];
  const hostile = fc.oneof(
    fc.constantFrom<unknown>(...ODD_TEXTS, ...ODD_NUMBERS, null, true, false),
    fc.constantFrom<unknown>([], {}, [[]], [null], { a: { b: [] } }),
    fc.jsonValue(),
  );

  /** Mostly what the schema asks for. */
  const soundFor = (schema: Json, document: Json): fc.Arbitrary<Json> => {
    if (schema.$ref !== undefined) {
      return soundFor(document.components.schemas[schema.$ref.split("/").at(-1)], document);
    }
    if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
    if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map((one: Json) => soundFor(one, document)));
    if (schema.type === "integer") {
      const { minimum = 0, maximum = 1_000 } = schema;
      const ids = [there.ad.id, there.order.id, 100_000, 1].filter((value) => value >= minimum && value <= maximum);
      return fc.oneof(fc.constantFrom(minimum, maximum, ...ids), fc.integer({ min: minimum, max: maximum }));
    }
    if (schema.type === "string") {
      const fitting = WORDS.filter((word) => schema.pattern === undefined || new RegExp(schema.pattern).test(word));
      return fitting.length > 0 ? fc.constantFrom(...fitting) : fc.string();
    }
    if (schema.type === "array") return fc.array(soundFor(schema.items, document), { minLength: 1, maxLength: 3 });
    if (schema.type === "boolean") return fc.boolean();
    const { properties, required = [], patternProperties, additionalProperties } = schema;
    if (properties === undefined) {
      const [values] = [...Object.values<Json>(patternProperties ?? {}), additionalProperties].filter(Boolean);
      return fc.dictionary(fc.constantFrom(...WORDS), values === undefined ? fc.string() : soundFor(values, document), {
        maxKeys: 3,
      });
    }
    const members = Object.fromEntries(
      Object.entries<Json>(properties).map(([name, member]) => [name, soundFor(member, document)]),
    );
    return fc.record(members, { requiredKeys: required });
  };

  /** A sound body, one with a member that is wrong, or anything. */
  const bodyFor = ({ body }: Operation, document: Json): fc.Arbitrary<Json> => {
    if (body === null) return fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, hostile);
    const sound = soundFor(body, document);
    const spoiled = fc
      .tuple(sound, fc.constantFrom("colour", "__proto__", ...Object.keys(body.properties ?? {})), hostile)
      .map(([base, name, value]) => Object.defineProperty({ ...base }, name, { value, enumerable: true }));
    return fc.oneof(
      { weight: 3, arbitrary: sound },
      { weight: 4, arbitrary: spoiled },
      { weight: 1, arbitrary: hostile },
    );
  };

  const pathText = fc.oneof(
    fc.constantFrom(String(1), "my", "0", "-1", "1e9", "%00", "%zz", "..", "x".repeat(400)),
    fc.constantFrom(...ODD_TEXTS).map((text) => encodeURIComponent(text.toWellFormed())),
    fc.string().map((text) => encodeURIComponent(text)),
  );

  test("is answered, never with a 500, and in our own shape when it is refused", async () => {
    const document = assertDone(await market.stranger("GET", "/openapi.json"));
    const operations = operationsOf(document);
    assert.ok(operations.length >= 19, String(operations.length));
    const callers = [
      market.stranger,
      user,
      there.asBuyer,
      there.asSeller,
      market.as("host", "platform"),
      market.as("op", "operator"),
    ];
    const known = [there.ad.id, there.order.id, there.buyer, there.seller].map(String);

    for (const operation of operations) {
      const { method, path, query } = operation;
      const names = ["x", "limit", ...query.map(({ name }) => name)];
      const queryText = fc
        .array(fc.tuple(fc.constantFrom(...names), fc.oneof(fc.constantFrom("1", "sell", "RUB", "card"), pathText)), {
          maxLength: 3,
        })
        .map((pairs) => pairs.map(([name, value]) => `${name}=${value}`).join("&"));
      const request = fc.record({
        caller: fc.constantFrom(...callers),
        id: fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...known) }, pathText),
        queryText,
        body: bodyFor(operation, document),
        key: fc.oneof(
          { weight: 5, arbitrary: fc.constant(undefined) },
          fc.constantFrom("k", "k2", " ", "x".repeat(200)),
        ),
      });
      await fc.assert(
        fc.asyncProperty(request, async ({ caller, id, queryText, body, key }) => {
          // Without `after` this one answers a stream that does not end.
          const asked = path.endsWith("/p2p/events") ? `after=&${queryText}` : queryText;
          const target = `${path.replaceAll(/\{\w+\}/g, () => id)}${asked === "" ? "" : `?${asked}`}`;
          const reply = await caller(method, target, body, key === undefined ? {} : { key });
          assert.ok(reply.status < 500, `${method} ${target} ${JSON.stringify(body)}: ${reply.status} ${reply.text}`);
          if (reply.status >= 400) assertErrorShape(reply);
        }),
        { numRuns: 40 },
      );
    }
    await market.prove();
  });
});
