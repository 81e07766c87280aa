/** The words of the web app: the right language, the right plural, sentences whole, and all three catalogues alike. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { CLAIM_MOVES } from "../../src/exchange/orders/claim-machine.ts";
import { MOVES } from "../../src/exchange/orders/machine.ts";
import { SETTLEMENT_ACTIONS } from "../../src/exchange/orders/settlement-machine.ts";
import { chooseLanguage, LANGUAGES, type Language, pieces } from "../../web/src/kernel/i18n.ts";
import { isText, type Shelf, stored } from "../../web/src/kernel/storage.ts";
import { ALL_SUBJECTS, type Catalogue, loadCatalogue, loadWords } from "../../web/src/locales/index.ts";

const catalogues = new Map<string, Catalogue>();
for (const language of LANGUAGES) catalogues.set(language, await loadCatalogue(language));
/** With the words of every page. */
const allWordsOf = async (
  language: Language,
): Promise<Readonly<Record<string, Readonly<Record<string, unknown>>>>> => ({
  ...wordsOf(language),
  ...Object.fromEntries(
    await Promise.all(ALL_SUBJECTS.map(async (subject) => [subject, await loadWords(language, subject)] as const)),
  ),
});
const wordsOf = (language: string): Catalogue => {
  const found = catalogues.get(language);
  assert.ok(found);
  return found;
};

test("the choice comes first, then the first of the browser's languages that we speak, then English", () => {
  assert.equal(chooseLanguage("uk", ["ru-RU"]), "uk");
  assert.equal(chooseLanguage(null, ["de-DE", "uk-UA", "ru"]), "uk");
  assert.equal(chooseLanguage("xx", ["RU"]), "ru");
  assert.equal(chooseLanguage(undefined, ["de", "fr"]), "en");
});

test("Russian counts 1 and 21 as one, 2 as few, 5 and 11 to 14 as many, and 1,5 as other", () => {
  const { minutes } = wordsOf("ru").common;
  const counted = [1, 21, 2, 5, 11, 12, 14, 111, 1.5].map((n) => minutes({ n }));
  assert.deepEqual(counted, [
    "1 минута",
    "21 минута",
    "2 минуты",
    "5 минут",
    "11 минут",
    "12 минут",
    "14 минут",
    "111 минут",
    "1,5 минуты",
  ]);
});

test("Ukrainian counts as Ukrainian does", () => {
  const { minutes } = wordsOf("uk").common;
  assert.deepEqual(
    [1, 21, 3, 5, 12, 1.5].map((n) => minutes({ n })),
    ["1 хвилина", "21 хвилина", "3 хвилини", "5 хвилин", "12 хвилин", "1,5 хвилини"],
  );
});

test("a sentence takes elements where its language wants them, and text stays text", () => {
  const element = { any: "element" };
  for (const language of LANGUAGES) {
    const found = pieces(wordsOf(language).order.buying, { amount: "5,00", name: element });
    assert.equal(found.filter((piece) => typeof piece !== "string").length, 1);
    assert.ok(found.some((piece) => typeof piece === "string" && piece.includes("5,00")));
  }
  assert.deepEqual(
    pieces(({ a, b }: { a: string; b: string }) => `${b} after ${a}`, { a: element, b: element }),
    [{ part: "b" }, " after ", { part: "a" }],
  );
});

test("no catalogue has a message that another lacks, that is empty, that shouts, or that was left in English", async () => {
  const english = await allWordsOf("en");
  const same = new Set(["product", "unknownError", "range", "premium", "number"]);
  for (const language of ["ru", "uk"] as const) {
    const translated = await allWordsOf(language);
    for (const [feature, messages] of Object.entries(english)) {
      const others = translated[feature] ?? {};
      assert.deepEqual(Object.keys(others), Object.keys(messages), `${language} ${feature}`);
      for (const [key, message] of Object.entries(messages)) {
        const other = others[key];
        assert.equal(typeof other, typeof message, `${language} ${feature}.${key}`);
        if (typeof other !== "string") continue;
        assert.ok(other.trim() !== "" && !/[!！]/.test(other), `${language} ${feature}.${key}: ${other}`);
        assert.ok(same.has(key) || /[а-яіїєґ]/i.test(other), `${language} ${feature}.${key} is English: ${other}`);
      }
    }
  }
});

test("whatever the system says of an order in its chat has its words in each language", async () => {
  const moves = [...MOVES.map(({ action }) => action), ...Object.keys(CLAIM_MOVES), ...SETTLEMENT_ACTIONS];
  const acts = ["create", ...moves, "debt-paid", "payment-arrived", "payment-late"];
  for (const language of LANGUAGES) {
    const { happened } = await loadWords(language, "chat");
    assert.deepEqual(Object.keys(happened).toSorted(), [...new Set(acts)].toSorted(), language);
    for (const sentence of Object.values(happened))
      assert.ok(language === "en" || /[а-яіїєґ]/i.test(sentence), `${language}: ${sentence}`);
  }
});

test("what was stored by another version or a prank counts as absent, and a storage that refuses breaks nothing", () => {
  const kept = new Map<string, string>();
  const shelf: Shelf = {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  };
  const draft = stored("draft.order.1", isText, () => shelf);
  draft.write("half a sentence");
  assert.equal(draft.read(), "half a sentence");
  kept.set("parley.draft.order.1", "{not json");
  assert.equal(draft.read(), null);
  kept.set("parley.draft.order.1", "42");
  assert.equal(draft.read(), null);

  const refuse = () => {
    throw new Error("storage is forbidden");
  };
  const forbidden = stored("theme", isText, () => ({ getItem: refuse, setItem: refuse, removeItem: refuse }));
  forbidden.write("dark");
  forbidden.forget();
  assert.equal(forbidden.read(), null);
});
