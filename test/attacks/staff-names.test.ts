/** Who calls themselves what we are called, so that somebody pays because an operator said so. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import fc from "fast-check";
import { looksLikeStaff } from "../../src/exchange/traders/index.ts";
import { type Market, startMarket } from "../support/market.ts";

const STAFF = [
  "operator",
  "Support",
  "ADMIN",
  "Parley",
  "Parley Support",
  "superadmin2024",
  "Administrator",
  "оператор",
  "Оператор Анна",
  "поддержка",
  "Служба поддержки",
  "Саппорт",
  "техподдержка",
  "админ",
  "Администратор",
  "Парли",
  "Парлей",
  "підтримка",
  "Служба підтримки",
  "адмін",
  "Адміністратор",
  "Парлі",
  "podderzhka",
  "Pidtrymka",
] as const;

const DISGUISED = [
  ["Cyrillic among Latin letters", "оpеrаtоr"],
  ["Latin among Cyrillic letters", "oпepaтop"],
  ["Greek letters", "ορεrατοr"],
  ["digits for letters", "0p3r4t0r"],
  ["signs for letters", "@dm!n"],
  ["dollars", "$upport"],
  ["letters with marks", "Ådmîñ"],
  ["piled marks", "a\u0301\u0300d\u0316m\u0323i\u0307n"],
  ["nothing between letters that can be seen", "ad\u200bm\u2060i\u00adn"],
  ["dots between letters", "a.d.m.i.n"],
  ["blanks between letters", "S U P P O R T"],
  ["a hyphen", "sup-port"],
  ["a word in two", "Ad min"],
  ["an underscore and a number", "_admin_1"],
  ["letters twice", "suppporrt"],
  ["wide letters", "ａｄｍｉｎ"],
  ["mathematical letters", "𝒐𝒑𝒆𝒓𝒂𝒕𝒐𝒓"],
  ["letters in circles", "ⓢⓤⓟⓟⓞⓡⓣ"],
  ["letters in boxes", "🅰🅳🅼🅸🅽"],
  ["small capitals", "ᴘᴀʀʟᴇʏ"],
  ["flags", "🇦🇩🇲🇮🇳"],
  ["a capital i for an l", "ParIey"],
  ["two letters that look like one", "adrnin"],
  ["two others that look like one", "aclmin"],
  ["a Cyrillic letter by its sound", "opeрator"],
  ["Ukrainian and Latin letters, and a digit", "П1дтрuмка".toLowerCase()],
  ["a mirrored letter", "ADMIИ"],
] as const;

const PEOPLE = [
  "Anna",
  "Ольга",
  "Сергій",
  "Brad Minor",
  "Chad Miner",
  "Badminton Club",
  "Бадминтон",
  "Port Trader",
  "Perato",
  "Адам",
  "Дмитрий",
  "Parker",
  "Пётр Парлов",
  "Ada M.",
  "Vera",
  "Оперный певец",
  "Подольск",
  "USDT 24/7",
  "x",
  "1",
  "💸",
] as const;

describe("F127: a name that passes for ours", () => {
  test("is known by its word, in three languages", () => {
    for (const name of STAFF) assert.equal(looksLikeStaff(name), true, name);
  });

  for (const [how, name] of DISGUISED)
    test(`is known behind ${how}`, () => {
      assert.equal(looksLikeStaff(name), true, name);
    });

  test("is known behind any mixture of what looks alike", () => {
    const disguises: Readonly<Record<string, readonly string[]>> = {
      o: ["o", "O", "о", "О", "ο", "0", "ø", "ｏ"],
      p: ["p", "P", "р", "ρ", "п"],
      e: ["e", "E", "е", "ε", "3", "€", "ё"],
      r: ["r", "R", "р", "г", "я"],
      a: ["a", "A", "а", "α", "4", "@", "á"],
      t: ["t", "T", "т", "τ", "7", "+"],
    };
    const letters = [..."operator"].map((letter) => fc.constantFrom(...(disguises[letter] ?? [letter])));
    const between = fc.constantFrom("", "", "", "\u200b", "\u0301", ".", "-", " ");
    const name = fc.tuple(fc.tuple(...letters), fc.array(between, { minLength: 8, maxLength: 8 }));
    fc.assert(
      fc.property(name, ([signs, separators]) => {
        assert.ok(looksLikeStaff(signs.map((sign, index) => sign + separators[index]).join("")));
      }),
      { numRuns: 500 },
    );
  });

  test("is not what people are called", () => {
    for (const name of PEOPLE) assert.equal(looksLikeStaff(name), false, name);
  });

  test("is judged soon, whatever it is made of", () => {
    const began = process.threadCpuUsage();
    for (const part of ["и", "il", "a", "\ufdfa", "adadad", "\u0301\u0316", "po d"]) looksLikeStaff(part.repeat(64));
    const { user } = process.threadCpuUsage(began);
    assert.ok(user < 50_000, String(user));
  });
});

describe("whoever has such a name", () => {
  let market: Market;
  before(async () => {
    market = await startMarket();
  });
  after(() => market.end());

  test("is shown without one wherever others look, and operators see it", async () => {
    const [node] = market.nodes;
    assert.ok(node !== undefined);
    await node.exchange.register("mallory", "Parley Suррort");
    await node.exchange.register("anna", "Anna");
    for (const [id, name] of [
      ["mallory", null],
      ["anna", "Anna"],
    ] as const)
      assert.equal((await market.as("bob")("GET", `/p2p/users/${id}`)).body.name, name);
    await market.fund("mallory", 1_000_000);
    const ad = await market.sellAd("mallory");
    assert.equal((await market.stranger("GET", `/p2p/ads/${ad.id}`)).body.maker.name, null);
    const [listed] = (await market.stranger("GET", "/p2p/ads?type=sell")).body.items;
    assert.equal(listed.maker.name, null);
    const order = { ad_id: ad.id, usdt_amount: 100_000, payment_method: "card" };
    const made = await market.as("bob")("POST", "/p2p/orders", order);
    assert.equal(made.status, 201, made.text);
    assert.equal(made.body.seller.name, null);
    const { id } = made.body;
    await market.as("bob")("POST", `/p2p/orders/${id}/confirm-paid`);
    const disputed = await market.as("bob")("POST", `/p2p/orders/${id}/call-operator`, { reason: "paid_not_released" });
    assert.equal(disputed.status, 200, disputed.text);
    const { body } = await market.as("olga", "operator")("GET", "/operator/disputes");
    assert.equal(body.items[0].seller.name, "Parley Suррort");
  });
});
