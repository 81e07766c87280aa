/** The same key and the same request have one effect and one answer, for everything that writes. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Case, disputed } from "../support/chats.ts";
import { claimed } from "../support/claims.ts";
import { BUY_AD, type Call, type Json, type Reply, SELL_AD, useMarket } from "../support/market.ts";
import {
  AMOUNT,
  ageStrikes,
  assertDone,
  assertInvalid,
  assertRefused,
  bonus,
  type Code,
  ENOUGH,
  fingerprint,
  order,
  platform,
  type Status,
  someone,
  together,
  trade,
  wallet,
} from "../support/trades.ts";

const market = useMarket();

/** @property other another sound body for the same route @property otherPath another thing that may be deleted */
type Write = {
  readonly call: Call;
  readonly method: string;
  readonly path: string;
  readonly body?: object;
  readonly other?: object;
  readonly otherPath?: string;
};
const send = ({ call, method, path, body }: Write, key?: string): Promise<Reply> =>
  call(method, path, body, key === undefined ? {} : { key });

const bytes = ({ status, text, headers }: Reply) => [status, text, headers["content-type"], headers["retry-after"]];
const isReplay = ({ headers }: Reply) => headers["idempotent-replay"] === "true";

/** The first answer again, marked, and nothing done. */
const assertReplayed = async (write: Write, key: string, first: Reply) => {
  assert.equal(first.headers["idempotent-replay"], undefined, "the first answer is no replay");
  const after = await fingerprint(market);
  for (let count = 0; count < 2; count++) {
    const again = await send(write, key);
    assert.deepEqual(bytes(again), bytes(first));
    assert.ok(isReplay(again), first.text);
  }
  assert.deepEqual(await fingerprint(market), after);
};

const orderBody = (ad: Json) => ({ ad_id: ad.id, usdt_amount: AMOUNT, payment_method: "card" });

const onOrder = (type: "asBuyer" | "asSeller", action: string, status: Status) => async (): Promise<Write> => {
  const there = await trade(market, { status });
  const path = `/p2p/orders/${there.order.id}/${action}`;
  return { call: there[type], method: "POST", path, other: { expected_status: status } };
};

const onPlatform = (path: string, more: object) => async (): Promise<Write> => {
  const user_id = someone("user");
  await bonus(market, user_id, 500);
  const body = { user_id, amount: 100, external_id: someone("id"), ...more };
  const other = { ...body, amount: 101 };
  return { call: market.as("host", "platform"), method: "POST", path: `/platform/${path}`, body, other };
};

const onOwnAd =
  (method: string, bodies: Pick<Write, "body" | "other"> = {}) =>
  async (): Promise<Write> => {
    const maker = someone("maker");
    const { id } = await market.sellAd(maker);
    return { call: market.as(maker), method, path: `/p2p/ads/${id}`, ...bodies };
  };

/** What a party does to an order that is there already. */
const byParty = (path: string, status: Status, bodies: Pick<Write, "body" | "other">) => async (): Promise<Write> => {
  const { asBuyer: call, order: opened } = await trade(market, { status });
  return { call, method: "POST", path: `/p2p/orders/${opened.id}/${path}`, ...bodies };
};

/** What the operator of a case does. @param path of its order */
const onCase =
  (path: (found: Case) => Promise<string>, bodies: Pick<Write, "body" | "other">) => async (): Promise<Write> => {
    const found = await disputed(market);
    const end = await path(found);
    return { call: found.asOperator, method: "POST", path: `/operator/orders/${found.order.id}/${end}`, ...bodies };
  };

const onUser = (act: "suspend" | "resume") => async (): Promise<Write> => {
  const user = someone("user");
  assertDone(await market.as(user)("GET", "/wallet"));
  const bodies = { body: { reason: "as the file shows" }, other: { reason: "another" } };
  return {
    call: market.as(someone("operator"), "operator"),
    method: "POST",
    path: `/operator/users/${user}/${act}`,
    ...bodies,
  };
};

