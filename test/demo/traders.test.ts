/** The simulated traders of `npm start`, as a visitor meets them: real processes, real waits, a server that is killed. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, before, describe, test } from "node:test";
import { type Client, createClient, type Schemas, unwrap } from "@parley/client";
import { startEmbedded } from "../../src/database/index.ts";
import { audit, DEFAULT_SETTINGS } from "../../src/exchange/index.ts";
import { type Issuer, openIssuer } from "../../src/keys/index.ts";
import { environmentOf } from "../support/environment.ts";
import { eventually } from "../support/eventually.ts";
import { type Program, startProgram } from "../support/program.ts";

type Order = Schemas["Order"];
type Person = { readonly client: Client };

/** "Within seconds", on a machine that is busy with other things. */
const SECONDS = 20_000;
const TOKEN_SECONDS = 3_600;

describe("the demo's traders", () => {
  let dataDir: string;
  let server: Program;
  let issuer: Issuer;

  const start = async (): Promise<void> => {
    server = await startProgram({ DATA_DIR: dataDir });
    issuer = await openIssuer(dataDir);
  };
  before(async () => {
    dataDir = await mkdtemp(join(tmpdir(), "parley-test-traders-"));
    await start();
  });
  after(async () => {
    await server.end("SIGKILL");
    await rm(dataDir, { recursive: true, force: true });
  });

  const as = (id: string): Person => {
    const token = () => issuer.signToken({ sub: id, ttlSeconds: TOKEN_SECONDS });
    return { client: createClient({ baseUrl: server.address, token }) };
  };

  /** Answers somebody's ad. */
  const take = async ({ client }: Person, maker: string, type: "sell" | "buy"): Promise<Order> => {
    const { items } = unwrap(await client.get("/p2p/ads", { query: { type, maker } }));
    const [ad] = items;
    assert.ok(ad !== undefined, `${maker} offers nothing`);
    const payment_method = ad.payment_methods[0] ?? "";
    const details = type === "buy" ? { payment_details: { card_number: "2200 0000 0000 4411" } } : {};
    const body = { ad_id: ad.id, usdt_amount: ad.min_amount, payment_method, ...details };
    return unwrap(await client.post("/p2p/orders", { body }));
  };

  const paid = async ({ client }: Person, { id }: Order): Promise<void> => {
    unwrap(await client.post("/p2p/orders/{id}/confirm-paid", { path: { id } }));
  };

  const orderOf = async ({ client }: Person, { id }: Order): Promise<Order> =>
    unwrap(await client.get("/p2p/orders/{id}", { path: { id } }));

  const becomes = (person: Person, order: Order, status: Order["status"]): Promise<Order> =>
    eventually(async () => {
      const now = await orderOf(person, order);
      return now.status === status && now;
    }, `order ${order.id} is ${status}; the server printed\n${server.printed()}`);

  /** What somebody has written: only the other side does here. */
  const linesOf = async ({ client }: Person, { id }: Order): Promise<readonly Schemas["Message"][]> => {
    const { items } = unwrap(await client.get("/p2p/orders/{id}/messages", { path: { id } }));
    return items.filter(({ kind }) => kind === "user");
  };

  const greeted = (person: Person, order: Order): Promise<string> =>
    eventually(async () => (await linesOf(person, order))[0]?.created_at, `somebody greets in order ${order.id}`);

  const rated = (person: Person, order: Order): Promise<number> =>
    eventually(async () => (await orderOf(person, order)).their_rating ?? false, `order ${order.id} is rated`);

  /** By the server's clock, so that it does not matter when the test looks. */
  const assertWithinSeconds = (from: string | null, to: string | null): void => {
    const took = Date.parse(to ?? "") - Date.parse(from ?? "");
    assert.ok(took >= 0 && took < SECONDS, `it took ${took} ms`);
  };

  test("greet who buys of them, release within seconds once it is paid, and rate", async () => {
    const vera = as("vera");
    const order = await take(vera, "daria", "sell");
    assertWithinSeconds(order.created_at, await greeted(vera, order));
    assert.equal((await orderOf(vera, order)).status, "pending", "nothing is released before it is paid");
    await paid(vera, order);
    const { paid_at, completed_at } = await becomes(vera, order, "completed");
    assertWithinSeconds(paid_at, completed_at);
    assert.equal(await rated(vera, order), 5);
  });

  test("greet who sells to them and say within seconds that they have paid; the release is the seller's own", async () => {
    const vera = as("vera");
    const order = await take(vera, "daria", "buy");
    const greetedAt = await greeted(vera, order);
    const { created_at, paid_at } = await becomes(vera, order, "paid_by_buyer");
    assertWithinSeconds(created_at, greetedAt);
    assertWithinSeconds(greetedAt, paid_at);
    unwrap(await vera.client.post("/p2p/orders/{id}/confirm-received", { path: { id: order.id } }));
    assert.equal(await rated(vera, order), 5);
  });

  test("do nothing for an order between two people, while one of their own is done beside it", async () => {
    const [vera, oleg] = [as("vera"), as("oleg")];
    const between = await take(vera, "anna", "sell");
    await paid(vera, between);
    const own = await take(oleg, "boris", "sell");
    await paid(oleg, own);
    await rated(oleg, own);
    assert.equal((await orderOf(vera, between)).status, "paid_by_buyer");
    assert.deepEqual(await linesOf(vera, between), []);
  });

  test("are the other side of `npm run demo:trade`", async () => {
    const played = spawn(process.execPath, ["examples/trade.ts"], {
      env: environmentOf({ DATA_DIR: dataDir, PARLEY_URL: server.address }),
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [said, wrong, [code]] = await Promise.all([text(played.stdout), text(played.stderr), once(played, "close")]);
    assert.equal(code, 0, said + wrong);
    assert.match(said, /Balance after: 1000\.00 RUB available, 0\.00 RUB in escrow/);
    assert.match(said, /Balance after: 0\.00 RUB available, 0\.00 RUB in escrow\n\nBoth trades are done/);
  });

  test("answer after a crash what they owed before it, and greet nobody twice", async () => {
    const before = as("rita");
    const order = await take(before, "boris", "sell");
    await greeted(before, order);
    await paid(before, order);
    await server.end("SIGKILL");
    await start();
    const rita = as("rita");
    await becomes(rita, order, "completed");
    await rated(rita, order);
    assert.equal((await linesOf(rita, order)).length, 1);
  });

  test("end with the server at once, in the middle of an order, and leave the books in order", async () => {
    const nina = as("nina");
    const order = await take(nina, "daria", "sell");
    await paid(nina, order);
    assert.equal(await server.end("SIGTERM"), 0, server.printed());
    assert.doesNotMatch(server.printed(), /(Daria|Boris): .*(abort|fault|error)/i);
    const database = await startEmbedded({ directory: join(dataDir, "postgres") });
    const { findings } = await audit(database.ownerUrl, DEFAULT_SETTINGS);
    await database.stop();
    assert.deepEqual(findings, []);
  });
});

test("nobody is simulated where the demo is not", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "parley-test-no-traders-"));
  const server = await startProgram({ DATA_DIR: dataDir, DEMO: "0" });
  try {
    assert.doesNotMatch(server.printed(), /answer by themselves/);
    const { ok, status } = await createClient({ baseUrl: server.address }).get("/p2p/users/{id}", {
      path: { id: "daria" },
    });
    assert.deepEqual([ok, status], [false, 404]);
  } finally {
    await server.end("SIGTERM");
    await rm(dataDir, { recursive: true, force: true });
  }
});
