/**
 * Whoever has no account and wants one's money, or wants nobody to come in: guesses, floods, links and cookies of others,
 * sites that write in somebody's name, and tokens that reach for more than they were made for.
 */
import assert from "node:assert/strict";
import { connect } from "node:net";
import { describe, test } from "node:test";
import pg from "pg";
import { createHashing } from "../../src/identity/passwords/index.ts";
import { runParleyInside } from "../support/command-line.ts";
import { eventually, type Json, type Market, type Reply, useMarket } from "../support/market.ts";
import {
  assertCode,
  freshLogin,
  giveAgain,
  openBrowser,
  PASSWORD,
  type Person,
  signIn,
  signUp,
} from "../support/people.ts";

const market = useMarket({ nodes: 2, env: { SIGN_UP: "open", TRUSTED_PROXIES: "127.0.0.1" } });
const invited = useMarket({ env: { SIGN_UP: "invite" } });
const WRONG = "not the right one";

let network = 0;
/** Of a network that nobody else here is in. */
const freshAddress = (): string => `10.${++network >> 16}.${(network >> 8) & 255}.${network & 255}`;
const somebody = (given: Json = {}): Promise<Person> => signUp(market, given, freshAddress());
const stranger = () => openBrowser(market, freshAddress());

/** Somebody who may make tokens. */
const maker = async (): Promise<Person> => {
  const person = await somebody();
  await giveAgain(market, person);
  return person;
};

const makeToken = async ({ call }: Person, given: Json = {}): Promise<Json> => {
  const body = { name: "bot", scope: "read", expires_in_days: 1, ...given };
  const reply = await call("POST", "/identity/tokens", body);
  assert.equal(reply.status, 201, reply.text);
  return reply.body;
};

const byToken = (token: string, method: string, path: string, body?: object, headers = {}): Promise<Reply> =>
  market.stranger(method, path, body, { headers: { authorization: `Bearer ${token}`, ...headers } });

const statusesOf = (replies: readonly Reply[]): number[] =>
  replies.map(({ status }) => status).toSorted((a, b) => a - b);
const many = <Result>(count: number, make: (n: number) => Promise<Result>): Promise<Result[]> =>
  Promise.all(Array.from({ length: count }, (_, n) => make(n)));

/** Everything that writes, as the document has it, with ids that lead nowhere. */
const writesOf = async (): Promise<{ method: string; path: string }[]> => {
  const document = (await market.stranger("GET", "/openapi.json")).body;
  return Object.entries<Json>(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods)
      .filter((method) => method !== "get")
      .map((method) => ({ method: method.toUpperCase(), path: path.replaceAll(/\{\w+\}/g, "1") })),
  );
};

describe("a flood of sign-ins", () => {
  test("leaves the event loop alone: a password is hashed elsewhere (F190)", async () => {
    const hashing = createHashing();
    let turns = 0;
    let over = false;
    const turn = () => {
      turns++;
      if (!over) setImmediate(turn);
    };
    setImmediate(turn);
    const hashes: string[] = [];
    for (let count = 0; count < 20; count++) hashes.push(await hashing.hash(PASSWORD));
    over = true;
    // Done in a turn of its own, each would be there before the next turn began.
    assert.ok(turns >= 19, String(turns));
    assert.equal(await hashing.verify(hashes[0] ?? null, PASSWORD), true);
  });

  test("does not keep others waiting: what they read is answered before the last of the flood (F190)", async () => {
    const { login } = await somebody();
    const order: string[] = [];
    const note = (what: string) => (reply: Reply) => {
      order.push(what);
      return reply;
    };
    const flood = many(300, () => signIn(stranger(), freshLogin(), WRONG).then(note("sign-in")));
    for (let count = 0; count < 20; count++) {
      const reply = await market.stranger("GET", "/p2p/ads?type=sell").then(note("read"));
      assert.equal(reply.status, 200);
    }
    const replies = await flood;
    assert.ok(order.lastIndexOf("read") < order.lastIndexOf("sign-in"), order.join(" "));
    for (const reply of replies)
      if (reply.status === 503) assert.equal(reply.body.code, "OVERLOADED");
      else assertCode(reply, 401, "SIGN_IN_FAILED");
    assert.equal((await signIn(stranger(), login)).status, 200);
  });

  test("that leaves no place to look at a password counts nothing against whom it turns away (F191)", async () => {
    const { login } = await somebody();
    const flood = many(300, () => signIn(stranger(), freshLogin(), WRONG));
    const turnedAway = (await many(40, () => signIn(stranger(), login))).filter(({ status }) => status === 503);
    await flood;
    const [row] = await market.sql(`select coalesce(sum(cardinality(failed_at)), 0)::int as failed
      from identity.attempts where scope = 'sign-in by login'
        and key = translate(rtrim(encode(sha256('${login}'::bytea), 'base64'), '='), '+/', '-_')`);
    assert.equal(row.failed, 0, `${turnedAway.length} were turned away`);
    assert.equal((await signIn(stranger(), login)).status, 200);
  });

  test("from one address leaves others a place", async () => {
    const address = freshAddress();
    const people = await many(8, () => somebody());
    // Of those who come at once from one address fifty are looked at, whether their password is right or not.
    const flood = many(200, () => signIn(openBrowser(market, address), freshLogin(), WRONG));
    const others = await Promise.all(people.map(({ login }) => signIn(stranger(), login)));
    assert.deepEqual(statusesOf(others), Array(8).fill(200));
    assert.equal(statusesOf(await flood).filter((status) => status === 401).length, 50);
  });
});