const webhook = async (): Promise<Pick<Write, "call"> & { readonly body: object }> => ({
  call: market.as(someone("host"), "platform"),
  body: { url: "https://hooks.example/parley" },
});

/** Two endpoints of one host, each with an address of its own. */
const twoWebhooks = async () => {
  const { call, body } = await webhook();
  const add = async (url: string) => {
    const { id } = assertDone(await call("POST", "/platform/webhooks", { ...body, url }), 201);
    return { call, path: `/platform/webhooks/${id}` };
  };
  return [
    await add(`https://hooks.example/${someone("one")}`),
    await add(`https://hooks.example/${someone("two")}`),
  ] as const;
};

/** Each route that writes, with a request that succeeds. */
const WRITES: Readonly<Record<string, () => Promise<Write>>> = {
  "POST /p2p/ads": async () => ({
    call: market.as(someone("maker")),
    method: "POST",
    path: "/p2p/ads",
    body: SELL_AD,
    other: BUY_AD,
  }),
  "PUT /p2p/ads/{id}": onOwnAd("PUT", {
    body: { exchange_rate: 99, payment_details: { card_number: "5500" } },
    other: { exchange_rate: 99 },
  }),
  "DELETE /p2p/ads/{id}": onOwnAd("DELETE"),
  "POST /p2p/orders": async () => {
    const maker = someone("maker");
    await market.fund(maker, ENOUGH);
    const body = orderBody(await market.sellAd(maker));
    const other = { ...body, usdt_amount: AMOUNT + 1 };
    return { call: market.as(someone("taker")), method: "POST", path: "/p2p/orders", body, other };
  },
  "POST /p2p/orders/{id}/messages": byParty("messages", "pending", { body: { message: "a" }, other: { message: "b" } }),
  "POST /p2p/orders/{id}/messages/read": byParty("messages/read", "paid_by_buyer", {
    body: { up_to_seq: 2 },
    other: { up_to_seq: 1 },
  }),
  "POST /p2p/orders/{id}/rate": byParty("rate", "completed", { body: { rating: 5 }, other: { rating: 4 } }),
  "POST /p2p/orders/{id}/claim": byParty("claim", "cancelled", { body: { comment: "a" }, other: { comment: "b" } }),
  "POST /p2p/orders/{id}/honour": async () => {
    const { asSeller: call, order: opened } = await claimed(market);
    const path = `/p2p/orders/${opened.id}/honour`;
    return { call, method: "POST", path, other: { expected_status: "cancelled" } };
  },
  "POST /p2p/notifications/read": async () => ({
    call: market.as(someone("reader")),
    method: "POST",
    path: "/p2p/notifications/read",
    body: { up_to: "1" },
    other: { up_to: "2" },
  }),
  "POST /operator/orders/{id}/assign": onCase(async () => "assign", {
    body: {},
    other: { take_over: true, reason: "a" },
  }),
  "POST /operator/orders/{id}/messages": onCase(async () => "messages", {
    body: { message: "a" },
    other: { message: "b" },
  }),
  "POST /operator/orders/{id}/messages/{seq}/hide": onCase(
    async ({ asBuyer, order: opened }) => {
      const { seq } = assertDone(await asBuyer("POST", `/p2p/orders/${opened.id}/messages`, { message: "rude" }), 201);
      return `messages/${seq}/hide`;
    },
    { body: { reason: "a" }, other: { reason: "b" } },
  ),
  "POST /operator/orders/{id}/resolve": onCase(async () => "resolve", {
    body: { outcome: "split", buyer_amount: 40_000, reason: "a" },
    other: { outcome: "split", buyer_amount: 50_000, reason: "a" },
  }),
  "POST /operator/users/{id}/suspend": onUser("suspend"),
  "POST /operator/users/{id}/resume": onUser("resume"),
  "POST /platform/webhooks": async () => ({
    ...(await webhook()),
    method: "POST",
    path: "/platform/webhooks",
    other: { url: "https://hooks.example/other" },
  }),
  "DELETE /platform/webhooks/{id}": async () => {
    const [one, other] = await twoWebhooks();
    return { call: one.call, method: "DELETE", path: one.path, otherPath: other.path };
  },
  "POST /platform/webhooks/{id}/rotate-secret": async () => {
    const [{ call, path }] = await twoWebhooks();
    return {
      ...{ call, method: "POST", path: `${path}/rotate-secret` },
      ...{ body: { keep_hours: 1 }, other: { keep_hours: 2 } },
    };
  },
  "POST /platform/webhooks/{id}/test": async () => {
    const [one, other] = await twoWebhooks();
    return { call: one.call, method: "POST", path: `${one.path}/test`, otherPath: `${other.path}/test` };
  },
  "POST /p2p/orders/{id}/confirm-paid": onOrder("asBuyer", "confirm-paid", "pending"),
  "POST /p2p/orders/{id}/cancel": onOrder("asSeller", "cancel", "pending"),
  "POST /p2p/orders/{id}/call-operator": onOrder("asSeller", "call-operator", "paid_by_buyer"),
  "POST /p2p/orders/{id}/confirm-received": onOrder("asSeller", "confirm-received", "disputed"),
  "POST /platform/credits": onPlatform("credits", { kind: "bonus" }),
  "POST /platform/debits": onPlatform("debits", { kind: "withdrawal" }),
  "POST /platform/wagers": onPlatform("wagers", {}),
};

