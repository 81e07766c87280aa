/**
 * Plays a script on the rail and on the model side by side. On one engine a group is submitted in one turn of the event
 * loop, so that its commands share batches; the queue keeps the order in which they came, which is the model's order too.
 * (Only a command about something that there is not waits for the database before it queues. Its answer is the same
 * whenever it comes, as long as it has no key: so it has none.) On two engines nobody knows the order: see rail-race.ts.
 */
import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { type Answer as Answered, type Command, type Executor, Unavailable } from "../../src/engine/index.ts";
import { DAY, instant, isRefusal, type Refusal } from "../../src/kernel/index.ts";
import { createParticipant } from "../../src/rail/participants/create-participant.ts";
import { quotas } from "../../src/rail/tables.ts";
import { predict } from "./rail-model.ts";
import { bankOf, levelAt, tokensOfBank } from "./rail-model-budgets.ts";
import { leadsThere } from "./rail-model-orders.ts";
import { expected, type Observation, observed, proveForward } from "./rail-observe.ts";
import { explain, type Heard } from "./rail-race.ts";
import { guidOf, type Sent } from "./rail-requests.ts";
import type { Names, Stage } from "./rail-stages.ts";
import {
  accountOf,
  altered,
  bankNames,
  type ChoreName,
  type Group,
  isNothing,
  outsiderOf,
  type Passing,
  phoneHashes,
  type Script,
  type Step,
} from "./rail-steps.ts";
import { choreOf, createTranslator, modeOf } from "./rail-translate.ts";
import {
  createWorld,
  isDue,
  isOpen,
  nextDeadline,
  type Order,
  orderOf,
  type PayRequest,
  type Prediction,
  phoneOf,
  type World,
} from "./rail-world.ts";

/** No order and no move of a simulation takes longer. */
const LONGEST = 5 * DAY;

type Pending = { readonly sent: Sent; readonly lane: number; readonly answer: Promise<Answered<unknown>> };

/** @returns what was met, so that a test can tell whether its scripts get anywhere */
export const play = async (stage: Stage, script: Script): Promise<ReadonlySet<string>> => {
  const run = stage.name;
  const banks = bankNames(run);
  const searched = banks.filter((_, index) => script.banks[index]?.searched);
  let world = createWorld({ run, banks, outsider: outsiderOf(run), searched, holdMs: script.holdMs }, stage.startsAt);
  const mode = modeOf(world.rules);
  const translate = createTranslator(world.rules);
  const engines = stage.open({ batch: script.batch });
  const racing = engines.length > 1;
  stage.turnClock(world.now);
  await arrive(stage, script, { engine: engineAt(engines, 0), world });

  let numbers = 0;
  let settled: ReadonlySet<string> = new Set();
  const met = new Set<string>();
  const speak = createSpeaker({
    get world() {
      return world;
    },
    isSettled: (guid) => settled.has(guid),
    number: () => ++numbers,
  });
  const namesNow = (): Names => ({
    banks: [...banks, outsiderOf(run)],
    phones: phoneHashes(run),
    payers: banks.flatMap((bank) => [0, 1].map((which) => `${mode} ${accountOf(bank, which)}`)),
    guids: KINDS.flatMap((kind) => Array.from({ length: numbers }, (_, index) => guidOf(run, kind, index + 1))),
  });

  let pending: Pending[] = [];
  const submitTo = (lane: number, sent: Sent): Promise<Answered<unknown>> => {
    const { command, input, ...terms } = translate(sent);
    const answer = engineAt(engines, lane).submit(command, input, terms);
    pending.push({ sent, lane, answer });
    return answer;
  };

  /** All answers, in the order of submission; `null`: nothing was done. */
  const hear = async (): Promise<readonly Heard[]> => {
    const asked = pending;
    pending = [];
    const answers = await Promise.allSettled(asked.map(({ answer }) => answer));
    return asked.map(({ sent, lane }, index) => heardOf(sent, lane, answers[index]));
  };

  let before: Observation | undefined;
  const settle = async (explaining: boolean): Promise<readonly Heard[]> => {
    const heard = await hear();
    const rows = await stage.rows(namesNow());
    const after = observed(rows, world.now, mode);
    if (explaining) world = explain(world, heard, after);
    else for (const { sent, answered } of heard) compare(predictIn(sent), sent, answered);
    note(heard, met);
    proveForward(before ?? after, after, rows);
    assert.deepEqual(after, expected(world), "the store and the model differ");
    before = after;
    settled = new Set([...world.orders.keys(), ...world.requests.keys(), ...world.payments.keys()]);
    return heard;
  };

  // On one engine the model goes ahead: what is asked next may be about what was asked just now.
  const predictions = new Map<Sent, Prediction>();
  const predictIn = (sent: Sent): Prediction => predictions.get(sent) ?? predict(world, sent);
  const ask = (lane: number, sent: Sent) => {
    if (!racing) predictions.set(sent, predict(world, sent));
    return submitTo(racing ? lane : 0, sent);
  };

  /** What is due by the store's own books goes the same way as everything else; every node does it. */
  const doChore = async (name: ChoreName) => {
    const submitTo = (lane: number) => recorderOf(run, (sent) => ask(lane, sent));
    await Promise.all(engines.map((_, lane) => stage.chores[name](submitTo(lane))));
    const heard = await settle(racing);
    // Who was in another's way comes again.
    if (heard.every(({ answered }) => answered !== null)) proveDone(name, world);
  };

  const playGroup = async ({ steps, settle: waits, passes, chores }: Group) => {
    if (racing) await stage.warm(namesNow());
    for (const step of steps) {
      const sent = speak(step);
      if (sent !== undefined) for (const [lane, one] of lanesOf(step, sent, () => ++numbers)) ask(lane, one);
    }
    // Time stands still while anything is under way: nobody could say which of two moments decided it.
    if (!waits && !racing) {
      await setImmediate();
      return;
    }
    await settle(racing);
    world.now = later(world, passes);
    stage.turnClock(world.now);
    if (racing) await stage.warm(namesNow());
    for (const name of chores) await doChore(name);
  };

  await settle(false);
  for (const group of script.groups) await playGroup(group);
  await settle(racing);

  // However it was left, the clock brings all of it to an end.
  if (racing) await stage.warm(namesNow());
  world.now += LONGEST;
  stage.turnClock(world.now);
  for (const name of ["moves", "followers", "deadlines", "followers"] as const) await doChore(name);
  proveEnded(world);
  return new Set([...met, ...whatBecameOf(world)]);
};

