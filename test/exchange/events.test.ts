/** Events are what the exchange's map says: in the feed, in the documents and for the compiler. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { copiesIn, type Event } from "../../src/engine/index.ts";
import { EVENT_TYPES, EVENTS, type EventType, type Payloads, WEBHOOK_EVENTS } from "../../src/exchange/events.ts";
import { createCompiler } from "../../src/http/validation.ts";
import { type Json, useMarket } from "../support/market.ts";
import { assertDone, trade } from "../support/trades.ts";

const market = useMarket();

const compile = createCompiler({});

test("whatever a trade tells is of a declared type, and has that type's payload", async () => {
  const { asBuyer, asSeller, order } = await trade(market);
  assertDone(await asSeller("POST", `/p2p/orders/${order.id}/messages`, { message: "Hello." }), 201);
  assertDone(await asBuyer("POST", `/p2p/orders/${order.id}/messages/read`, { up_to_seq: 1 }));
  assertDone(await asBuyer("POST", `/p2p/orders/${order.id}/confirm-paid`));
  assertDone(await asBuyer("POST", `/p2p/orders/${order.id}/call-operator`));
  const told = await market.sql(`select distinct on (type, data::text) type, data from ${copiesIn("exchange")} e`);
  // How somebody comes in is no matter of a trade.
  const ofTrades = EVENT_TYPES.filter((type) => type !== "security.updated");
  assert.deepEqual([...new Set(told.map(({ type }) => type))].sort(), ofTrades.sort());
  for (const { type, data } of told) {
    const holds = compile(EVENTS[type as EventType].payload as never);
    assert.ok(holds(data), `${type} ${JSON.stringify(data)}: ${JSON.stringify(holds.errors)}`);
  }
});

test("the document describes a frame of every type, a reset, and a webhook of every type that may be asked for", async () => {
  const { components, webhooks, paths } = assertDone(await market.stranger("GET", "/openapi.json"));
  assert.deepEqual(
    components.schemas.Event.oneOf.map(({ properties }: Json) => properties.type.enum[0]),
    [...EVENT_TYPES, "reset", "end"],
  );
  assert.deepEqual(Object.keys(webhooks), [...WEBHOOK_EVENTS, "webhook.test"]);
  const { content } = paths["/api/v1/p2p/events"].get.responses["200"];
  assert.deepEqual(Object.keys(content), ["application/json", "text/event-stream"]);
});

/** True where the compiler would not take the one for the other. */
type Rejects<Given, Wanted> = Given extends Wanted ? false : true;

test("an unknown type, a wrong payload and an event of another make do not compile", () => {
  const type: Rejects<"order.updatde", EventType> = true;
  const missing: Rejects<{ order_id: number; seq: number }, Payloads["message.created"]> = true;
  const wrong: Rejects<{ order_id: number; status: "payed"; rated: number }, Payloads["order.updated"]> = true;
  const loose: Rejects<{ type: "ad.updated"; to: string[]; data: Payloads["ad.updated"] }, Event> = true;
  assert.ok(type && missing && wrong && loose);
});