/** Those whose repeats other tests are about. */
const ELSEWHERE = [
  "POST /operator/users/{id}/roles",
  "POST /p2p/orders/{id}/attachments",
  "POST /platform/webhooks/dead/{id}/resend",
];

test("no write of the exchange is forgotten here, and each says in the document that it takes a key", async () => {
  const { paths } = assertDone(await market.stranger("GET", "/openapi.json"));
  const writes = Object.entries<Json>(paths).flatMap(([path, operations]) =>
    /^\/api\/v1\/(p2p|platform|operator\/(orders|users))\//.test(path)
      ? Object.entries<Json>(operations).flatMap(([method, operation]) =>
          ["post", "put", "delete"].includes(method)
            ? [{ name: `${method.toUpperCase()} ${path.slice("/api/v1".length)}`, operation }]
            : [],
        )
      : [],
  );
  for (const { name, operation } of writes) assert.match(JSON.stringify(operation), /IdempotencyKey/, name);
  assert.deepEqual(writes.map(({ name }) => name).toSorted(), [...Object.keys(WRITES), ...ELSEWHERE].toSorted());
});

describe("a repeat with the same key", () => {
  for (const [route, prepare] of Object.entries(WRITES)) {
    test(`of ${route} answers the same bytes and does nothing`, async () => {
      const write = await prepare();
      const key = someone("key");
      const first = await send(write, key);
      assert.ok(first.status >= 200 && first.status < 300, first.text);
      await assertReplayed(write, key, first);
    });

    test(`of ${route} for another request is refused`, async () => {
      const write = await prepare();
      const key = someone("key");
      const first = await send(write, key);
      assert.ok(first.status < 300, first.text);
      // A deletion has no other body, but there is another thing to delete, or another method on its path.
      const { other, method, path, otherPath } = write;
      const another =
        otherPath === undefined
          ? { ...write, body: other ?? {}, method: other === undefined ? "PUT" : method, path }
          : { ...write, path: otherPath };
      assertRefused(await send(another, key), "IDEMPOTENCY_KEY_REUSED");
      await assertReplayed(write, key, first);
    });
  }

  test("takes blanks and the order of members for the same request", async () => {
    const call = market.as(someone("maker"));
    const first = await call("POST", "/p2p/ads", SELL_AD, { key: "k" });
    const raw = JSON.stringify(Object.fromEntries(Object.entries(SELL_AD).toReversed()), null, 4);
    const again = await call("POST", "/p2p/ads", undefined, { key: "k", raw });
    assert.deepEqual([bytes(again), isReplay(again)], [bytes(first), true]);
  });

  test("takes an absent body for an empty one", async () => {
    const { asBuyer, order: opened } = await trade(market);
    const path = `/p2p/orders/${opened.id}/confirm-paid`;
    const first = await asBuyer("POST", path, undefined, { key: "k" });
    const again = await asBuyer("POST", path, {}, { key: "k" });
    assert.deepEqual([first.status, bytes(again), isReplay(again)], [200, bytes(first), true]);
  });

  test("on another path is another request", async () => {
    const { asBuyer, order: opened } = await trade(market);
    assertDone(await asBuyer("POST", `/p2p/orders/${opened.id}/confirm-paid`, {}, { key: "k" }));
    const other = await asBuyer("POST", `/p2p/orders/${opened.id}/call-operator`, {}, { key: "k" });
    assertRefused(other, "IDEMPOTENCY_KEY_REUSED");
    assert.equal(assertDone(await asBuyer("GET", `/p2p/orders/${opened.id}`)).status, "paid_by_buyer");
  });

  test("that comes after the state has moved on is the first answer still", async () => {
    const there = await trade(market);
    const path = `/p2p/orders/${there.order.id}/confirm-paid`;
    const first = await there.asBuyer("POST", path, {}, { key: "k" });
    assertDone(await there.asSeller("POST", `/p2p/orders/${there.order.id}/confirm-received`));
    const again = await there.asBuyer("POST", path, {}, { key: "k" });
    assert.deepEqual(bytes(again), bytes(first));
    assert.equal(again.body.status, "paid_by_buyer");
    assertRefused(await there.asBuyer("POST", path, {}), "INVALID_ORDER_STATUS", { status: "completed" });
  });

  test("sent many times at once has one effect and one answer", async () => {
    const { call, method, path, body } = await (WRITES["POST /platform/credits"] as () => Promise<Write>)();
    const replies = await together(20, () => call(method, path, body, { key: "at-once" }));
    assert.equal(new Set(replies.map(({ text }) => text)).size, 1);
    assert.deepEqual([...new Set(replies.map(({ status }) => status))], [201]);
    assert.equal(replies.filter((reply) => !isReplay(reply)).length, 1);
  });
});