const KINDS = ["order", "request", "search", "payment"] as const;

const engineAt = (engines: readonly Executor[], lane: number): Executor => {
  const engine = engines[lane % engines.length];
  if (engine === undefined) throw new Error("there is no engine");
  return engine;
};

/** The second time it is somebody's repeat: with the same key, but guids of its own. */
const lanesOf = ({ lane, twice }: Step, sent: Sent, number: () => number): readonly (readonly [number, Sent])[] => {
  if (!twice) return [[lane, sent]];
  const { request } = sent;
  const again = "number" in request ? { ...request, number: number() } : { ...request };
  return [
    [lane, sent],
    [lane + 1, { ...sent, request: again }],
  ];
};

const later = (world: World, passes: Passing): number => {
  if ("by" in passes) return world.now + passes.by;
  const deadline = nextDeadline(world);
  return deadline === undefined ? world.now : deadline + passes.toDeadline;
};

type Started = { readonly engine: Executor; readonly world: World };

const arrive = async (stage: Stage, script: Script, { engine, world }: Started) => {
  const operator = { id: "olena", production: true };
  for (const [index, guid] of [...world.rules.banks, world.rules.outsider].entries()) {
    const mode = modeOf(world.rules, guid);
    const { searched = false, tokens = null } = script.banks[index] ?? {};
    const bankCodes = [String(stage.codes + index)];
    const urls = { callbackUrl: null, deeplinkUrl: null };
    const terms = { guid, mode, name: guid, bankCodes, ...urls, profile: "strong" as const, receiverSearch: searched };
    await engine.submit(createParticipant, { operator, terms, challenge: "" }, { caller: "operator" });
    world.budgets.set(bankOf(guid), levelAt("bank", undefined, world.now));
    if (tokens === null) continue;
    const units = tokensOfBank(tokens);
    await engine.submit(spend, { guid, units, now: world.now }, { caller: "operator" });
    world.budgets.set(bankOf(guid), { units, at: world.now });
  }
  const translate = createTranslator(world.rules);
  for (const [index, hash] of phoneHashes(world.rules.run).entries()) {
    const bank = world.rules.banks[script.linked[index] ?? -1];
    if (bank === undefined) continue;
    const sent: Sent = {
      request: { kind: "link", who: bank, phone: hash, account: accountOf(bank, 0) },
      key: null,
    };
    const { command, input, ...terms } = translate(sent);
    const { outcome } = await engine.submit(command, input, terms);
    compare(predict(world, sent), sent, { outcome, replayed: [] });
  }
};

/** So that a few questions use a bank's budget up. */
const spend: Command<{ readonly guid: string; readonly units: number; readonly now: number }, null> = {
  name: "spend",
  needs: ({ guid }) => [quotas.at(guid)],
  decide: (_state, { guid, units, now }) => ({
    result: null,
    writes: [quotas.update({ participantGuid: guid, units, refilledAt: instant(now) })],
    events: [],
  }),
};