describe("guesses", () => {
  const lockedOut = async (login: string) => assertCode(await signIn(stranger(), login), 429, "RATE_LIMITED");

  test("at one login are five, however it is spelled and whoever asks", async () => {
    const { login } = await somebody();
    const spellings = [login, login.toUpperCase(), login.replace("u", "U"), login, login];
    for (const spelling of spellings) assertCode(await signIn(stranger(), spelling, WRONG), 401, "SIGN_IN_FAILED");
    await lockedOut(login);
  });

  test("from within a stolen session count with those at the door", async () => {
    const ann = await somebody();
    const guess = () => ann.call("POST", "/identity/password", { current_password: WRONG, password: `${PASSWORD} 2` });
    for (let count = 0; count < 5; count++) assertCode(await guess(), 401, "SIGN_IN_FAILED");
    assertCode(await guess(), 429, "RATE_LIMITED");
    await lockedOut(ann.login);
  });

  test("at links for a new password are fifty of one address, and each is answered alike", async () => {
    const browser = stranger();
    const texts = new Set<string>();
    for (let count = 0; count < 50; count++) {
      const reply = await browser.call("POST", "/identity/reset", { code: `guess-${count}`, password: PASSWORD });
      assertCode(reply, 403, "LINK_OVER");
      texts.add(reply.text);
    }
    assert.equal(texts.size, 1);
    assertCode(
      await browser.call("POST", "/identity/reset", { code: "one more", password: PASSWORD }),
      429,
      "RATE_LIMITED",
    );
  });

  test("by a new account each time end after fifty sign-ups of one address", async () => {
    const browser = stranger();
    const { login } = await somebody();
    const ask = () => browser.call("POST", "/identity/sign-up", { name: "Ann", login, password: PASSWORD });
    const statuses: number[] = [];
    for (let count = 0; count < 51; count++) statuses.push((await ask()).status);
    assert.deepEqual([statuses.indexOf(429), new Set(statuses.slice(0, 50))], [50, new Set([409])]);
  });

  test("tell nothing of who is here: unknown, wrong, locked and without a password are answered alike", async () => {
    const ann = await somebody();
    await market.sql(`insert into identity.people (id, login, name) values ('u_passwordless', 'passwordless', 'Bob')`);
    const [known, unknown, none] = [ann.login, freshLogin(), "passwordless"];
    const seen = new Map<string, string[]>();
    for (const login of [known, unknown, none]) {
      const told: string[] = [];
      for (let count = 0; count < 6; count++) {
        const { status, text, headers } = await signIn(stranger(), login, WRONG);
        const wait = headers["retry-after"] === undefined ? "" : "wait";
        told.push(
          `${status} ${JSON.parse(text).code} ${JSON.parse(text).message} ${wait} ${Object.keys(headers).sort()}`,
        );
      }
      seen.set(login, told);
    }
    assert.deepEqual(seen.get(unknown), seen.get(known));
    assert.deepEqual(seen.get(none), seen.get(known));
    assert.match(seen.get(known)?.[5] ?? "", /^429 RATE_LIMITED/);
  });

  test("by the public id of somebody, which everybody sees, open nothing", async () => {
    const { id } = await somebody();
    assertCode(await signIn(stranger(), id), 401, "SIGN_IN_FAILED");
  });
});

