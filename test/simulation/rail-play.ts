/**
 * Plays a script on the rail and on the model side by side. On one engine a group is submitted in one turn of the event
 * loop, so that its commands share batches; the queue keeps the order in which they came, which is the model's order too.
 * (Only a command about something that there is not waits for the database before it queues. Its answer is the same
 * whenever it comes, as long as it has no key: so it has none.) On two engines nobody knows the order: see rail-race.ts.
 */
import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { type Answer as Answered, type Executor, MET } from "../../src/engine/index.ts";
import { DAY } from "../../src/kernel/index.ts";
import { arrive } from "./rail-arrive.ts";
import { proveDone, proveEnded, whatBecameOf } from "./rail-ends.ts";
import { compare, type Heard, heardOf, note } from "./rail-heard.ts";
import { predict } from "./rail-model.ts";
import { expected, type Observation, observed, proveForward } from "./rail-observe.ts";
import { explain } from "./rail-race.ts";
import { guidOf, type Sent } from "./rail-requests.ts";
import type { Names, Stage } from "./rail-stages.ts";
import {
  accountOf,
  altered,
  bankNames,
  type ChoreName,
  isNothing,
  outsiderOf,
  type Passing,
  phoneHashes,
  type Script,
  type Sight,
  type Step,
} from "./rail-steps.ts";
import { choreOf, createTranslator, modeOf } from "./rail-translate.ts";
import { createWorld, nextDeadline, type Prediction, type World } from "./rail-world.ts";

/** No order, no move and no return request of a simulation takes longer. */
const LONGEST = 8 * DAY;

/** Fewer than the product's, so that a short script comes to the end of them. */
const FEW = { phonesPerAccount: 2, searchesPerDay: 3 } as const;

type Pending = { readonly sent: Sent; readonly lane: number; readonly answer: Promise<Answered<unknown>> };

/** @returns what was met, so that a test can tell whether its scripts get anywhere */
export const play = async (stage: Stage, script: Script): Promise<ReadonlySet<string>> => {
  const table = await openTable(stage, script);
  const speak = createSpeaker(table.sight);
  for (const { steps, settle, passes, chores } of script.groups) {
    await table.warm();
    for (const step of steps) {
      const sent = speak(step);
      if (sent !== undefined) for (const [lane, one] of lanesOf(step, sent, table.sight)) table.ask(lane, one);
    }
    // Time stands still while anything is under way: nobody could say which of two moments decided it.
    if (!settle && !table.racing) await setImmediate();
    else {
      await table.settle();
      table.turnClock(later(table.sight.world, passes));
      for (const name of chores) await table.doChore(name);
    }
  }
  await table.settle();
  // However it was left, the clock brings all of it to an end.
  table.turnClock(table.sight.world.now + LONGEST);
  for (const name of ["moves", "asks", "searches", "followers", "deadlines", "followers", "returns"] as const)
    await table.doChore(name);
  // What no bank had heard of is left to an operator.
  for (const { held } of table.sight.world.phones.values())
    if (held !== null)
      table.ask(0, { request: { kind: "decide-move", move: held.guid, decision: "refuse" }, key: null });
  await table.settle();
  await table.doChore("followers");
  proveEnded(table.sight.world);
  return new Set([...table.met, ...whatBecameOf(table.sight.world)]);
};

/** The rail on one side, the model on the other. */
type Table = {
  readonly racing: boolean;
  readonly sight: Sight;
  readonly met: ReadonlySet<string>;
  ask(lane: number, sent: Sent): Promise<Answered<unknown>>;
  /** Waits for all answers, and compares. */
  settle(): Promise<readonly Heard[]>;
  /** What is due by the store's own books goes the same way as everything else; every node does it. */
  doChore(name: ChoreName): Promise<void>;
  turnClock(now: number): void;
  /** So that the order of submission is the order of decisions on each of two engines. */
  warm(): Promise<void>;
};

