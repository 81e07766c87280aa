/** What ends by itself: a strike after its day, and an operator's excuse with the next debt. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { LIMITS } from "../../src/exchange/settings.ts";
import type { Trader } from "../../src/exchange/tables/index.ts";
import { cancelsLeft, indebted, suspensionOf } from "../../src/exchange/traders/index.ts";
import { after, amount, type Instant, instant, ZERO } from "../../src/kernel/index.ts";

const NOW: Instant = instant(Date.UTC(2026, 2, 14));

test("a strike counts until its day is over, and not a moment longer", () => {
  const strikes = Array.from({ length: LIMITS.strikes }, () => NOW);
  const last = instant(after(NOW, LIMITS.strikeWindowMs) - 1);
  assert.equal(cancelsLeft({ strikes }, last), 0);
  assert.equal(cancelsLeft({ strikes }, after(NOW, LIMITS.strikeWindowMs)), LIMITS.strikes);
});

test("who was excused in spite of a debt is stopped by the next one", () => {
  const excused = { owed: amount(500), standing: "excused" } as Trader;
  assert.equal(suspensionOf(excused), null);
  assert.equal(suspensionOf(indebted(excused, amount(1))), "debt");
  assert.equal(suspensionOf({ owed: ZERO, standing: "excused" }), null);
});