describe("somebody else's cookie", () => {
  test("planted in a browser before its owner signs in opens nothing afterwards", async () => {
    const [mallory, ann] = [await somebody(), await somebody()];
    const planted = mallory.cookie() ?? "";
    const reply = await market.stranger(
      "POST",
      "/identity/sign-in",
      { login: ann.login, password: PASSWORD },
      {
        headers: {
          cookie: planted,
          origin: market.nodes[0]?.address ?? "",
          "parley-client": "test",
          "x-forwarded-for": freshAddress(),
        },
      },
    );
    assert.equal(reply.body.person.id, ann.id);
    assert.ok(!String(reply.headers["set-cookie"]).includes(planted.split("=")[1] ?? "-"));
    // What was planted is over, and was never Ann's.
    assertCode(
      await market.stranger("GET", "/wallet", undefined, { headers: { cookie: planted } }),
      401,
      "UNAUTHORIZED",
    );
  });

  test("of one's own making is not taken as a session, whatever it holds", async () => {
    const ann = await somebody();
    const [{ id }] = await market.sql(`select id from identity.sessions where person_id = '${ann.id}'`);
    const [{ hash }] = await market.sql(
      `select translate(rtrim(encode(secret_hash, 'base64'), '='), '+/', '-_') as hash from identity.sessions where id = '${id}'`,
    );
    for (const value of [id, ann.id, hash, "A".repeat(43)])
      assertCode(
        await market.stranger("GET", "/wallet", undefined, { headers: { cookie: `parley=${value}` } }),
        401,
        "UNAUTHORIZED",
      );
  });

  test("together with a token is neither of both callers", async () => {
    const ann = await maker();
    const { token } = await makeToken(ann);
    for (const [method, path] of [
      ["GET", "/wallet"],
      ["GET", "/identity/session"],
      ["POST", "/identity/sign-out"],
      ["DELETE", "/identity/tokens/t_1"],
    ] as const) {
      const reply = await ann.call(method, path, undefined, { headers: { authorization: `Bearer ${token}` } });
      assertCode(reply, 400, "VALIDATION_ERROR");
    }
    assert.equal((await ann.call("GET", "/wallet")).status, 200);
  });
});

describe("another site's page", () => {
  test("writes nothing with a cookie, by any route that there is", async () => {
    const ann = await maker();
    const writes = await writesOf();
    assert.ok(writes.length > 40, String(writes.length));
    for (const { method, path } of writes)
      for (const origin of ["https://evil.example", "null", `${market.nodes[0]?.address}.evil.example`]) {
        const reply = await ann.bare(method, path, {}, { headers: { origin, "parley-client": "test" } });
        assert.deepEqual([reply.status, reply.body?.code], [403, "CROSS_SITE"], `${method} ${path} from ${origin}`);
      }
    assert.equal((await ann.call("GET", "/wallet")).status, 200);
    assert.deepEqual((await ann.call("GET", "/identity/tokens")).body.items, []);
  });

  test("sends no form that a browser would send without asking", async () => {
    const ann = await somebody();
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]) {
      const reply = await ann.bare("POST", "/p2p/notifications/read", undefined, {
        raw: "{}",
        headers: { "content-type": type, origin: "https://evil.example" },
      });
      assertCode(reply, 403, "CROSS_SITE");
    }
  });

  test("is told nothing that it could read, and may send no header of ours", async () => {
    const headers = {
      origin: "https://evil.example",
      "access-control-request-method": "POST",
      "access-control-request-headers": "parley-client",
    };
    const reply = await market.stranger("OPTIONS", "/identity/sign-in", undefined, { headers });
    assert.equal(reply.headers["access-control-allow-origin"], undefined);
    assert.equal(reply.headers["access-control-allow-credentials"], undefined);
  });
});