const openTable = async (stage: Stage, script: Script): Promise<Table> => {
  const run = stage.name;
  const banks = bankNames(run);
  const searched = banks.filter((_, index) => script.banks[index]?.searched);
  let world = createWorld(
    { run, banks, outsider: outsiderOf(run), holdMs: script.holdMs, ...FEW },
    searched,
    stage.startsAt,
  );
  const mode = modeOf(world.rules);
  const translate = createTranslator(world.rules, () => world.now);
  const engines = stage.open({ batch: script.batch });
  const racing = engines.length > 1;
  stage.turnClock(world.now);
  await arrive(stage, script, { engine: engineAt(engines, 0), world });

  let numbers = 0;
  let latest = world.now;
  let pending: Pending[] = [];
  let before: Observation | undefined;
  let settled: ReadonlySet<string> = new Set();
  const met = new Set<string>();
  // On one engine the model goes ahead: what is asked next may be about what was asked just now.
  const predictions = new Map<Sent, Prediction>();

  const namesNow = (): Names => ({
    banks: [...banks, outsiderOf(run)],
    phones: phoneHashes(run),
    payers: banks.flatMap((bank) => [0, 1].map((which) => `${mode} ${accountOf(bank, which)}`)),
    guids: KINDS.flatMap((kind) => Array.from({ length: numbers }, (_, index) => guidOf(run, kind, index + 1))),
  });
  const warm = async () => {
    if (racing) await stage.warm(namesNow());
  };

  const ask: Table["ask"] = (lane, sent) => {
    if (!racing) predictions.set(sent, predict(world, sent));
    const { command, input, ...terms } = translate(sent);
    const answer = engineAt(engines, lane).submit(command, input, terms);
    pending.push({ sent, lane, answer });
    return answer;
  };

  const hear = async (): Promise<readonly Heard[]> => {
    const asked = pending;
    pending = [];
    const answers = await Promise.allSettled(asked.map(({ answer }) => answer));
    return asked.map(({ sent, lane }, index) => heardOf(sent, lane, answers[index]));
  };

  const settle = async (): Promise<readonly Heard[]> => {
    const heard = await hear();
    const rows = await stage.rows(namesNow());
    const after = observed(rows, world.now, mode);
    if (racing) world = explain(world, heard, after);
    else for (const { sent, answered } of heard) compare(predictions.get(sent), sent, answered);
    note(heard, met);
    proveForward(before ?? after, after, rows);
    assert.deepEqual(after, expected(world), "the store and the model differ");
    before = after;
    settled = new Set([
      ...[world.orders, world.requests, world.payments, world.searches].flatMap((all) => [...all.keys()]),
      ...[...world.phones.values()].flatMap(({ held }) => (held === null ? [] : [held.guid])),
    ]);
    return heard;
  };

  await settle();
  return {
    racing,
    sight: {
      get world() {
        return world;
      },
      isSettled: (guid) => settled.has(guid),
      number: () => ++numbers,
    },
    met,
    ask,
    settle,
    warm,
    async doChore(name) {
      await warm();
      const to = (lane: number) => recorderOf(run, (sent) => ask(lane, sent));
      await Promise.all(engines.map((_, lane) => stage.chores[name](to(lane), [...world.suspended])));
      const heard = await settle();
      // Who was in another's way comes again.
      if (heard.every(({ answered }) => answered !== null)) proveDone(name, world, latest);
    },
    turnClock(now) {
      world.now = now;
      latest = Math.max(latest, now);
      stage.turnClock(now);
    },
  };
};

const KINDS = ["order", "request", "search", "payment", "move", "return"] as const;

const engineAt = (engines: readonly Executor[], lane: number): Executor => {
  const engine = engines[lane % engines.length];
  if (engine === undefined) throw new Error("there is no engine");
  return engine;
};

/** The second time it is somebody's repeat: with the same key, but guids of its own. */
const lanesOf = ({ lane, twice }: Step, sent: Sent, sight: Sight): readonly (readonly [number, Sent])[] =>
  twice
    ? [
        [lane, sent],
        [lane + 1, again(sent, sight)],
      ]
    : [[lane, sent]];

const again = ({ request, key }: Sent, { number }: Sight): Sent => ({
  request: "number" in request ? { ...request, number: number() } : { ...request },
  key,
});

const later = (world: World, passes: Passing): number => {
  if ("by" in passes) return world.now + passes.by;
  const deadline = nextDeadline(world);
  return deadline === undefined ? world.now : deadline + passes.toDeadline;
};

/** Turns steps into what is sent, and remembers what had a key. */
const createSpeaker = (sight: Sight) => {
  const keyed: Sent[] = [];
  const remember = (sent: Sent): Sent => {
    keyed.push(sent);
    return sent;
  };
  return (step: Step): Sent | undefined => {
    if (step.do === "repeat") {
      const earlier = keyed.at(-1 - (step.back % Math.max(1, keyed.length)));
      if (earlier === undefined) return undefined;
      if (step.how === "altered") return { request: altered(earlier.request), key: earlier.key };
      const repeated = again(earlier, sight);
      return step.how === "same" ? repeated : remember({ ...repeated, key: `k${keyed.length}` });
    }
    const request = step.ask(sight);
    const mayHaveKey = "who" in request && request.kind !== "settle-ask" && !isNothing(request);
    return step.keyed && mayHaveKey ? remember({ request, key: `k${keyed.length}` }) : { request, key: null };
  };
};

/** What chores submit for this run; rows that a failed run left behind are none of its business. */
const recorderOf = (run: string, submit: (sent: Sent) => Promise<Answered<unknown>>): Pick<Executor, "submit"> => ({
  submit: async (command, input) => {
    const request = choreOf(command, input);
    const about = String(Object.values(request)[1] ?? "");
    if (!about.startsWith(`${run}-`)) return { outcome: MET as never, replayed: [] };
    return (await submit({ request, key: null })) as never;
  },
});
