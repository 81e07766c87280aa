/** What we send to, on the word of others: nobody makes us call a machine that they cannot reach themselves. */
import assert from "node:assert/strict";
import dns from "node:dns";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { syncBuiltinESMExports } from "node:module";
import type { AddressInfo } from "node:net";
import { after, before, describe, test } from "node:test";
import { isPrivate, post } from "../../src/deliveries/index.ts";
import { resolvePublic } from "../../src/deliveries/public-address.ts";
import { eventually, type Market, startMarket } from "../support/market.ts";
import { listenAsBank, phone, startRail, type TestRail } from "../support/rail.ts";
import { assertDone, someone } from "../support/trades.ts";

/** As many ways to name a machine that only we can reach as we know. */
const HIDDEN_HOSTS = [
  ...["127.0.0.1", "127.1", "127.255.255.254", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001"],
  ...["0.0.0.0", "0", "localhost", "localhost.", "LOCALHOST", "app.localhost", "127.0.0.1."],
  ...["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "100.127.255.255", "198.18.0.1"],
  ...["169.254.169.254", "0xa9fea9fe", "2852039166", "169.254.0.1", "192.0.0.170", "224.0.0.1", "255.255.255.255"],
  ...["192.0.2.1", "198.51.100.1", "203.0.113.1", "240.0.0.1", "①②⑦.⓪.⓪.①"],
  ...["[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::FFFF:a9fe:a9fe]", "[::127.0.0.1]"],
  ...["[0:0:0:0:0:ffff:7f00:1]", "[64:ff9b::7f00:1]", "[64:ff9b:1::a00:1]", "[2002:7f00:1::]", "[2001:0:1::1]"],
  ...["[::ffff:0:127.0.0.1]", "[fc00::1]", "[fd00:ec2::254]", "[fe80::1]", "[fec0::1]", "[ff02::1]", "[100::1]"],
  ...["[2001:db8::1]", "[3fff::1]"],
] as const;
/** Names and addresses that look like one of those, and are none. */
const OPEN_HOSTS = [
  "127.0.0.1.example.com",
  "127.example.com",
  "10.0.0.1.nip.example",
  "localhost.example.com",
] as const;

describe("an address", () => {
  test("is known to be private in every notation, and a public one is not", () => {
    for (const host of HIDDEN_HOSTS) {
      const { hostname } = new URL(`http://${host}/`);
      const address = hostname.replace(/^\[|\]$/g, "");
      if (/[a-z]{3,}/.test(address) && !address.includes(":")) continue;
      assert.equal(isPrivate(address.replace(/\.$/, "")), true, `${host} is ${address}`);
    }
    for (const address of ["1.1.1.1", "172.15.0.1", "172.32.0.1", "100.128.0.1", "192.1.0.1", "198.20.0.1"])
      assert.equal(isPrivate(address), false, address);
    for (const address of ["2606:4700::1111", "2a00:1450::1", "::ffff:8.8.8.8", "::ffff:808:808", "2001:4860::8888"])
      assert.equal(isPrivate(address), false, address);
    for (const nonsense of ["", "example.com", "1.2.3", "::g", "1.2.3.4.5"]) assert.equal(isPrivate(nonsense), true);
  });

  test("that a name changes to after it was judged is not connected to: the judged one is", async (t) => {
    const answers = [["93.184.215.14"], ["127.0.0.1"]];
    let asked = 0;
    const answering = (_host: string, _options: object, callback: (...args: unknown[]) => void) => {
      const found = answers[asked++] ?? [];
      callback(
        null,
        found.map((address) => ({ address, family: 4 })),
      );
    };
    t.mock.method(dns, "lookup", answering as never);
    syncBuiltinESMExports();
    t.after(() => {
      t.mock.restoreAll();
      syncBuiltinESMExports();
    });
    const resolved = await new Promise((resolve, reject) =>
      resolvePublic("rebind.example", { family: 0 }, (error, address) => (error ? reject(error) : resolve(address))),
    );
    assert.deepEqual([resolved, asked], ["93.184.215.14", 1]);
  });

  test("is not connected to where only one of a name's addresses is private", async (t) => {
    const both = [
      { address: "93.184.215.14", family: 4 },
      { address: "169.254.169.254", family: 4 },
    ];
    t.mock.method(dns, "lookup", ((_host: string, _options: object, callback: (...args: unknown[]) => void) =>
      callback(null, both)) as never);
    syncBuiltinESMExports();
    t.after(() => {
      t.mock.restoreAll();
      syncBuiltinESMExports();
    });
    const outbound = { allowPrivate: false, userAgent: () => "Parley" };
    assert.deepEqual(await post("http://both.example/", {}, "{}", outbound), { error: "the address is private" });
  });
});

/** A machine beside ours, that nobody outside may reach. */
const listenInside = async () => {
  const received: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    received.push(request);
    response.writeHead(204).end();
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  return {
    port,
    received,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
};

describe("a webhook", () => {
  let market: Market;
  let inside: Awaited<ReturnType<typeof listenInside>>;
  before(async () => {
    inside = await listenInside();
    market = await startMarket({ env: { WEBHOOK_PRIVATE: "0" } });
  });
  after(async () => {
    inside.close();
    await market.end();
  });

  test("F92: to a private address is refused when it is added, in every notation", async () => {
    const host = market.as("host", "platform");
    for (const name of HIDDEN_HOSTS) {
      for (const protocol of ["http", "https"]) {
        const reply = await host("POST", "/platform/webhooks", { url: `${protocol}://${name}:9/hook` });
        assert.equal(reply.status, 400, `${protocol}://${name}`);
        assert.match(reply.text, /private address, unless WEBHOOK_PRIVATE is 1/, name);
      }
    }
  });

  test("F92: that only looks like a private address is no exception from https", async () => {
    const host = market.as("host", "platform");
    for (const name of OPEN_HOSTS) {
      const plain = await host("POST", "/platform/webhooks", { url: `http://${name}/hook` });
      assert.deepEqual([plain.status, plain.body.details.issues[0].pointer], [400, "/url"], name);
      const { id } = assertDone(await host("POST", "/platform/webhooks", { url: `https://${name}/hook` }), 201);
      assertDone(await host("DELETE", `/platform/webhooks/${id}`), 204);
    }
    for (const url of [
      "https://me@example.com",
      "https://:pw@example.com",
      "https://10.0.0.1.",
      "http://foo.127.0.0.1",
    ])
      assert.equal((await host("POST", "/platform/webhooks", { url })).status, 400, url);
  });

  test("F92: that leads inside by a name, or was added before, is not sent: each attempt is judged anew", async () => {
    const host = market.as("host", "platform");
    const url = "https://example.com/hook";
    const { id } = assertDone(await host("POST", "/platform/webhooks", { url, events: ["wallet.updated"] }), 201);
    const before = [`localhost:${inside.port}`, `127.0.0.1:${inside.port}`, `[::ffff:7f00:1]:${inside.port}`];
    for (const [index, place] of before.entries()) {
      await market.sql(`update exchange.webhooks set url = 'http://${place}/hook' where id = '${id}'`);
      await market.fund(someone("insider"), 1_000);
      await eventually(async () => {
        const rows = await market.sql(`select last_error from deliveries.queue where endpoint = '${id}' order by id`);
        return rows[index]?.last_error === "the address is private";
      }, `${place} is refused`);
    }
    assert.equal(inside.received.length, 0);
    assertDone(await host("DELETE", `/platform/webhooks/${id}`), 204);
  });
});

describe("where private addresses are allowed", () => {
  let market: Market;
  let inside: Awaited<ReturnType<typeof listenInside>>;
  before(async () => {
    inside = await listenInside();
    market = await startMarket();
  });
  after(async () => {
    inside.close();
    await market.end();
  });

  test("a webhook is sent there, and says whose it is", async () => {
    const url = `http://127.0.0.1:${inside.port}/hook`;
    const events = ["wallet.updated"];
    assertDone(await market.as("host", "platform")("POST", "/platform/webhooks", { url, events }), 201);
    await market.fund(someone("paid"), 1_000);
    await eventually(async () => inside.received.length > 0, "the webhook");
    assert.match(
      String(inside.received[0]?.headers["user-agent"]),
      /^Parley\/\d+\.\d+\.\d+ \(\+http:\/\/127\.0\.0\.1:\d+\)$/,
    );
  });
});

describe("a callback of the rail's sandbox", () => {
  let rail: TestRail;
  before(async () => {
    rail = await startRail({ env: { RAIL_PRIVATE_CALLBACKS: "0" } });
  });
  after(() => rail.end());

  test("goes to no private address, unless the operator allows it", async () => {
    const hidden = await listenAsBank();
    try {
      const payer = await rail.bank({ receiverSearch: false });
      const asked = await rail.bank({ receiverSearch: true, callbackUrl: hidden.url });
      const order = await payer.post("/p2p/orders", {
        type: "phone",
        creditor: { phone: phone() },
        debtor: { account: payer.iban() },
        currency: "UAH",
        external_id: "order-1",
        purpose: "For the tickets",
      });
      assert.equal(order.status, 201, order.text);
      const told = `select last_error from deliveries.queue where endpoint = '${asked.guid}'`;
      await eventually(
        async () => (await rail.sql(told)).some(({ last_error: error }) => error === "the address is private"),
        "the attempt",
      );
      assert.equal(hidden.received.length, 0);
    } finally {
      await hidden.close();
    }
  });
});