/** Holds somebody's row, does something to it meanwhile, and lets go. */
const whileHeld = async <Result>(
  { database }: Market,
  personId: string,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> => {
  const client = new pg.Client({ connectionString: database.superuserUrl });
  await client.connect();
  try {
    await client.query("begin");
    await client.query("select from identity.people where id = $1 for update", [personId]);
    const result = await work(client);
    await client.query("commit");
    return result;
  } finally {
    await client.end();
  }
};

/** Until so many acts of identity wait for a row. */
const waitsForRow = (client: pg.Client) =>
  eventually(async () => {
    const { rows } = await client.query(
      "select from pg_stat_activity where wait_event_type = 'Lock' and application_name = 'parley identity'",
    );
    return rows.length > 0;
  }, "the act to wait for the row");

describe("a session that is ended elsewhere", () => {
  test("leaves no token behind that it was just about to make (F192)", async () => {
    const ann = await maker();
    const sent = await whileHeld(market, ann.id, async (client) => {
      const answer = ann.call("POST", "/identity/tokens", { name: "thief", scope: "trade", expires_in_days: 365 });
      await waitsForRow(client);
      await client.query("delete from identity.sessions where person_id = $1", [ann.id]);
      return { answer };
    });
    assertCode(await sent.answer, 401, "UNAUTHORIZED");
    const rows = await market.sql(`select from identity.tokens where person_id = '${ann.id}'`);
    assert.equal(rows.length, 0);
  });

  test("ends once for two who end it at once", async () => {
    const ann = await somebody();
    const other = stranger();
    await signIn(other, ann.login);
    const [theirs] = (await ann.call("GET", "/identity/sessions")).body.items.filter(({ current }: Json) => !current);
    const replies = await many(4, () => ann.call("DELETE", `/identity/sessions/${theirs.id}`));
    assert.deepEqual(statusesOf(replies), [204, 404, 404, 404]);
    assertCode(await other.call("GET", "/wallet"), 401, "UNAUTHORIZED");
  });
});

describe("a link that works once", () => {
  const parley = (of: Market, ...args: readonly string[]) =>
    runParleyInside(args, { DATABASE_URL: of.database.servingUrl, DATA_DIR: of.dataDir });
  const codeIn = (printed: string, name: string): string => new URL(printed.trim()).searchParams.get(name) ?? "";

  test("brings one person in, however many come with the invitation at once", async () => {
    const made = await parley(invited, "invite", "--url", "https://parley.example");
    const invite = codeIn(made.stdout, "invite");
    const logins = Array.from({ length: 8 }, freshLogin);
    const replies = await Promise.all(
      logins.map((login) =>
        openBrowser(invited).call("POST", "/identity/sign-up", { name: "Ann", login, password: PASSWORD, invite }),
      ),
    );
    assert.deepEqual(statusesOf(replies), [201, ...Array(7).fill(403)]);
    const list = logins.map((login) => `'${login}'`).join(", ");
    assert.equal((await invited.sql(`select from identity.people where login in (${list})`)).length, 1);
  });

  test("sets one password, however many come with it at once, and is worth nothing afterwards", async () => {
    const ann = await somebody();
    const made = await parley(market, "identity", "reset", "--user", ann.login, "--url", "https://parley.example");
    const code = codeIn(made.stdout, "code");
    assert.notEqual(code, "", made.stdout + made.stderr);
    const passwords = Array.from({ length: 6 }, (_, n) => `${PASSWORD} number ${n}`);
    const replies = await Promise.all(
      passwords.map((password) => stranger().call("POST", "/identity/reset", { code, password })),
    );
    assert.deepEqual(statusesOf(replies), [204, ...Array(5).fill(403)]);
    const chosen = passwords[replies.findIndex(({ status }) => status === 204)] ?? "";
    assert.equal((await signIn(stranger(), ann.login, chosen)).status, 200);
    assertCode(await ann.call("GET", "/wallet"), 401, "UNAUTHORIZED");
    assertCode(
      await stranger().call("POST", "/identity/reset", { code, password: "yet another one" }),
      403,
      "LINK_OVER",
    );
  });
});

describe("a personal token", () => {
  test("of somebody else is not there, and goes on", async () => {
    const [ann, mallory] = [await maker(), await maker()];
    const { id, token } = await makeToken(ann);
    assertCode(await mallory.call("DELETE", `/identity/tokens/${id}`), 404, "NOT_FOUND");
    assert.deepEqual((await mallory.call("GET", "/identity/tokens")).body.items, []);
    assert.equal((await byToken(token, "GET", "/wallet")).status, 200);
  });

  test("is one of twenty when twenty-one are asked for at once", async () => {
    const ann = await maker();
    const replies = await many(21, (n) =>
      ann.call("POST", "/identity/tokens", { name: `bot ${n}`, scope: "read", expires_in_days: 1 }, { node: n % 2 }),
    );
    const [refused, ...others] = replies.filter(({ status }) => status !== 201);
    assert.ok(refused !== undefined && others.length === 0, String(statusesOf(replies)));
    assertCode(refused, 409, "TOO_MANY_TOKENS");
    assert.equal((await ann.call("GET", "/identity/tokens")).body.items.length, 20);
  });

  test("that is guessed, cut, or spelled otherwise is none", async () => {
    const ann = await maker();
    const { token } = await makeToken(ann);
    const forged = [
      token.slice(0, -1),
      `${token}A`,
      token.replace("pat_", "PAT_"),
      token.replace("pat_", ""),
      `pat_${"A".repeat(43)}`,
      `${token}.${token}.${token}`,
      `pat_${token}`,
      "pat_",
    ];
    for (const other of forged) assertCode(await byToken(other, "GET", "/wallet"), 401, "UNAUTHORIZED");
    for (const authorization of [token, `Basic ${token}`, `Bearer  ${token}`, `Bearer ${token} ${token}`])
      assertCode(
        await market.stranger("GET", "/wallet", undefined, { headers: { authorization } }),
        401,
        "UNAUTHORIZED",
      );
    assertCode(await market.stranger("GET", `/wallet?access_token=${token}`), 401, "UNAUTHORIZED");
    assertCode(
      await market.stranger("GET", "/wallet", undefined, { headers: { cookie: `parley=${token}` } }),
      401,
      "UNAUTHORIZED",
    );
    assert.equal((await byToken(token, "GET", "/wallet")).status, 200);
  });

  test("that reads writes nothing by another method's name (F193)", async () => {
    const ann = await maker();
    const { token } = await makeToken(ann);
    const ad = {
      type: "buy",
      fiat_currency: "RUB",
      min_amount: 100_000,
      max_amount: 200_000,
      payment_methods: ["card"],
    };
    for (const name of ["x-http-method-override", "x-http-method", "x-method-override"])
      for (const method of ["GET", "HEAD"]) {
        const reply = await byToken(token, method, "/p2p/ads/my", undefined, { [name]: "POST" });
        assert.equal(reply.status, 200, name);
      }
    assertCode(
      await byToken(token, "POST", "/p2p/ads", ad, { "x-http-method-override": "GET" }),
      403,
      "INSUFFICIENT_SCOPE",
    );
    assertCode(await byToken(token, "POST", "/p2p/ads?_method=GET", ad), 403, "INSUFFICIENT_SCOPE");
    assert.deepEqual((await ann.call("GET", "/p2p/ads/my")).body.items, []);
  });

  test("reaches nothing closed to it by HEAD, or by another spelling of the path (F193)", async () => {
    const ann = await maker();
    const { token } = await makeToken(ann, { scope: "trade" });
    assert.equal((await byToken(token, "HEAD", "/identity/tokens")).status, 403);
    assert.equal((await byToken(token, "HEAD", "/operator/disputes")).status, 403);
    const spellings = [
      "/api/v1/%69dentity/tokens",
      "/api/v1/identity/%74okens",
      "/api/v1/identity/tokens/",
      "/api/v1//identity/tokens",
      "/api/v1/p2p/../identity/tokens",
      "/api/v1/p2p/%2e%2e/identity/tokens",
      "/api/v1/p2p/..%2fidentity/tokens",
      "/api/v1/IDENTITY/tokens",
      "/api/v1/identity/tokens?x",
      "/api/v1/identity/tokens;x=1",
      "/api/v1/identity/tokens%00",
      "/api/v1/identity\\tokens",
      "//evil.example/api/v1/identity/tokens",
    ];
    for (const path of spellings) {
      const { status, text } = await rawGet(path, token);
      assert.ok([400, 403, 404].includes(status), `${path}: ${status} ${text}`);
      assert.ok(!text.includes('"items"'), path);
    }
    const order = "/api/v1/p2p/orders/1/%63onfirm-received";
    const { status, text } = await rawSend("POST", order, token);
    assert.equal(status, 403, text);
    assert.match(text, /INSUFFICIENT_SCOPE/);
  });
});

/** As it is written, where a client would tidy the path up. */
const rawSend = (method: string, path: string, token: string): Promise<{ status: number; text: string }> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(market.nodes[0]?.address ?? "");
    const socket = connect({ host: hostname, port: Number(port) });
    let text = "";
    socket.setEncoding("latin1");
    socket.on("data", (chunk) => (text += chunk));
    socket.on("error", reject);
    socket.on("end", () => resolve({ status: Number(text.split(" ")[1]), text }));
    socket.write(
      `${method} ${path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer ${token}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
    );
  });
const rawGet = (path: string, token: string) => rawSend("GET", path, token);
