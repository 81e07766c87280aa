/**
 * Everything waits while one text is read, so that no text may take long: whatever it is made of, wherever it stands, on
 * either listener, before any signature and behind one.
 */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { Agent } from "node:http";
import { after, before, describe, test } from "node:test";
import { readConfig } from "../../src/config.ts";
import { asHeader, asUrl, LOOP_LIMIT_MS, measure, type Operation, operationsOf, SHAPES } from "../support/hostile.ts";
import type { HttpCall, Json } from "../support/http.ts";
import { type Bank, startRail, type TestRail } from "../support/rail.ts";

/** As long as a body may be, and as a request's line and headers may be on the exchange's listener. */
const BODY = 65_000;
const LINE = 12_000;
/** Of a signed payload, in a token that is just short enough. */
const PAYLOAD = 11_000;

const HEADERS = [
  "accept",
  "accept-encoding",
  "authorization",
  "cookie",
  "cx-authorization",
  "forwarded",
  "idempotency-key",
  "if-none-match",
  "last-event-id",
  "origin",
  "range",
  "x-forwarded-for",
] as const;

let rail: TestRail;
let bank: Bank;
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const listeners: { origin: string; operations: readonly Operation[]; authorization: string | null }[] = [];

before(async () => {
  rail = await startRail();
  bank = await rail.bank({ profile: "compat" });
  const [node] = rail.nodes;
  assert.ok(node !== undefined);
  const roles = ["operator", "rail_operator", "platform"];
  const token = await node.issuer.signToken({ sub: "mallory", roles, ttlSeconds: 3_600 });
  const documentOf = async (origin: string): Promise<Json> => (await fetch(`${origin}/openapi.json`)).json();
  for (const [origin, authorization] of [
    [node.address, `Bearer ${token}`],
    [node.railAddress, null],
  ] as const)
    listeners.push({ origin, authorization, operations: operationsOf(await documentOf(origin)) });
});

after(async () => {
  agent.destroy();
  await rail.end();
});

const pathOf = ({ path, streams }: Operation, parameter = "1"): string =>
  path.replaceAll(/\{\w+\}/g, parameter) + (streams ? "?after=" : "");

const takesBody = ({ method }: Operation): boolean => method !== "GET" && method !== "HEAD";

/** Sends a request to an operation and holds its time and its answer. */
const check = async (origin: string, path: string, call: HttpCall, what: string): Promise<void> => {
  const { reply, milliseconds } = await measure(agent, `${origin}${path}`, call);
  const said = `${what}: ${call.method} ${path.slice(0, 80)} took ${milliseconds} ms and answered ${reply.status}`;
  assert.ok(milliseconds <= LOOP_LIMIT_MS, said);
  assert.ok(reply.status < 500, `${said}: ${reply.text}`);
};

const authorized = (authorization: string | null): Record<string, string> =>
  authorization === null ? {} : { authorization };