describe("refusals that are kept", () => {
  const missing =
    (path: string, method = "POST") =>
    async (): Promise<Write> => ({
      call: market.as(someone("user")),
      method,
      path,
      ...(path === "/p2p/orders" ? { body: orderBody({ id: 999_999_999 }) } : {}),
    });
  const KEPT: readonly (readonly [Code, () => Promise<Write>])[] = [
    ["AD_NOT_FOUND", missing("/p2p/orders")],
    ["AD_NOT_FOUND", missing("/p2p/ads/999999999", "DELETE")],
    ["ORDER_NOT_FOUND", missing("/p2p/orders/999999999/cancel")],
    ["FORBIDDEN", onOrder("asSeller", "confirm-paid", "pending")],
    ["INVALID_ORDER_STATUS", onOrder("asBuyer", "confirm-paid", "completed")],
    ["USER_NOT_FOUND", onPlatform("debits", { kind: "withdrawal", user_id: "nobody" })],
    ["INSUFFICIENT_BALANCE", onPlatform("debits", { kind: "withdrawal", amount: 501 })],
  ];
  for (const [code, prepare] of KEPT) {
    test(`${code} is the answer to the repeat too`, async () => {
      const write = await prepare();
      const key = someone("key");
      const first = await send(write, key);
      assertRefused(first, code);
      await assertReplayed(write, key, first);
    });
  }

  test("AMOUNT_TOO_LOW stays, though the ad takes that amount now; another key tries anew", async () => {
    const maker = someone("maker");
    await market.fund(maker, ENOUGH);
    const ad = await market.sellAd(maker, { min_amount: 200_000 });
    const write: Write = {
      call: market.as(someone("taker")),
      method: "POST",
      path: "/p2p/orders",
      body: orderBody(ad),
    };
    const first = await send(write, "k");
    assertRefused(first, "AMOUNT_TOO_LOW");
    assertDone(await market.as(maker)("PUT", `/p2p/ads/${ad.id}`, { min_amount: AMOUNT }));
    const again = await send(write, "k");
    assert.deepEqual([bytes(again), isReplay(again)], [bytes(first), true]);
    assertDone(await send(write, "k2"), 201);
  });

  test("EXTERNAL_ID_REUSED is kept under the key", async () => {
    const write = await onPlatform("credits", { kind: "bonus" })();
    assertDone(await send(write, someone("key")), 201);
    const other = { ...write, body: { ...write.body, amount: 101 } };
    const key = someone("key");
    const first = await send(other, key);
    assertRefused(first, "EXTERNAL_ID_REUSED");
    await assertReplayed(other, key, first);
  });
});

