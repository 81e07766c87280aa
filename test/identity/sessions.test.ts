/** Where somebody is signed in: shown, ended one by one or all, everywhere within a second, streams too. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { eventually, type Json, useMarket } from "../support/market.ts";
import { assertCode, type Browser, openBrowser, PASSWORD, signIn, signUp } from "../support/people.ts";
import { openStream } from "../support/streams.ts";

const market = useMarket({ nodes: 2, env: { SIGN_UP: "open" } });
/** The contract's. */
const WITHIN_MS = 1_000;
/** What a busy machine adds, to a promise that the product keeps by itself. */
const SLACK_MS = 4_000;

const sessionsOf = async ({ call }: Browser): Promise<Json[]> => {
  const reply = await call("GET", "/identity/sessions");
  assert.equal(reply.status, 200, reply.text);
  return reply.body.items;
};

const streamOf = (browser: Browser, node: number) => openStream(market, { cookie: browser.cookie() ?? "" }, node);

describe("sessions", () => {
  test("are listed, newest first, with device, address, since and last, and which one is the caller's", async () => {
    const ann = await signUp(market);
    const phone = openBrowser(market);
    await phone.call(
      "POST",
      "/identity/sign-in",
      { login: ann.login, password: PASSWORD },
      { headers: { "user-agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1" } },
    );
    const [second, first] = await sessionsOf(ann);
    assert.deepEqual([second.device, second.address, second.current], ["Safari, iPhone", "127.0.0.1", false]);
    assert.deepEqual([first.device, first.current], ["unknown", true]);
    assert.ok(Date.parse(second.since) >= Date.parse(first.since));
    const page = await ann.call("GET", "/identity/sessions?limit=1");
    assert.deepEqual([page.body.items.length, page.body.has_more], [1, true]);
    const next = await ann.call("GET", `/identity/sessions?limit=1&cursor=${page.body.next}`);
    assert.deepEqual([next.body.items[0].id, next.body.has_more, next.body.next], [first.id, false, null]);
  });

  test("end one by one, on the other node too, with their streams, within a second", async () => {
    const ann = await signUp(market);
    const other = openBrowser(market);
    await signIn(other, ann.login);
    for (const node of [0, 1]) assert.equal((await other.call("GET", "/wallet", undefined, { node })).status, 200);
    const streams = [streamOf(other, 0), streamOf(other, 1)];
    for (const { text } of streams) await eventually(async () => text().includes("id:"), "the first frame");
    const [theirs] = (await sessionsOf(ann)).filter(({ current }) => !current);
    const ended = performance.now();
    assert.equal((await ann.call("DELETE", `/identity/sessions/${theirs.id}`)).status, 204);
    await Promise.all(streams.map(({ ended: end }) => end));
    const took = performance.now() - ended;
    assert.ok(took < WITHIN_MS + SLACK_MS, `${took} ms`);
    for (const { text } of streams) assert.match(text(), /event: ?end\ndata: ?\{"reason":"session_ended"\}/);
    for (const node of [0, 1]) assertCode(await other.call("GET", "/wallet", undefined, { node }), 401, "UNAUTHORIZED");
    assert.equal((await ann.call("GET", "/wallet")).status, 200);
  });

  test("end all but the one that asks", async () => {
    const ann = await signUp(market);
    const others = [openBrowser(market), openBrowser(market)];
    for (const other of others) await signIn(other, ann.login);
    assert.equal((await ann.call("DELETE", "/identity/sessions")).status, 204);
    for (const other of others) assertCode(await other.call("GET", "/wallet"), 401, "UNAUTHORIZED");
    assert.equal((await sessionsOf(ann)).length, 1);
  });

  test("of others are not there, and stay", async () => {
    const [ann, bob] = [await signUp(market), await signUp(market)];
    const [theirs] = await sessionsOf(bob);
    assertCode(await ann.call("DELETE", `/identity/sessions/${theirs.id}`), 404, "NOT_FOUND");
    assert.equal((await bob.call("GET", "/wallet")).status, 200);
  });

  test("are not ended by a token", async () => {
    const ann = await signUp(market);
    assertCode(await market.as(ann.id)("DELETE", "/identity/sessions"), 403, "FORBIDDEN");
  });

  test("a key has one effect: repeated, it ends nothing that began since", async () => {
    const ann = await signUp(market);
    const first = await ann.call("DELETE", "/identity/sessions", undefined, { key: "all-others" });
    const other = openBrowser(market);
    await signIn(other, ann.login);
    const again = await ann.call("DELETE", "/identity/sessions", undefined, { key: "all-others" });
    assert.deepEqual([first.status, again.status, again.headers["idempotent-replay"]], [204, 204, "true"]);
    assert.equal((await other.call("GET", "/wallet")).status, 200);
    const reused = await ann.call("DELETE", "/identity/sessions/s_x", undefined, { key: "all-others" });
    assertCode(reused, 422, "IDEMPOTENCY_KEY_REUSED");
  });

  test("of one person are fifty at the most: the oldest makes room", async () => {
    const ann = await signUp(market);
    await market.sql(`insert into identity.sessions (id, person_id, secret_hash, expires_at, agent, address)
      select 's_x' || n || '${ann.id.slice(2)}', '${ann.id}', sha256(('${ann.id}' || n)::bytea), now() + interval '1 day', '', ''
      from generate_series(1, 60) n`);
    await signIn(openBrowser(market), ann.login);
    const [row] = await market.sql(`select count(*)::int as n from identity.sessions where person_id = '${ann.id}'`);
    assert.equal(row.n, 50);
  });
});

