/** The dossier: the whole story of an order as a chain that anybody can verify without us, and nobody can mend. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { calculateJwkThumbprint, compactVerify, exportJWK, generateKeyPair, importJWK } from "jose";
import { dossierCommand } from "../../src/cli/dossier.ts";
import { type Case, disputed, operatorCall, png, say, upload } from "../support/chats.ts";
import { runParley } from "../support/command-line.ts";
import { deskOf, type Json, type Market, startMarket } from "../support/market.ts";
import { AMOUNT, act, assertDone, completedAgo, trade, wallet } from "../support/trades.ts";

let market: Market;
let directory: string;
let found: Case;
/** After a whole life: chat, a file, marks, a hidden line, an operator's acts, an end, a rating. */
let mine: Json;
let theirs: Json;
const HIDDEN = "the words that were hidden";
before(async () => {
  market = await startMarket();
  directory = await mkdtemp(join(tmpdir(), "parley-dossier-"));
  found = await disputed(market);
  const { order, asBuyer, asSeller, asOperator } = found;
  const file = assertDone(await upload(asBuyer, order, png()), 201);
  assertDone(await say(asBuyer, order, "Отправил 😀", { attachment_ids: [file.id] }), 201);
  const secret = assertDone(await say(asSeller, order, HIDDEN), 201);
  assertDone(await asBuyer("POST", `/p2p/orders/${order.id}/messages/read`, { up_to_seq: secret.seq }));
  assert.equal((await operatorCall(asOperator, order, `messages/${secret.seq}/hide`, { reason: "abuse" })).status, 204);
  assertDone(await operatorCall(asOperator, order, "messages", { message: "looking" }), 201);
  const body = { outcome: "split", buyer_amount: 40_000, reason: "a part came" };
  assertDone(await operatorCall(asOperator, order, "resolve", body));
  assertDone(await asBuyer("POST", `/p2p/orders/${order.id}/rate`, { rating: 4, comment: "fair" }), 201);
  mine = assertDone(await asBuyer("GET", `/p2p/orders/${order.id}/dossier`));
  theirs = assertDone(await asOperator("GET", `/operator/orders/${order.id}`));
});
after(async () => {
  await rm(directory, { recursive: true, force: true });
  await market.end();
});

/** What the command says of a file; null when it accepts it. */
const refusalOf = async (content: string | Json, ...more: readonly string[]): Promise<string | null> => {
  const file = join(directory, "dossier.json");
  await writeFile(file, typeof content === "string" ? content : JSON.stringify(content));
  try {
    await dossierCommand.run(["verify", file, ...more], { env: {}, out: () => {} });
    return null;
  } catch (error) {
    assert.ok(error instanceof Error);
    return error.message;
  }
};
const edited = (edit: (dossier: Json) => void, original: Json = mine): Json => {
  const copy = structuredClone(original);
  edit(copy);
  return copy;
};

/** The rule of the chain, told a second time: the code's own is what is tested. */
const canonical = (value: Json): string => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
};
const rehash = (dossier: Json) => {
  let previous = "0".repeat(64);
  for (const entry of dossier.entries) {
    const { at, kind, data } = entry;
    entry.previous = previous;
    entry.hash = createHash("sha256")
      .update(previous + canonical({ at, kind, data }))
      .digest("hex");
    previous = entry.hash;
  }
};

test("each entry carries the hash of all before it, and the last one is signed with the key that we publish", async () => {
  for (const dossier of [mine, theirs]) {
    assert.deepEqual(edited(rehash, dossier), dossier);
    const times = dossier.entries.map(({ at }: Json) => Date.parse(at));
    assert.deepEqual(
      times,
      times.toSorted((a: number, b: number) => a - b),
    );
    const published = (await market.stranger("GET", "/.well-known/jwks.json")).body.keys;
    const { crv, kty, x, y } = published[0];
    assert.deepEqual(dossier.key, { crv, kty, x, y });
    assert.equal(await calculateJwkThumbprint(dossier.key), published[0].kid);
    const { payload, protectedHeader } = await compactVerify(dossier.signature, await importJWK(dossier.key, "ES256"));
    assert.equal(protectedHeader.typ, "parley-dossier+jws");
    assert.deepEqual(JSON.parse(new TextDecoder().decode(payload)), {
      version: dossier.version,
      order_id: dossier.order_id,
      made_at: dossier.made_at,
      entries: dossier.entries.length,
      head: dossier.entries.at(-1).hash,
    });
  }
});

test("a dossier's signature is no token", async () => {
  const headers = { authorization: `Bearer ${mine.signature}` };
  assert.equal((await market.stranger("GET", "/wallet", undefined, { headers })).status, 401);
});