for (const [shape, textOf] of Object.entries(SHAPES)) {
  describe(`F121: a text of ${shape}`, () => {
    test("as the body of any route on either listener holds nobody up", async () => {
      const body = Buffer.from(textOf(BODY), "utf8").subarray(0, BODY);
      let sent = 0;
      for (const { origin, operations, authorization } of listeners)
        for (const operation of operations.filter(takesBody))
          for (const type of [...operation.types, "application/octet-stream"]) {
            const contentType = type.startsWith("multipart/") ? `${type}; boundary=x` : type;
            const headers = { ...authorized(authorization), "content-type": contentType };
            await check(origin, pathOf(operation), { method: operation.method, headers, body }, type);
            sent++;
          }
      assert.ok(sent > 70, String(sent));
    });

    test("as every member of a JSON body holds nobody up", async () => {
      const exchange = listeners[0];
      assert.ok(exchange !== undefined);
      for (const operation of exchange.operations.filter(({ members }) => members.length > 0)) {
        const { members, method } = operation;
        const text = textOf(Math.floor(BODY / members.length / 4));
        const headers = { ...authorized(exchange.authorization), "content-type": "application/json" };
        for (const value of [text, [text, text], { [text]: text }]) {
          const body = JSON.stringify(Object.fromEntries(members.map((name) => [name, value]))).slice(0, BODY);
          await check(exchange.origin, pathOf(operation), { method, headers, body }, "members");
        }
      }
    });

    test("as every member of a signed payload holds nobody up", async () => {
      const signed = listeners[1];
      assert.ok(signed !== undefined);
      for (const operation of signed.operations.filter(({ members }) => members.length > 0)) {
        const text = textOf(Math.floor(PAYLOAD / operation.members.length / 3)).toWellFormed();
        const payload = Object.fromEntries(operation.members.map((name) => [name, text]));
        const { method } = operation;
        const path = pathOf(operation);
        const { headers, body } = await bank.sign(method, path, { ...payload, jti: randomUUID() });
        await check(signed.origin, path, { method, headers, body }, "signed members");
      }
    });

    test("in the path, the query and every header of any route holds nobody up", async () => {
      const url = asUrl(textOf(LINE), LINE);
      const short = asUrl(textOf(60), 60);
      for (const { origin, operations, authorization } of listeners)
        for (const operation of operations) {
          const { method, path, query } = operation;
          // A compat bank's header vouches for any path; without one nobody would read what follows.
          const headersOf = async () =>
            authorization === null ? (await bank.sign("GET", "/p2p/limits")).headers : authorized(authorization);
          const repeated = ["x", ...query].map((name) => `${name}=${url}`.slice(0, LINE / (query.length + 1)));
          const parameters = repeated.map((pair) => pair.replace(/%[0-9A-F]?$/, ""));
          await check(
            origin,
            `${pathOf({ ...operation, streams: false })}?${parameters.join("&")}`,
            { method, headers: await headersOf() },
            "query",
          );
          if (path.includes("{"))
            await check(origin, pathOf(operation, short), { method, headers: await headersOf() }, "path");
          const small = asHeader(textOf(500));
          const headers = { ...Object.fromEntries(HEADERS.map((name) => [name, small])), ...(await headersOf()) };
          await check(origin, pathOf(operation), { method, headers }, "headers");
        }
    });

    test("in one header alone, as long as headers may be, holds nobody up", async () => {
      for (const { origin, operations, authorization } of listeners) {
        const length = authorization === null ? 3 * LINE : LINE;
        const one = (wanted: (operation: Operation) => boolean) => operations.find(wanted);
        const chosen = [one(takesBody), one(({ path, method }) => method === "GET" && !path.includes("jwks"))];
        for (const operation of chosen)
          for (const name of [...HEADERS, "content-type"]) {
            assert.ok(operation !== undefined);
            const headers = {
              ...authorized(authorization),
              "content-type": "application/json",
              [name]: asHeader(textOf(length)).slice(0, length),
            };
            const body = takesBody(operation) ? "{}" : undefined;
            await check(origin, pathOf(operation), { method: operation.method, headers, body }, name);
          }
      }
    });
  });
}

describe("F122: the query's reader", () => {
  test("takes each value once, however often a name stands there", async () => {
    const [exchange] = listeners;
    assert.ok(exchange !== undefined);
    const list = exchange.operations.find(({ path }) => path === "/api/v1/p2p/ads");
    assert.ok(list?.query.includes("limit"));
    const pairs = "limit=1&".repeat(LINE / 8);
    const { reply } = await measure(agent, `${exchange.origin}/api/v1/p2p/ads?${pairs}`, {
      method: "GET",
      headers: {},
    });
    assert.equal(reply.status, 400);
    assert.deepEqual(reply.body.details.issues, [
      { in: "query", pointer: "/limit", message: "is given more than once" },
    ]);
  });
});

describe("the pattern of phones", () => {
  test("may not be one that takes for ever over a phone that nearly fits", () => {
    for (const RAIL_PHONE_PATTERN of ["^(\\d+)+$", "^(\\d|\\d\\d)*$", "^\\+(?=3).*$", "^(a)\\1$", "^\\d*\\d*\\d*\\d*$"])
      assert.throws(() => readConfig({ RAIL_PHONE_PATTERN }), /RAIL_PHONE_PATTERN/);
    for (const RAIL_PHONE_PATTERN of [
      "^\\+380\\d{9}$",
      "^\\+(48|380)\\d{9,10}$",
      "^\\+[1-9]\\d+$",
      "^(?:\\+49)?[)*+]\\d{4,}$",
    ])
      assert.equal(readConfig({ RAIL_PHONE_PATTERN }).railPhonePattern, RAIL_PHONE_PATTERN);
  });
});