describe("refusals that are forgotten", () => {
  test("VALIDATION_ERROR: the request may be mended under the same key", async () => {
    const call = market.as(someone("maker"));
    for (const broken of [
      { ...SELL_AD, min_amount: 0 },
      { ...SELL_AD, min_amount: 9_000_000 },
      { ...SELL_AD, fiat_currency: "EUR" },
    ])
      assertRefused(await call("POST", "/p2p/ads", broken, { key: "k" }), "VALIDATION_ERROR");
    const mended = await call("POST", "/p2p/ads", SELL_AD, { key: "k" });
    assertDone(mended, 201);
    assert.ok(!isReplay(mended));
  });

  test("UNAUTHORIZED: the key is nobody's", async () => {
    assertRefused(await market.stranger("POST", "/p2p/ads", SELL_AD, { key: "k" }), "UNAUTHORIZED");
    assertDone(await market.as(someone("maker"))("POST", "/p2p/ads", SELL_AD, { key: "k" }), 201);
  });

  test("RATE_LIMITED for dropped orders: the same key works when the time has come", async () => {
    const taker = someone("taker");
    const maker = someone("maker");
    await market.fund(maker, ENOUGH);
    const ad = await market.sellAd(maker);
    for (let count = 0; count < 5; count++) {
      const { id } = await order(market, taker, ad);
      assertDone(await market.as(taker)("POST", `/p2p/orders/${id}/cancel`));
    }
    const write: Write = { call: market.as(taker), method: "POST", path: "/p2p/orders", body: orderBody(ad) };
    assertRefused(await send(write, "k"), "RATE_LIMITED");
    await ageStrikes(market, taker, "1 day");
    assertDone(await send(write, "k"), 201);
  });

  test("a role that is missing: nothing was decided, and the same key works with it", async () => {
    const write = await onPlatform("credits", { kind: "bonus" })();
    const name = someone("host");
    assertRefused(await send({ ...write, call: market.as(name) }, "k"), "FORBIDDEN");
    assertDone(await send({ ...write, call: market.as(name, "platform") }, "k"), 201);
  });
});

describe("a key", () => {
  test("is 1 to 128 visible ASCII characters", async () => {
    const call = market.as(someone("user"));
    const cancel = (key: string) => call("POST", "/p2p/orders/999999999/cancel", {}, { key });
    for (const key of ["!", "~".repeat(128), "a/b?c=d&e", "\\\"';--"])
      assertRefused(await cancel(key), "ORDER_NOT_FOUND");
    for (const key of ["", "~".repeat(129), "a b", "a\tb", "\u00e9"])
      assertInvalid(await cancel(key), "/Idempotency-Key");
  });

  test("on a request that only reads is of no account", async () => {
    const call = market.as(someone("user"));
    const first = await call("GET", "/wallet", undefined, { key: "k" });
    const again = await call("GET", "/wallet", undefined, { key: "k" });
    assert.deepEqual([assertDone(again), isReplay(again)], [assertDone(first), false]);
  });

  test("F32 keys were not scoped to the tenant: the same key of two callers is two keys", async () => {
    const callers = [market.as(someone("maker")), market.as(someone("maker"))];
    const replies = [];
    for (const call of callers) replies.push(await call("POST", "/p2p/ads", SELL_AD, { key: "shared" }));
    const [first, second] = replies as [Reply, Reply];
    assert.deepEqual([first.status, second.status, isReplay(second)], [201, 201, false]);
    assert.notEqual(first.body.id, second.body.id);
    const third = await market.as(someone("maker"))("POST", "/p2p/ads", BUY_AD, { key: "shared" });
    assertDone(third, 201);
  });

  test("F32 keys were not scoped to the tenant: names that run into each other are told apart", async () => {
    const [plain, tricky] = ["ab", "ab/c"].map((name) => market.as(someone(name)));
    assertDone(await (plain as Call)("POST", "/p2p/ads", SELL_AD, { key: "c/k" }), 201);
    const reply = await (tricky as Call)("POST", "/p2p/ads", SELL_AD, { key: "k" });
    assertDone(reply, 201);
    assert.ok(!isReplay(reply));
  });
});

