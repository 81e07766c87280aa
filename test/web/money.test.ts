/** Amounts of the web app: what people type is read exactly or refused with a reason, and shown to the kopeck. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  amountFor,
  fiatFor,
  MAX_KOPECKS,
  money,
  moneyParts,
  parseAmount,
  plainAmount,
} from "../../web/src/kernel/money.ts";

const kopecks = (text: string) => parseAmount(text).kopecks;
const fault = (text: string) => parseAmount(text).fault;
/** Formats put no-break blanks where a person would type a blank. */
const blanks = (text: string) => text.replace(/[\u00a0\u202f]/g, " ");

test("a comma, a point, blanks of any kind and a sign are read as people write them", () => {
  for (const text of [
    "5100",
    "5100,00",
    "5100.00",
    "5 100",
    "5 100,0",
    "5\u00a0100,00 ₽",
    "₽5\u202f100",
    "5100руб.",
    " 5 100.00 RUB ",
  ]) {
    assert.equal(kopecks(text), 510_000, text);
  }
  assert.equal(kopecks("0,5"), 50);
  assert.equal(kopecks("12,"), 1_200);
});

test("groups by one mark and kopecks by the other are read, whichever is which", () => {
  assert.equal(kopecks("5,100.00"), 510_000);
  assert.equal(kopecks("1.005.100,25"), 100_510_025);
});

test("a third decimal is refused, not rounded", () => {
  assert.equal(fault("5100,005"), "third_decimal");
  assert.equal(fault("5,100"), "third_decimal");
});

test("what is no amount is refused", () => {
  assert.equal(fault(""), "empty");
  assert.equal(fault(" ₽ "), "empty");
  for (const text of ["abc", "-5", "1e5", "5,1,0", "1.2.3", "٥", "5 100,00,00", ",5", "0x10", "∞"]) {
    assert.equal(fault(text), "not_a_number", text);
  }
});

test("more than the server takes is refused, and the most that it takes is read exactly", () => {
  assert.equal(kopecks("100 000 000 000,00"), MAX_KOPECKS);
  assert.equal(fault("100 000 000 000,01"), "too_large");
  assert.equal(fault("9".repeat(400)), "too_large");
});

test("whatever amount is shown or copied is read again as itself, in every language", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: MAX_KOPECKS }), fc.constantFrom("en", "ru", "uk"), (amount, language) => {
      assert.equal(kopecks(plainAmount(amount)), amount);
      assert.equal(kopecks(money(amount, language)), amount);
      assert.equal(kopecks(money(amount, language, { currency: "RUB" })), amount);
      assert.equal(kopecks(money(amount, language, { round: true })), amount);
    }),
  );
});

test("an amount looks alike in all three languages, with the sign of its currency behind it", () => {
  for (const language of ["en", "ru", "uk"]) {
    assert.equal(blanks(money(510_000, language, { currency: "RUB" })), "5 100,00 ₽");
    assert.equal(blanks(money(123_456_789, language, { currency: "UAH" })), "1 234 567,89 ₴");
    assert.equal(blanks(money(510_000, language, { round: true })), "5 100");
    assert.equal(blanks(money(510_050, language, { round: true })), "5 100,50");
    assert.equal(blanks(money(-5, language)), "−0,05");
  }
  const parts = moneyParts(510_050, "en", { currency: "RUB" });
  assert.deepEqual([blanks(parts.whole), parts.decimals, blanks(parts.sign)], ["5 100", ",50", " ₽"]);
});

test("what is copied has a point and no blanks", () => {
  assert.equal(plainAmount(510_000), "5100.00");
  assert.equal(plainAmount(5), "0.05");
  assert.equal(plainAmount(-510_000), "-5100.00");
});

test("totals are rounded as the server rounds them, with the largest amounts exact", () => {
  assert.equal(fiatFor(500_000, 102), 510_000);
  assert.equal(fiatFor(1, 150), 2);
  assert.equal(fiatFor(1, 149), 1);
  assert.equal(amountFor(510_000, 102), 500_000);
  assert.equal(amountFor(100, 102), 98);
  assert.equal(fiatFor(MAX_KOPECKS, 101), 10_100_000_000_000);
  assert.equal(amountFor(MAX_KOPECKS, 1), 1_000_000_000_000_000);
});
