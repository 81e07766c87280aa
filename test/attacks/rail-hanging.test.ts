/** Banks that take a callback and never answer, in numbers. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { DELIVERY_LIMITS } from "../../src/deliveries/index.ts";
import { SECOND } from "../../src/kernel/index.ts";
import { type Bank, eventually, useRail } from "../support/rail.ts";

const rail = useRail({ railSettings: { callbackBackOffSeconds: [0], callbackAnswerMs: 3 * SECOND } });

/** More than there are places, four for each. */
const HANGING = 130;
const LETTERS = 20;

/** Answers at one path; at every other it lets whoever calls hang. */
const startServer = async (goodPath: string) => {
  let open = 0;
  let most = 0;
  let answered = 0;
  const server = createServer((request, response) => {
    request.resume();
    if (request.url === goodPath) {
      answered++;
      response.end("{}");
      return;
    }
    most = Math.max(most, ++open);
    response.on("close", () => open--);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    open: () => open,
    answered: () => answered,
    /** The most at once since it was asked the last time. */
    mostSince() {
      const before = most;
      most = open;
      return before;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

const queue = (banks: readonly Bank[], from: number, subject: string) =>
  rail.sql(`insert into deliveries.queue (channel, endpoint, subject, event_id, body)
    select 'rail', endpoint, ${subject}, 'hang_' || n, '{"type": "link_cancelled", "seq": 1, "request_guid": "x"}'
    from unnest(array['${banks.map(({ guid }) => guid).join("', '")}']) as endpoint,
      generate_series(${from}, ${from + LETTERS - 1}) n`);

test("F223: 130 banks that hang held every place that a node sends from; now half of them is the others'", async (t) => {
  const server = await startServer("/good/callbacks");
  t.after(() => server.close());
  const bankAt = (path: string) => rail.bank({ receiverSearch: false, callbackUrl: `${server.url}/${path}` });
  const good = await bankAt("good");
  const hanging: Bank[] = [];
  while (hanging.length < HANGING)
    hanging.push(...(await Promise.all(Array.from({ length: 10 }, () => bankAt("hangs")))));
  await queue(hanging, 1, "'order ' || n");
  await eventually(async () => {
    const [{ count }] = await rail.sql(
      "select count(distinct endpoint)::int from deliveries.queue where event_id like 'hang%' and last_error is not null",
    );
    return count === HANGING && server.open() <= HANGING;
  }, "each of them has hung once");
  server.mostSince();
  // One order's: each is sent when the one before it was taken.
  await queue([good], 1_001, "'order 1'");
  await eventually(async () => server.answered() === LETTERS, "the good bank is sent all of its own");
  const most = server.mostSince();
  assert.ok(most > 0, "the others hang meanwhile");
  assert.ok(most <= HANGING * DELIVERY_LIMITS.perSlowEndpoint, `${most} hung at once`);
  assert.ok(most <= DELIVERY_LIMITS.slowInAll);
  await rail.sql("delete from deliveries.queue where event_id like 'hang%'");
});