/** Turns steps into what is sent, and remembers what had a key. */
const createSpeaker = (sight: Parameters<Extract<Step, { do: "ask" }>["ask"]>[0]) => {
  const keyed: Sent[] = [];
  const remember = (sent: Sent): Sent => {
    keyed.push(sent);
    return sent;
  };
  const again = ({ request, key }: Sent): Sent => ({
    request: "number" in request ? { ...request, number: sight.number() } : { ...request },
    key,
  });
  return (step: Step): Sent | undefined => {
    if (step.do === "repeat") {
      const earlier = keyed.at(-1 - (step.back % Math.max(1, keyed.length)));
      if (earlier === undefined) return undefined;
      if (step.how === "altered") return { request: altered(earlier.request), key: earlier.key };
      const repeated = again(earlier);
      return step.how === "same" ? repeated : remember({ ...repeated, key: `k${keyed.length}` });
    }
    const request = step.ask(sight);
    const mayHaveKey = "who" in request && request.kind !== "refuse-ask" && !isNothing(request);
    return step.keyed && mayHaveKey ? remember({ request, key: `k${keyed.length}` }) : { request, key: null };
  };
};

/** What chores submit for this run; rows that a failed run left behind are none of its business. */
const recorderOf = (run: string, submit: (sent: Sent) => Promise<Answered<unknown>>): Pick<Executor, "submit"> => ({
  submit: async (command, input) => {
    const request = choreOf(command, input);
    const about = Object.values(request)[1] ?? "";
    if (!about.startsWith(`${run}-`)) return { outcome: null as never, replayed: [] };
    return (await submit({ request, key: null })) as never;
  },
});

const heardOf = (sent: Sent, lane: number, settled: PromiseSettledResult<Answered<unknown>> | undefined): Heard => {
  if (settled?.status === "fulfilled") return { sent, lane, answered: settled.value };
  const reason: unknown = settled?.reason;
  if (reason instanceof Unavailable && reason.code === "BUSY") return { sent, lane, answered: null };
  throw new Error(`no answer to ${JSON.stringify(sent)}`, { cause: reason });
};

const compare = ({ answer, replayed }: Prediction, sent: Sent, answered: Answered<unknown> | null) => {
  const asked = JSON.stringify(sent);
  assert.ok(answered !== null, `nothing was done about ${asked}`);
  const { outcome } = answered;
  assert.equal(
    answered.replayed.length > 0,
    replayed,
    `whether a memory answered ${asked}: ${JSON.stringify(outcome)}`,
  );
  if (!("code" in answer)) {
    assert.deepEqual(outcome, answer.facts, asked);
    return;
  }
  assert.equal(isRefusal(outcome) ? outcome.refusal : JSON.stringify(outcome), answer.code, asked);
  if (answer.details !== undefined) assert.deepEqual((outcome as Refusal).details, answer.details, asked);
};

const note = (heard: readonly Heard[], met: Set<string>) => {
  for (const { sent, answered } of heard) {
    const outcome = answered?.outcome;
    met.add(isRefusal(outcome) ? outcome.refusal : sent.request.kind);
    if (answered !== null && answered.replayed.length > 0) met.add("replayed");
  }
};

/** What a chore must not have left behind. */
const proveDone = (chore: ChoreName, world: World) => {
  const left = {
    moves: () => [...world.phones].filter(([, { held }]) => held !== null && held.until <= world.now),
    deadlines: () => [...world.orders.values()].filter((order) => isDue(order, world.now)),
    followers: () => [
      ...[...world.orders.values()].filter((order) => !isDue(order, world.now) && waitsInVain(world, order)),
      ...[...world.requests.values()].filter((request) => isMisled(world, request)),
    ],
  }[chore]();
  assert.deepEqual(left, [], `the chore "${chore}" left something to do`);
};

/** Its phone is linked, or nobody is left who could say whose it is. */
const waitsInVain = (world: World, { status, phone, search }: Order): boolean => {
  const isAsked = search?.asked.some((bank) => !search.refused.includes(bank)) ?? false;
  return status === "pending" && (!isAsked || phoneOf(world, phone ?? "").holder !== null);
};

/** Unpaid, and the phone leads elsewhere by now. */
const isMisled = (world: World, request: PayRequest): boolean =>
  request.status === "completed" && isOpen(request) && !leadsThere(world, orderOf(world, request.order));

const proveEnded = (world: World) => {
  for (const { guid, status, reason } of world.orders.values())
    assert.ok(reason !== null && status !== "pending", `${guid} is ${status} for ever`);
  for (const request of world.requests.values()) assert.ok(!isOpen(request), `${request.guid} is open for ever`);
  for (const [hash, { held }] of world.phones) assert.equal(held, null, `${hash} waits for ever`);
};

const whatBecameOf = (world: World): readonly string[] => [
  ...[...world.orders.values()].map(({ type, status, reason }) => `${type} ${status} ${reason}`),
  ...[...world.requests.values()].map(({ reason }) => `request ${reason}`),
  ...[...world.payments.values()].map(({ status }) => `payment ${status}`),
  ...[...world.told.values()].flat().map(({ type }) => `told ${type}`),
  ...[...world.orders.values()].flatMap(({ status, reason, creditor, phone }) =>
    status === "rejected" && reason !== "NOT_LINKED" && creditor === null && world.phones.get(phone ?? "")?.holder
      ? ["linked too late"]
      : [],
  ),
];
