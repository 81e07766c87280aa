/** Operators look people up: whom they find, what they see of somebody, and that each look is written down. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { indebted, suspension } from "../support/claims.ts";
import { deskOf, type Json, useMarket } from "../support/market.ts";
import { signUp } from "../support/people.ts";
import { act, assertDone, assertInvalid, assertRefused, ENOUGH, someone, trade } from "../support/trades.ts";

const market = useMarket({ env: { ACCOUNTS: "1", SIGN_UP: "open" } });

const operator = someone("operator");
const asOperator = () => market.as(operator, "operator");
const find = async (query: string): Promise<Json> => assertDone(await asOperator()("GET", `/operator/users?${query}`));
const idsOf = ({ items }: Json): string[] => items.map(({ profile }: Json) => profile.id);
const person = async (id: string): Promise<Json> =>
  assertDone(await asOperator()("GET", `/operator/users/${encodeURIComponent(id)}`));

/** Somebody whose token bears a name. */
const named = async (id: string, name: string): Promise<string> => {
  const token = await market.nodes[0]?.issuer.signToken({ sub: id, name, roles: [], ttlSeconds: 600 });
  assertDone(await market.stranger("GET", "/p2p/me", undefined, { headers: { authorization: `Bearer ${token}` } }));
  return id;
};

test("somebody is found by id, by login and by how the name begins, whatever the capital letters", async () => {
  const vasya = await named("v/1%_", "Василий Ёлкин");
  const percent = await named("percent", "100% honest");
  const ann = await signUp(market, { name: "Annabella" });
  assertDone(await ann.call("GET", "/p2p/me"));
  assert.deepEqual(idsOf(await find(`query=${encodeURIComponent(vasya)}`)), [vasya]);
  assert.deepEqual(idsOf(await find(`query=${encodeURIComponent("васи")}`)), [vasya]);
  assert.deepEqual(idsOf(await find(`query=${ann.login.toUpperCase()}`)), [ann.id]);
  assert.deepEqual(idsOf(await find("query=ANNAb")), [ann.id]);
  assert.deepEqual(idsOf(await find("query=bella")), [], "a name is found by its beginning");
  assert.deepEqual(idsOf(await find(`query=${encodeURIComponent("100%")}`)), [percent]);
  assert.deepEqual(idsOf(await find(`query=${encodeURIComponent("%")}`)), [], "a sign is no pattern");
  assert.deepEqual(idsOf(await find(`query=${encodeURIComponent("_")}`)), []);
  const [{ login, standing }] = (await find(`query=${ann.id}`)).items;
  assert.deepEqual([login, standing], [ann.login, { user_id: ann.id, suspended: null, owed: 0 }]);
});

test("a page follows the other, with whoever was meant exactly at the head of the first, and nobody twice", async () => {
  const ids = [];
  for (const last of ["c", "a", "b", "a"]) ids.push(await named(someone("page"), `Pagewise ${last}`));
  // Whose id is what is asked for, and whose name comes last.
  const exact = await named("pagewise", "Zoe");
  const seen: string[] = [];
  let next: string | null = "";
  while (next !== null) {
    const page: Json = await find(`query=pagewise&limit=2${next === "" ? "" : `&cursor=${next}`}`);
    seen.push(...idsOf(page));
    assert.equal(page.has_more, page.next !== null);
    next = page.next;
  }
  assert.deepEqual(seen, [exact, ids[1], ids[3], ids[2], ids[0]]);
  // A cursor of another list leads to nobody who was not asked for.
  const foreign = (await find("query=pagewise&limit=2")).next;
  assert.deepEqual(idsOf(await find(`query=annab&cursor=${foreign}`)).includes(String(ids[0])), false);
  assert.deepEqual(idsOf(await find("query=pagewise&cursor=AAAA")).length, 4);
});

