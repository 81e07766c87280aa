/** Somebody who fills a chat: what was tried, and what is right now. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { chain, type Story } from "../../src/exchange/dossier/index.ts";
import { disputed, operatorCall, say } from "../support/chats.ts";
import { LOOP_LIMIT_MS, longestTurn } from "../support/hostile.ts";
import { type Call, type Json, type Reply, useMarket } from "../support/market.ts";
import { assertDone, assertInvalid, tally, together } from "../support/trades.ts";

const market = useMarket({ nodes: 2 });

const LINES = 1_000;
/** Fewer than a caller may have under way. */
const WRITERS = 32;
/** As long as a line may be, in characters that take most bytes. */
const LONG = "支".repeat(2_000);

/** Sends so many lines through both nodes, a few at a time. */
const flood = async (call: Call, order: Json, count: number): Promise<Reply[]> => {
  const replies: Reply[] = [];
  let left = count;
  await together(WRITERS, async (writer) => {
    while (left-- > 0) replies.push(await say(call, order, `line ${left}`, {}, { node: writer % 2 }));
  });
  return replies;
};

describe("F202: somebody who fills a chat", () => {
  test("writes a thousand lines in it and no more, however many come at once; others write on, and each party's count is its own", async () => {
    const { order, asBuyer, asSeller, asOperator } = await disputed(market);
    assert.deepEqual(tally(await flood(asBuyer, order, LINES + 7)), { 201: LINES, VALIDATION_ERROR: 7 });
    const refused = await say(asBuyer, order, "one more");
    assertInvalid(refused, "/message");
    assert.match(refused.text, /1000/);
    for (let count = 0; count < 3; count++) {
      assertDone(await say(asSeller, order, "Go on."), 201);
      assertDone(await operatorCall(asOperator, order, "messages", { message: "I am here." }), 201);
    }
    assertInvalid(await say(asBuyer, order, "one more"), "/message");
    const { rules } = assertDone(await market.stranger("GET", "/p2p/settings"));
    const rule = rules.find(({ name }: Json) => name === "messages_per_writer_and_order");
    assert.deepEqual([rule.value, rule.code], [LINES, "VALIDATION_ERROR"]);
    const dossier = assertDone(await asBuyer("GET", `/p2p/orders/${order.id}/dossier`));
    assert.ok(dossier.entries.length > LINES);
  });

  test("has its story made without holding anybody up, though each line is as long as one may be", async () => {
    const stories: Story[] = Array.from({ length: 2 * LINES }, (_, seq) => ({
      at: "2026-01-01T00:00:00.000Z",
      kind: "message",
      data: { seq, order_id: 1, kind: "user", sender: "mallory", message: LONG, attachment_ids: [], event: null },
    }));
    const longest = await longestTurn(() => chain(stories));
    assert.ok(longest <= LOOP_LIMIT_MS, `one turn of the event loop took ${longest} ms`);
  });
});