describe("a session is over", () => {
  test("after fourteen days, and after twelve idle hours for whoever has a role", async () => {
    const [ann, olga] = [await signUp(market), await signUp(market)];
    await market.sql(`update identity.people set roles = '{operator}', second_factor = true where id = '${olga.id}'`);
    await market.sql(`update identity.sessions set last_seen_at = now() - interval '13 hours'`);
    // What the nodes remember of these is told to be read anew, as every act does.
    await market.sql(`with head as (update identity.changes_head set position = position + 2 returning position)
      insert into identity.changes (position, person_id) select position - 1, '${ann.id}' from head
      union all select position, '${olga.id}' from head`);
    await eventually(async () => (await olga.call("GET", "/wallet")).status === 401, "the idle operator is out");
    assert.equal((await ann.call("GET", "/wallet")).status, 200);
    await market.sql(`update identity.sessions set expires_at = now() where person_id = '${ann.id}'`);
    await market.sql(`with head as (update identity.changes_head set position = position + 1 returning position)
      insert into identity.changes (position, person_id) select position, '${ann.id}' from head`);
    await eventually(async () => (await ann.call("GET", "/wallet")).status === 401, "the old session is over");
  });
});

describe("a role", () => {
  const grant = async (user: string, role: string, act = "add") => {
    const token = await market.nodes[0]?.issuer.signToken({
      sub: "chief",
      roles: ["operator", "rail_operator"],
      ttlSeconds: 60,
    });
    const headers = { authorization: `Bearer ${token}` };
    return market.stranger("POST", `/operator/users/${user}/roles`, { role, act }, { headers });
  };

  test("is given by an operator who is a rail_operator, noted, told, and taken again at once", async () => {
    const ann = await signUp(market);
    const granted = await grant(ann.id, "operator");
    assert.deepEqual([granted.status, granted.body.roles], [200, ["operator"]]);
    // Without a second factor nobody acts by a role.
    assertCode(await ann.call("GET", "/operator/disputes"), 403, "SECOND_FACTOR_REQUIRED");
    assert.deepEqual((await ann.call("GET", "/identity/session")).body.person.roles, ["operator"]);
    assert.equal((await grant(ann.id, "operator", "remove")).status, 200);
    assertCode(await ann.call("GET", "/operator/disputes"), 403, "FORBIDDEN");
    const acts = await market.sql(`select actor, act from identity.acts where person_id = '${ann.id}' order by id`);
    assert.deepEqual(
      acts.map(({ actor, act }) => `${actor} ${act}`),
      ["chief add-role", "chief remove-role"],
    );
    const told = await eventually(async () => {
      const { body } = await ann.call("GET", "/p2p/notifications");
      return body.items.length >= 2 && body.items;
    }, "both notices");
    assert.deepEqual(
      told.map(({ type, data }: Json) => `${type} ${data.change} ${data.by} ${data.name}`),
      ["security.updated roles_changed operator operator", "security.updated roles_changed operator operator"],
    );
  });

  test("is given by no other, to nobody who is not there, and never to oneself", async () => {
    const ann = await signUp(market);
    assertCode(
      await market.as("olga", "operator")("POST", `/operator/users/${ann.id}/roles`, { role: "operator", act: "add" }),
      403,
      "FORBIDDEN",
    );
    assertCode(await grant("u_nobodyhere22", "operator"), 404, "USER_NOT_FOUND");
    assertCode(await grant("chief", "platform"), 403, "FORBIDDEN");
    assertCode(await grant(ann.id, "king"), 400, "VALIDATION_ERROR");
  });
});
