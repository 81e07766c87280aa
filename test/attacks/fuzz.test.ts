/**
 * Requests made from both OpenAPI documents: mostly what a schema asks for, with something wrong in it, by everybody who
 * may call. None takes the event loop for long, and none is answered with a 5xx.
 */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { Agent } from "node:http";
import { after, before, describe, test } from "node:test";
import fc from "fast-check";
import { asUrl, LOOP_LIMIT_MS, measure, type Operation, operationsOf, SHAPES } from "../support/hostile.ts";
import type { HttpCall, Json, Reply } from "../support/http.ts";
import { type Bank, phone, startRail, type TestRail } from "../support/rail.ts";

const RUNS = 100;
const WORDS = ["card", "RUB", "sell", "a", "x-1", "u_1", "UAH", "2200 0000 0000 1234", "2026-01-01T00:00:00Z"];
const ODD = ["", " ", "\u0000", "\u202E", "__proto__", "constructor", "' or 1=1 --", "💸", "x".repeat(3_000)];
const ODD_NUMBERS = [0, -1, 1.5, 1e21, -1e300, 2 ** 53, Number.MIN_VALUE];
/** A text of any shape, of a length that is hardly ever right. */
const shaped = fc
  .tuple(fc.constantFrom(...Object.values(SHAPES)), fc.integer({ min: 10, max: 4_000 }))
  .map(([textOf, length]) => textOf(length));
const hostile: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<unknown>(...ODD, ...ODD_NUMBERS, null, true, false, [], {}, [[]], { a: { b: [] } }),
  shaped,
  fc.jsonValue(),
);

let rail: TestRail;
let banks: readonly Bank[];
let known: readonly string[];
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const documents: { exchange: Json; rail: Json } = { exchange: null, rail: null };
let tokens: readonly (string | null)[];

before(async () => {
  rail = await startRail();
  const [node] = rail.nodes;
  assert.ok(node !== undefined);
  banks = [await rail.bank({ profile: "compat" }), await rail.bank({ profile: "strong" })];
  const documentOf = async (origin: string): Promise<Json> => (await fetch(`${origin}/openapi.json`)).json();
  Object.assign(documents, {
    exchange: await documentOf(node.address),
    rail: await documentOf(node.railAddress),
  });
  const tokenOf = (sub: string, ...roles: string[]) => node.issuer.signToken({ sub, roles, ttlSeconds: 3_600 });
  tokens = [
    null,
    "none.of.ours",
    await tokenOf("mallory"),
    await tokenOf("olga", "operator"),
    await tokenOf("host", "platform", "rail_operator"),
  ];
  const [bank] = banks;
  assert.ok(bank !== undefined);
  const made = await bank.post("/p2p/orders", {
    type: "phone",
    creditor: { phone: phone() },
    debtor: { account: bank.iban() },
    currency: "UAH",
    external_id: randomUUID(),
    purpose: "A debt",
  });
  assert.equal(made.status, 201, made.text);
  known = ["1", made.body.guid, bank.guid, bank.kid, "mallory"];
});

after(async () => {
  agent.destroy();
  await rail.end();
});

/** Mostly what the schema asks for. */
const soundFor = (schema: Json, document: Json): fc.Arbitrary<Json> => {
  if (schema.$ref !== undefined) return soundFor(document.components.schemas[schema.$ref.split("/").at(-1)], document);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const either = schema.anyOf ?? schema.oneOf;
  if (either !== undefined) return fc.oneof(...either.map((one: Json) => soundFor(one, document)));
  switch ([schema.type].flat()[0]) {
    case "integer":
    case "number": {
      const { minimum = 0, maximum = 1_000 } = schema;
      return fc.oneof(fc.constantFrom(minimum, maximum), fc.integer({ min: Math.ceil(minimum), max: maximum }));
    }
    case "string":
      return fc.constantFrom(...WORDS, ...(banks[0] === undefined ? [] : [banks[0].iban(), phone()]));
    case "boolean":
      return fc.boolean();
    case "array":
      return fc.array(soundFor(schema.items, document), { maxLength: 3 });
    default: {
      const { properties = {}, required = [] } = schema;
      const members = Object.entries<Json>(properties).map(([name, member]) => [name, soundFor(member, document)]);
      return fc.record(Object.fromEntries(members), { requiredKeys: required });
    }
  }
};

/** A sound body, one with a member that is wrong, or anything. */
const bodyFor = (schema: Json, document: Json): fc.Arbitrary<Json> => {
  if (schema === undefined) return hostile;
  const sound = soundFor(schema, document);
  const spoiled = fc
    .tuple(sound, fc.constantFrom("colour", "__proto__", ...Object.keys(schema.properties ?? {})), hostile)
    .map(([base, name, value]) => Object.defineProperty({ ...base }, name, { value, enumerable: true }));
  return fc.oneof(
    { weight: 3, arbitrary: sound },
    { weight: 4, arbitrary: spoiled },
    { weight: 1, arbitrary: hostile },
  );
};