test("it tells everything that happened, to each as one may know it", async () => {
  const kinds = (dossier: Json) => {
    const counts: Record<string, number> = {};
    for (const { kind } of dossier.entries) counts[kind] = (counts[kind] ?? 0) + 1;
    return counts;
  };
  const story = {
    order: 1,
    transfer: 3,
    status: 4,
    attachment: 1,
    message: 7,
    hidden_message: 1,
    read_mark: 1,
    rating: 1,
  };
  assert.deepEqual(kinds(mine), story);
  // assign, hide, message, resolve, and this very read.
  assert.deepEqual(kinds(theirs), { ...story, operator_act: 5 });
  const again = assertDone(await found.asSeller("GET", `/p2p/orders/${found.order.id}/dossier`));
  assert.deepEqual(again.entries, mine.entries, "both sides have the same story");
  const money = mine.entries.filter(({ kind }: Json) => kind === "transfer").map(({ data }: Json) => data);
  assert.deepEqual(
    money.map(({ kind, amount }: Json) => [kind, amount]),
    [
      ["escrow_hold", AMOUNT],
      ["escrow_release", 40_000],
      ["escrow_refund", AMOUNT - 40_000],
    ],
  );
});

test("what is left in a wallet is told to nobody else", async () => {
  const other = await trade(market, { status: "completed", funds: 7_654_321 });
  const left = (await wallet(market, other.seller)).available;
  assert.equal(left, 7_654_321 - AMOUNT);
  const { text } = await other.asBuyer("GET", `/p2p/orders/${other.order.id}/dossier`);
  for (const secret of [String(left), "7654321", "_after"]) assert.ok(!text.includes(secret), `it tells ${secret}`);
});

test("a hidden line's words are absent for the parties and present for operators", async () => {
  const line = (dossier: Json) =>
    dossier.entries.filter(({ kind, data }: Json) => kind === "message" && data.sender === found.seller).at(-1);
  for (const call of [found.asBuyer, found.asSeller]) {
    const { text } = await call("GET", `/p2p/orders/${found.order.id}/dossier`);
    assert.ok(!text.includes(HIDDEN));
    assert.ok(!text.includes("abuse"), "why is the operators' business");
    assert.ok(!text.includes(found.operator), "who the operator is, is the operators' business");
    assert.ok(text.includes(deskOf(found.operator)), "the operator has a name");
  }
  assert.deepEqual([line(mine).data.message, line(mine).data.attachment_ids], [null, []]);
  assert.equal(line(theirs).data.message, HIDDEN);
  const { seq } = line(theirs).data;
  const hidden = (dossier: Json) => dossier.entries.find(({ kind }: Json) => kind === "hidden_message").data;
  const order_id = found.order.id;
  assert.deepEqual(hidden(mine), { order_id, seq });
  assert.deepEqual(hidden(theirs), { order_id, seq, operator_id: found.operator, reason: "abuse" });
});

test("payment details are shown and masked as in the order", async () => {
  const detailsOf = (dossier: Json) => dossier.entries[0].data.payment_details;
  const check = async ({ order, asBuyer, asSeller, asOperator }: Case, masked: boolean) => {
    const shown = assertDone(await asBuyer("GET", `/p2p/orders/${order.id}`)).payment_details;
    assert.deepEqual(shown, { card_number: masked ? "••••1234" : "2200 0000 0000 1234" });
    for (const reply of [
      await asBuyer("GET", `/p2p/orders/${order.id}/dossier`),
      await asSeller("GET", `/p2p/orders/${order.id}/dossier`),
      await asOperator("GET", `/operator/orders/${order.id}`),
    ]) {
      assert.deepEqual(detailsOf(assertDone(reply)), shown);
      assert.equal(reply.text.includes("2200 0000 0000 1234"), !masked);
    }
  };
  const open = await disputed(market);
  await check(open, false);
  assertDone(await act(open.asBuyer, open.order, "cancel"));
  await check(open, true);
  const done = await disputed(market);
  assertDone(await act(done.asSeller, done.order, "confirm-received"));
  await check(done, false);
  await completedAgo(market, done.order, "30 days");
  await check(done, true);
});

test("the stored payment details, as ciphertext, are in no dossier", async () => {
  const [{ payment_details }] = (await market.sql(
    `select payment_details from exchange.orders where id = ${found.order.id}`,
  )) as [Json];
  for (const dossier of [mine, theirs]) assert.ok(!JSON.stringify(dossier).includes(payment_details));
});

test("the command accepts the real one, also spelled with other blanks, and with the key's thumbprint", async () => {
  const thumbprint = await calculateJwkThumbprint(mine.key);
  for (const dossier of [mine, theirs]) {
    assert.equal(await refusalOf(dossier), null);
    assert.equal(await refusalOf(JSON.stringify(dossier, null, 2)), null);
    assert.equal(await refusalOf(dossier, `--key=${thumbprint}`), null);
    assert.equal(await refusalOf(dossier, "--key", thumbprint), null);
    // A thumbprint is base64url: one of sixty-four begins with a hyphen.
    for (const other of ["another", "-another", "--key"]) {
      for (const named of [["--key", other], [`--key=${other}`]]) {
        assert.match((await refusalOf(dossier, ...named)) ?? "", /^NOT VALID/, named.join(" "));
      }
    }
  }
});

