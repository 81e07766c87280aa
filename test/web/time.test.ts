/** Deadlines of the web app are counted on the server's clock, whatever the device's says. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { announced, clockFace, createServerClock, dayKey, secondsLeft, urgencyOf } from "../../web/src/kernel/time.ts";

const NOON = Date.parse("2026-03-01T12:00:00Z");
const at = (time: number) => new Date(time).toISOString();

/** A device whose steady clock is moved by hand and whose own clock is three hours wrong. */
const device = () => {
  let steady = 5_000;
  const clock = createServerClock({ steady: () => steady, device: () => NOON - 3 * 3_600_000 });
  const pass = (ms: number) => {
    steady += ms;
  };
  return { clock, pass };
};

test("a device whose clock is hours wrong counts down by the server's time", () => {
  const { clock, pass } = device();
  clock.learn(at(NOON));
  pass(61_000);
  assert.equal(clock.now(), NOON + 61_000);
  assert.equal(secondsLeft(at(NOON + 15 * 60_000), clock.now()), 15 * 60 - 61);
});

test("an answer that was long under way, or comes from a cache, sets the clock back by nothing", () => {
  const { clock, pass } = device();
  clock.learn(at(NOON));
  pass(10_000);
  clock.learn(at(NOON + 2_000));
  assert.equal(clock.now(), NOON + 10_000);
  clock.learn("no time at all");
  assert.equal(clock.now(), NOON + 10_000);
});

test("a device that slept while its steady clock stood still is put right by the next answer", () => {
  const { clock, pass } = device();
  clock.learn(at(NOON));
  pass(1_000);
  clock.learn(at(NOON + 3_600_000));
  assert.equal(clock.now(), NOON + 3_600_000);
});

test("before anything was learnt the device's own time has to do", () => {
  assert.equal(device().clock.now(), NOON - 3 * 3_600_000);
});

test("what is left is whole seconds, rounded up, and never below nothing", () => {
  assert.equal(secondsLeft(at(NOON + 1), NOON), 1);
  assert.equal(secondsLeft(at(NOON), NOON), 0);
  assert.equal(secondsLeft(at(NOON - 5_000), NOON), 0);
});

test("a countdown shows minutes and seconds, and hours where there are any", () => {
  assert.equal(clockFace(760), "12:40");
  assert.equal(clockFace(5), "0:05");
  assert.equal(clockFace(3_760), "1:02:40");
});

test("time is short in the last third of a window and in the last two minutes of any", () => {
  assert.equal(urgencyOf(301, 900), "calm");
  assert.equal(urgencyOf(299, 900), "soon");
  assert.equal(urgencyOf(119, 900), "now");
  assert.equal(urgencyOf(300, null), "calm");
});

test("what is left is said aloud at ten, five, two and one minutes, once each, also by a tab that slept", () => {
  assert.equal(announced(601, 600), 10);
  assert.equal(announced(600, 599), null);
  assert.equal(announced(301, 300), 5);
  assert.equal(announced(900, 250), 10);
  assert.equal(announced(61, 60), 1);
  assert.equal(announced(50, 49), null);
});

test("lines of one day have one key", () => {
  const noon = new Date(2026, 2, 1, 12).toISOString();
  assert.equal(dayKey(noon), dayKey(new Date(2026, 2, 1, 23, 59).toISOString()));
  assert.notEqual(dayKey(noon), dayKey(new Date(2026, 2, 2, 0, 1).toISOString()));
});