describe("a key and an external id together", () => {
  const credit = async () => {
    const write = await onPlatform("credits", { kind: "bonus" })();
    const user = (write.body as Json).user_id as string;
    const available = async () => (await wallet(market, user)).available;
    return { write, available, body: write.body as Json };
  };

  test("the key answers first: 201 again, marked", async () => {
    const { write, available } = await credit();
    const first = await send(write, "both-1");
    const again = await send(write, "both-1");
    assert.deepEqual([bytes(again), isReplay(again)], [bytes(first), true]);
    assert.equal(await available(), 600);
  });

  test("a new key with the old external id is 200, and stays so under that key", async () => {
    const { write, available } = await credit();
    const first = await send(write, "both-2");
    const other = await send(write, "both-3");
    assert.deepEqual([other.status, other.text, isReplay(other)], [200, first.text, false]);
    const again = await send(write, "both-3");
    assert.deepEqual([again.status, again.text, isReplay(again)], [200, first.text, true]);
    assertDone(await send(write), 200);
    assert.equal(await available(), 600);
  });

  test("the old key with a new external id is refused, and the id stays free", async () => {
    const { write, available, body } = await credit();
    assertDone(await send(write, "both-4"), 201);
    const other = { ...write, body: { ...body, external_id: someone("id") } };
    assertRefused(await send(other, "both-4"), "IDEMPOTENCY_KEY_REUSED");
    assert.equal(await available(), 600);
    assertDone(await send(other), 201);
    assert.equal(await available(), 700);
  });

  test("each with the other's first use", async () => {
    const [one, two] = [await credit(), await credit()];
    assertDone(await send(one.write, "both-5"), 201);
    assertDone(await send(two.write), 201);
    assertRefused(await send(two.write, "both-5"), "IDEMPOTENCY_KEY_REUSED");
    assert.deepEqual([await one.available(), await two.available()], [600, 600]);
  });
});

test("keys and external ids survive a restart, answers that nobody received too", async () => {
  const write = await (WRITES["POST /p2p/orders"] as () => Promise<Write>)();
  const money = await onPlatform("credits", { kind: "bonus" })();
  const [first, credited] = [await send(write, "restart"), await send(money, "restart")];
  assert.deepEqual([first.status, credited.status], [201, 201]);
  const refused = await onOrder("asBuyer", "confirm-paid", "completed")();
  const no = await send(refused, "restart");
  assertRefused(no, "INVALID_ORDER_STATUS");
  await market.restart();
  await assertReplayed(write, "restart", first);
  await assertReplayed(money, "restart", credited);
  await assertReplayed(refused, "restart", no);
  assertDone(await platform(market, "credits", money.body as object), 200);
});

test("a key is forgotten after 24 hours, an external id never", async () => {
  const write = await onPlatform("credits", { kind: "bonus" })();
  assertDone(await send(write, "a-day"), 201);
  const kept = await market.sql("select scope, expires_at from exchange.claims where key = 'a-day'");
  const hours = (kept[0].expires_at.getTime() - Date.now()) / 3_600_000;
  assert.ok(hours > 23.9 && hours <= 24, String(hours));
  const external = (write.body as Json).external_id;
  const ids = await market.sql(`select expires_at from exchange.claims where key = '${external}'`);
  assert.deepEqual(ids, [{ expires_at: null }]);
});