test("what no seal covers is not in it, and what is added is refused", async () => {
  for (const edit of [
    (dossier: Json) => Object.assign(dossier, { version: 2 }),
    (dossier: Json) => Object.assign(dossier, { version: "1" }),
    (dossier: Json) => Object.assign(dossier, { note: "the buyer paid" }),
    (dossier: Json) => Object.assign(dossier.key, { kid: "the bank's" }),
    (dossier: Json) => Object.assign(dossier.key, { use: "enc", alg: "none" }),
    (dossier: Json) => Object.assign(dossier.entries[0], { note: "x" }),
    (dossier: Json) => delete dossier.version,
  ]) {
    assert.notEqual(await refusalOf(edited(edit)), null, String(edit));
  }
});

test("as a program it says so by its exit code", async () => {
  const run = async (dossier: Json) => {
    const file = join(directory, "program.json");
    await writeFile(file, JSON.stringify(dossier));
    return runParley(["dossier", "verify", file]);
  };
  const good = await run(mine);
  assert.equal(good.code, 0, good.stderr);
  assert.match(good.stdout, new RegExp(`order ${mine.order_id}: ${mine.entries.length} entries`));
  const bad = await run(edited(({ entries }) => entries.pop()));
  assert.notEqual(bad.code, 0);
  assert.match(bad.stderr, /NOT VALID/);
  assert.doesNotMatch(bad.stderr, /\bat .+\.ts:\d+/);
});

test("any changed byte of it is refused", async () => {
  const text = JSON.stringify(mine);
  const told = (dossier: Json) => {
    const { version, order_id, made_at, entries, signature, key } = dossier;
    const { kty, crv, x, y } = key ?? {};
    const point = [x, y].map(signatureBytes);
    const read = {
      version,
      order_id,
      made_at,
      entries,
      signature: signatureBytes(signature),
      key: { kty, crv, point },
    };
    return JSON.stringify(read);
  };
  // The last character of base64url carries bits that no byte has.
  const signatureBytes = (signature: unknown) =>
    typeof signature === "string"
      ? signature.split(".").map((part) => Buffer.from(part, "base64url").toString("hex"))
      : null;
  const original = told(mine);
  const accepted: string[] = [];
  let tried = 0;
  for (let index = 0; index < text.length; index++) {
    const character = text[index] ?? "";
    const other = character === "1" ? "2" : /\d/.test(character) ? "1" : character === "a" ? "b" : "a";
    const changed = text.slice(0, index) + other + text.slice(index + 1);
    let same = false;
    try {
      same = told(JSON.parse(changed)) === original;
    } catch {
      // No JSON any more: that must be refused, too.
    }
    if (same) continue;
    tried++;
    if ((await refusalOf(changed)) === null) accepted.push(`…${changed.slice(Math.max(0, index - 30), index + 10)}…`);
  }
  assert.deepEqual(accepted, []);
  assert.ok(tried > text.length * 0.9, `${tried} of ${text.length}`);
});

test("an entry that was removed, doubled, swapped, added or made up is refused, also with the chain mended", async () => {
  const last = mine.entries.length - 1;
  const edits: ((dossier: Json) => void)[] = [
    ...mine.entries.map((_: Json, index: number) => (dossier: Json) => void dossier.entries.splice(index, 1)),
    ...mine.entries.slice(1).map((_: Json, index: number) => (dossier: Json) => {
      const { entries } = dossier;
      [entries[index], entries[index + 1]] = [entries[index + 1], entries[index]];
    }),
    ({ entries }) => entries.push(structuredClone(entries[last])),
    ({ entries }) => entries.reverse(),
    ({ entries }) => entries.splice(0),
    ({ entries }) => {
      entries[last].data.rating = 5;
    },
  ];
  for (const edit of edits) {
    assert.match((await refusalOf(edited(edit))) ?? "accepted", /^NOT VALID/);
    const mended = edited((dossier) => {
      edit(dossier);
      rehash(dossier);
    });
    assert.match((await refusalOf(mended)) ?? "accepted", /^NOT VALID: the signature/);
  }
});

test("a member that was slipped into an entry is refused", async () => {
  for (const index of [0, mine.entries.length - 1]) {
    const slipped = edited(({ entries }) => {
      entries[index].note = "the buyer never paid";
    });
    assert.match((await refusalOf(slipped)) ?? "accepted", /^NOT VALID/);
  }
});

test("another dossier's signature, another order's number and another key are refused", async () => {
  const { publicKey } = await generateKeyPair("ES256", { extractable: true });
  const key = await exportJWK(publicKey);
  for (const edit of [
    (dossier: Json) => (dossier.signature = theirs.signature),
    (dossier: Json) => (dossier.order_id += 1),
    (dossier: Json) => (dossier.made_at = theirs.made_at.replace("Z", "0Z")),
    (dossier: Json) => (dossier.key = key),
    (dossier: Json) => (dossier.entries = theirs.entries),
  ]) {
    assert.match((await refusalOf(edited((dossier) => void edit(dossier)))) ?? "accepted", /^NOT VALID/);
  }
});

test("what is no dossier is refused", async () => {
  for (const content of [
    "",
    "null",
    "[]",
    "{}",
    '{"entries":[],"signature":"x"}',
    '{"entries":[null],"signature":"x"}',
    "\u0000",
  ]) {
    assert.notEqual(await refusalOf(content), null, content);
  }
});
