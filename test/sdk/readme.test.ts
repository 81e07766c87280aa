/** The trade that the client's README shows, pasted into a file and run. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { eventually } from "../support/eventually.ts";
import { useMarket } from "../support/market.ts";
import { assertDone, someone } from "../support/trades.ts";

const market = useMarket();
/** In the repository, so that the package is found as its users find it. */
const FOLDER = `data/readme-${process.pid}`;

test("the README's trade works as it stands there", async () => {
  const readme = await readFile("packages/client/README.md", "utf8");
  const [, code = ""] = /```ts\n(.*?)```/s.exec(readme) ?? [];
  const [maker, taker] = [someone("maker"), someone("taker")];
  await market.fund(maker, 10_000_000);
  await market.sellAd(maker);
  await mkdir(FOLDER, { recursive: true });
  try {
    await writeFile(`${FOLDER}/trade.ts`, code);
    const env = { ...process.env, PARLEY_URL: market.nodes[0]?.address, PARLEY_TOKEN: await market.token(taker) };
    const trader = spawn(process.execPath, [`${FOLDER}/trade.ts`], { env, stdio: ["ignore", "pipe", "inherit"] });
    let printed = "";
    trader.stdout.on("data", (chunk) => {
      printed += chunk;
    });
    const ended = once(trader, "close");
    const seller = market.as(maker);
    const order = await eventually(async () => {
      const { items } = assertDone(await seller("GET", "/p2p/orders?status=paid_by_buyer"));
      return items[0];
    }, "the order is paid");
    assertDone(await seller("POST", `/p2p/orders/${order.id}/confirm-received`));
    const [exit] = await ended;
    assert.equal(exit, 0);
    assert.match(printed, /^Pay [\d.]+ RUB to \{/);
  } finally {
    await rm(FOLDER, { recursive: true, force: true });
  }
});
