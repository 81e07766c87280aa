/**
 * Plays a script on the exchange and on the model side by side. A group is submitted in one turn of the event loop, so
 * that its commands share batches; the queue keeps the order in which they came, which is the model's order too. (Only
 * a command about something that there is not waits for the database before it queues. Its answer is the same whenever
 * it comes, as long as it has no key: so it has none.)
 */
import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import type { Answer, Executor } from "../../src/engine/index.ts";
import { DEFAULT_SETTINGS, type Settings } from "../../src/exchange/index.ts";
import { registerTrader } from "../../src/exchange/traders/index.ts";
import { amount, DAY, isRefusal, traderId } from "../../src/kernel/index.ts";
import { PEOPLE, type Step } from "./draws.ts";
import { createModel, type Model, type Prediction } from "./model.ts";
import { CLOCK, callerOf, NOTHING, OPERATORS, type Request, type Sent } from "./requests.ts";
import type { Script } from "./script.ts";
import { altered, GOOD } from "./steps.ts";
import { createTranslator, type Ids } from "./translate.ts";
import { createWorld, heldBy, isShown, owedBy, type Person, personOf, remainingOf, type World } from "./world.ts";

const MIN_DEPOSIT = 200;
const MIN_ORDER = 20;
/** More of them say nothing more. */
const KEPT_STRIKES = 5;
const EVERYBODY = [...PEOPLE, ...OPERATORS];
export const settingsWith = (multiplier: number, bonusMultiplier = 1): Settings => ({
  ...DEFAULT_SETTINGS,
  minDeposit: amount(MIN_DEPOSIT),
  minOrderAmount: amount(MIN_ORDER),
  wageringMultiplier: BigInt(multiplier),
  bonusWageringMultiplier: BigInt(bonusMultiplier),
});

/** What a store says of some people, in the ids of the store. */
export type Observation = {
  readonly people: Readonly<Record<string, Readonly<Record<string, number | string | null>>>>;
  readonly orders: Readonly<Record<number, Readonly<Record<string, unknown>>>>;
  readonly ads: Readonly<Record<number, Readonly<Record<string, unknown>>>>;
  /** Ads on the market. */
  readonly shown: readonly number[];
};

/** A part of a store that nobody else uses: people whose ids start with the name. */
export type Stage = {
  readonly name: string;
  readonly startsAt: number;
  open(settings: Settings, limits: { readonly batch: number }): Executor;
  turnClock(now: number): void;
  observe(people: readonly string[]): Promise<Observation>;
};

type Pending = {
  readonly sent: Sent;
  readonly prediction: Prediction;
  readonly answer: Promise<Answer<unknown>>;
  /** What the model gave it, so that the id that comes with the answer has its handle. */
  readonly handle: { readonly ad: number; readonly order: number };
};

/** @returns the codes that were met, so that a test can tell whether its scripts get anywhere */
export const play = async (stage: Stage, script: Script): Promise<ReadonlySet<string>> => {
  const settings = settingsWith(script.multiplier, script.bonusMultiplier);
  const rules = {
    minDeposit: MIN_DEPOSIT,
    minOrder: MIN_ORDER,
    rates: { min: 50, max: 200 },
    multiplier: script.multiplier,
    bonusMultiplier: script.bonusMultiplier,
    payWindowMs: settings.payWindowMs,
    releaseWindowMs: settings.releaseWindowMs,
  };
  const world = createWorld(rules, EVERYBODY, stage.startsAt);
  const model = createModel(world);
  const ids: Ids = { ads: [], orders: [] };
  const translate = createTranslator(stage.name, settings, ids);
  const executor = stage.open(settings, { batch: script.batch });
  stage.turnClock(world.now);
  await arrive(stage, executor);

  const met = new Set<string>();
  let pending: Pending[] = [];
  const submit = (sent: Sent) => {
    const { command, input, ...terms } = translate(sent);
    const handle = { ad: world.ads.length, order: world.orders.length };
    const prediction = model.send(sent);
    met.add("code" in prediction.answer ? prediction.answer.code : sent.request.kind);
    pending.push({ sent, handle, prediction, answer: executor.submit(command, input, terms) });
  };
  const settle = async () => {
    const answers = await Promise.allSettled(pending.map(({ answer }) => answer));
    const asked = pending;
    pending = [];
    asked.forEach((one, index) => {
      compare(one, answers[index] as PromiseSettledResult<Answer<unknown>>, ids);
    });
    assert.deepEqual(await stage.observe(EVERYBODY), expected(stage, world, ids), "the store and the model differ");
    for (const sight of sightsOf(world)) met.add(sight);
  };

  for (const sent of opening(script)) submit(sent);
  await settle();
  const speak = createSpeaker(model, ids);
  for (const group of script.groups) {
    for (const step of group.steps) {
      const sent = speak(step);
      if (sent === undefined) continue;
      submit(sent);
      // What is not there is looked for in the database, and what comes after it would overtake it.
      if (namesNothing(sent)) await settle();
    }
    if (group.settle) await settle();
    else await setImmediate();
    // Time stands still while anything is under way: nobody could say which of two moments decided it.
    if (group.settle) world.now += group.passes;
    stage.turnClock(world.now);
  }
  await settle();
  return met;
};

const namesNothing = ({ request }: Sent): boolean =>
  ("ad" in request && request.ad === NOTHING) || ("order" in request && request.order === NOTHING);

const arrive = async (stage: Stage, executor: Executor) => {
  for (const name of EVERYBODY) {
    const id = traderId(`${stage.name}-${name}`);
    await executor.submit(registerTrader, { traderId: id, name }, { caller: id });
  }
};