test("without a question the list is of those who are stopped or owe", async () => {
  const { seller } = await indebted(market);
  const stopped = someone("stopped");
  await market.fund(stopped, ENOUGH);
  assert.ok(!idsOf(await find("limit=100")).includes(stopped));
  assertDone(await suspension(asOperator(), stopped, "suspend"));
  const { items } = await find("limit=100");
  const found = new Map<string, Json>(items.map((item: Json) => [item.profile.id, item.standing]));
  assert.equal(found.get(stopped).suspended, "operator");
  assert.equal(found.get(seller).suspended, "debt");
  assert.ok(found.get(seller).owed > 0);
  assertDone(await suspension(asOperator(), stopped, "resume"));
  assert.ok(!idsOf(await find("limit=100")).includes(stopped));
  const [one, two] = [await find("limit=1"), await find("limit=1&offset=1")];
  assert.notDeepEqual(idsOf(one), idsOf(two));
});

test("a person is shown with record, debts, strikes, roles and what operators said", async () => {
  const { seller, order, buyer } = await indebted(market, 40_000);
  assertDone(await suspension(asOperator(), seller, "suspend", { reason: "two cards of one bank" }));
  assertDone(await suspension(asOperator(), seller, "resume", { reason: "pays back", despite_debt: true }));
  const shown = await person(seller);
  assert.deepEqual(
    shown.debts.map(({ since: _, ...debt }: Json) => debt),
    [{ order_id: order.id, creditor: { id: buyer, name: null }, amount: 60_000, outstanding: 60_000 }],
  );
  assert.deepEqual(shown.standing, { user_id: seller, suspended: null, owed: 60_000 });
  assert.deepEqual(
    shown.judgements.map(({ act, by, reason, despite_debt }: Json) => [act, by, reason, despite_debt]),
    [
      ["resume", deskOf(operator), "pays back", true],
      ["suspend", deskOf(operator), "two cards of one bank", false],
    ],
  );
  // The seller had cancelled the order that was paid.
  assert.equal(shown.strikes.length, 1);
  assert.deepEqual([shown.account, shown.struck_out_until, shown.open_disputes], [null, null, 0]);

  const ann = await signUp(market, { name: "Parley Support" });
  assertDone(await ann.call("GET", "/p2p/me"));
  await market.sql(`update identity.people set roles = '{platform}', second_factor = true where id = '${ann.id}'`);
  const { account, profile } = await person(ann.id);
  assert.equal(profile.name, "Parley Support", "an operator sees what others do not");
  assert.deepEqual([account.login, account.roles, account.second_factor], [ann.login, ["platform"], true]);
});

test("a strike counts for a day and is shown for as long; who has too many is out", async () => {
  const { order, asBuyer, buyer } = await trade(market, { funds: ENOUGH });
  assertDone(await act(asBuyer, order, "cancel"));
  assert.equal((await person(buyer)).strikes.length, 1);
  await market.sql(`update exchange.traders set strikes = array_fill(now() - interval '25 hours', array[4]) || strikes
    where id = '${buyer}'`);
  assert.equal((await person(buyer)).strikes.length, 1);
});

test("only operators look, with a question of one line, and each look is in the audit trail", async () => {
  const user = someone("watched");
  await market.fund(user, ENOUGH);
  for (const call of [market.as(user), market.as("host", "platform")]) {
    assertRefused(await call("GET", `/operator/users?query=${user}`), "FORBIDDEN");
    assertRefused(await call("GET", `/operator/users/${user}`), "FORBIDDEN");
  }
  assert.equal((await market.stranger("GET", "/operator/users")).status, 401);
  assertInvalid(await asOperator()("GET", "/operator/users?query="), "/query");
  assertInvalid(await asOperator()("GET", "/operator/users?query=a%0Ab"), "/query");
  assertInvalid(await asOperator()("GET", `/operator/users?query=${"x".repeat(255)}`), "/query");
  await find(`query=${user}`);
  await person(user);
  assertRefused(await asOperator()("GET", "/operator/users/nobody-of-this-name"), "USER_NOT_FOUND");
  const acts = await market.sql(`select act, details from exchange.operator_acts where operator_id = '${operator}'
    order by id desc limit 3`);
  assert.deepEqual(
    acts.toReversed().map(({ act, details }) => [act, details]),
    [
      ["read_people", { asked: user, people: [user] }],
      ["read_person", { asked: user, people: [user] }],
      ["read_person", { asked: "nobody-of-this-name", people: [] }],
    ],
  );
});