const urlText = fc.oneof(
  fc.constantFrom("1", "my", "0", "-1", "1e9", "%00", "%zz", "..", "sell", "RUB"),
  fc.oneof(shaped, fc.constantFrom(...ODD), fc.string()).map((text) => asUrl(text, 200)),
);

const targetFor = ({ path, query, streams }: Operation): fc.Arbitrary<string> => {
  const pairs = fc.array(fc.tuple(fc.constantFrom("x", "limit", ...query), urlText), { maxLength: 4 });
  return fc.tuple(fc.oneof(fc.constantFrom(...known), urlText), pairs).map(([id, chosen]) => {
    // Without `after` this one answers a stream that does not end.
    const asked = [...(streams ? [["after", ""] as const] : []), ...chosen].map(([name, value]) => `${name}=${value}`);
    return `${path.replaceAll(/\{\w+\}/g, () => id)}${asked.length > 0 ? `?${asked.join("&")}` : ""}`;
  });
};

const bodySchemaOf = (document: Json, { method, path }: Operation): Json => {
  const content = document.paths[path][method.toLowerCase()].requestBody?.content ?? {};
  return content["application/jwt"]?.schema.contentSchema ?? content["application/json"]?.schema;
};

/** A bank that asks for signed answers gets refusals signed, too. */
const bodyOf = ({ headers, body, text }: Reply): Json =>
  headers["content-type"] === "application/jwt"
    ? JSON.parse(Buffer.from(text.split(".")[1] ?? "", "base64url").toString("utf8"))
    : body;

/** Sends it and holds what it took and what came back. */
const check = async (origin: string, path: string, call: HttpCall): Promise<void> => {
  const { reply, milliseconds } = await measure(agent, `${origin}${path}`, call);
  const said = `${call.method} ${path}: ${reply.status} after ${milliseconds} ms ${reply.text.slice(0, 300)}`;
  assert.ok(reply.status < 500, said);
  assert.ok(milliseconds <= LOOP_LIMIT_MS, said);
  if (reply.status < 400) return;
  const refusal = bodyOf(reply);
  assert.equal(typeof refusal?.code, "string", said);
  assert.equal(typeof refusal?.message, "string", said);
};

const takesBody = ({ method }: Operation): boolean => method !== "GET";

describe("any request at all", () => {
  test("on the exchange's listener is answered soon, and never with a 5xx", async () => {
    const origin = rail.nodes[0]?.address ?? "";
    for (const operation of operationsOf(documents.exchange)) {
      const request = fc.record({
        token: fc.constantFrom(...tokens),
        path: targetFor(operation),
        body: takesBody(operation)
          ? bodyFor(bodySchemaOf(documents.exchange, operation), documents.exchange)
          : fc.constant(undefined),
        key: fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, fc.constantFrom("k", "k2", "x".repeat(200))),
      });
      await fc.assert(
        fc.asyncProperty(request, async ({ token, path, body, key }) => {
          const headers = {
            ...(token === null ? {} : { authorization: `Bearer ${token}` }),
            ...(body === undefined ? {} : { "content-type": "application/json" }),
            ...(key === undefined ? {} : { "idempotency-key": key }),
          };
          await check(origin, path, { method: operation.method, headers, body: JSON.stringify(body) });
        }),
        { numRuns: RUNS },
      );
    }
  });

  test("on the rail's listener is answered soon, and never with a 5xx, signed or not", async () => {
    const origin = rail.nodes[0]?.railAddress ?? "";
    for (const operation of operationsOf(documents.rail)) {
      const { method } = operation;
      const request = fc.record({
        signed: fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...banks) }, fc.constant(null)),
        path: targetFor(operation),
        body: takesBody(operation)
          ? bodyFor(bodySchemaOf(documents.rail, operation), documents.rail)
          : fc.constant(undefined),
        type: fc.constantFrom("application/jwt", "text/plain", "application/json", "application/pdf"),
        key: fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, fc.constantFrom("k", "x".repeat(200))),
        accept: fc.constantFrom("*/*", "application/jwt", ",;q=,,"),
      });
      await fc.assert(
        fc.asyncProperty(request, async ({ signed, path, body, type, key, accept }) => {
          const text = JSON.stringify(body)?.toWellFormed();
          if (signed === null) {
            await check(origin, path, { method, headers: { "content-type": type, accept }, body: text });
            return;
          }
          const members = typeof body === "object" && body !== null && !Array.isArray(body);
          const call = await signed.sign(method, path, members ? body : undefined, {
            contentType: type,
            accept,
            ...(members || text === undefined ? {} : { payloadText: text }),
            ...(key === undefined ? {} : { key }),
          });
          await check(origin, path, call);
        }),
        { numRuns: RUNS },
      );
    }
  });
});