/** Some have money and ads to begin with, so that the first steps are not all in vain. */
const opening = (script: Script): readonly Sent[] =>
  PEOPLE.flatMap((name, index): readonly Sent[] => {
    const { funds, ads } = script.opening[index] ?? { funds: 0, ads: [] };
    const money: Request = {
      kind: "credit",
      user: name,
      amount: funds,
      entry: "deposit",
      wagering: 0,
      external: `opening ${name}`,
    };
    const posts = ads.map((type): Request => ({ kind: "create-ad", who: name, type, terms: GOOD }));
    return [...(funds > 0 ? [money] : []), ...posts].map((request) => ({ request, key: null }));
  });

/** Turns steps into what is sent, and remembers what had a key. */
const createSpeaker = ({ world }: Model, ids: Ids) => {
  const keyed: Sent[] = [];
  const remember = (sent: Sent): Sent => {
    keyed.push(sent);
    return sent;
  };
  return (step: Step): Sent | undefined => {
    if (step.do === "repeat") {
      const earlier = keyed.at(-1 - (step.back % Math.max(1, keyed.length)));
      if (earlier === undefined || step.how === "same") return earlier;
      if (step.how === "altered") return altered(earlier);
      return remember({ ...earlier, key: `k${keyed.length}` });
    }
    const request = step.ask({ world, ads: ids.ads.length, orders: ids.orders.length });
    const aboutNothing =
      ("ad" in request && request.ad === NOTHING) || ("order" in request && request.order === NOTHING);
    const mayHaveKey = callerOf(request) !== CLOCK && !aboutNothing;
    return step.keyed && mayHaveKey ? remember({ request, key: `k${keyed.length}` }) : { request, key: null };
  };
};

const compare = (one: Pending, settled: PromiseSettledResult<Answer<unknown>>, ids: Ids) => {
  const { sent, prediction, handle } = one;
  const asked = JSON.stringify(sent);
  if (settled.status === "rejected") throw new Error(`no answer to ${asked}`, { cause: settled.reason });
  const { outcome, replayed } = settled.value;
  const { answer } = prediction;
  const memories = replayed.map((scope) => (scope.startsWith("key ") ? "key" : "external"));
  assert.deepEqual(memories, prediction.replayed, `whose memory answered ${asked}: ${JSON.stringify(outcome)}`);
  if ("code" in answer) {
    assert.equal(isRefusal(outcome) ? outcome.refusal : JSON.stringify(outcome), answer.code, asked);
    return;
  }
  const shown = answer.facts === null ? null : Object.keys(answer.facts).map((name) => [name, memberOf(outcome, name)]);
  assert.deepEqual(
    shown === null ? outcome : Object.fromEntries(shown),
    answer.facts,
    `${asked} gave ${JSON.stringify(outcome)}`,
  );
  if (memories.length > 0) return;
  const id = memberOf(outcome, "id") as number;
  if (sent.request.kind === "create-ad") ids.ads[handle.ad] = id;
  if (sent.request.kind === "create-order") ids.orders[handle.order] = id;
};

const memberOf = (outcome: unknown, name: string): unknown =>
  typeof outcome === "object" && outcome !== null ? Reflect.get(outcome, name) : undefined;

/** What no answer tells by its code. */
const sightsOf = (world: World): readonly string[] => [
  ...world.ads.flatMap((ad) => {
    const maker = personOf(world, ad.maker);
    if (ad.status !== "active") return [];
    return [...(maker.hidden ? [HIDDEN_BY_STRIKES] : []), ...(wasHidden(maker) && isShown(world, ad) ? [BACK] : [])];
  }),
  ...world.orders.flatMap(({ status, holdsSlot, wasReturn }) => [
    ...(status === "disputed" && !holdsSlot ? [FREE_IN_DISPUTE] : []),
    ...(wasReturn ? [RETURN] : []),
  ]),
];
const wasHidden = ({ strikes, hidden }: Person): boolean =>
  !hidden && strikes.some((at, index) => (strikes[index + 4] ?? Number.POSITIVE_INFINITY) - at < DAY);
export const HIDDEN_BY_STRIKES = "an ad that strikes hide";
export const FREE_IN_DISPUTE = "a dispute that holds no slot";
export const RETURN = "an order that was no deposit";
export const BACK = "an ad that is back after strikes";

/** The model's world as an observation. */
const expected = (stage: Stage, world: World, ids: Ids): Observation => ({
  people: Object.fromEntries(
    [...world.people].map(([name, { strikes, hidden: _hidden, stopped, excused, ...person }]) => [
      `${stage.name}-${name}`,
      {
        ...person,
        strikes: Math.min(KEPT_STRIKES, strikes.length),
        inEscrow: heldBy(world, ({ seller }) => seller === name),
        owed: owedBy(world, name),
        standing: stopped ? "suspended" : excused ? "excused" : null,
      },
    ]),
  ),
  orders: Object.fromEntries(
    world.orders.map(({ handle, status, outcome, released, claim, owed }) => [
      ids.orders[handle],
      { status, outcome, released, claim, owed },
    ]),
  ),
  ads: Object.fromEntries(
    world.ads.map((ad) => [
      ids.ads[ad.handle],
      { status: ad.status, version: ad.version, remaining: remainingOf(world, ad) },
    ]),
  ),
  shown: world.ads.filter((ad) => isShown(world, ad)).map(({ handle }) => ids.ads[handle] as number),
});
