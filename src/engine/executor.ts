/**
 * Runs commands in batches, one batch at a time. It takes whatever queued while the last batch was out: no timer, no
 * delay under light load. It promises that every submission is answered, and that an answer given is committed.
 */
import { DAY, isRefusal, type Refusal, SECOND } from "../kernel/index.ts";
import { type Named, openBatch } from "./batch.ts";
import { claimId } from "./claims.ts";
import type { Command, Moment, Routes } from "./command.ts";
import { StoreFailure, Unavailable, UnnamedRow } from "./failures.ts";
import type { Claim, FixedRows, Loaded, Plan, Save, Store } from "./store.ts";
import type { Ref, SetRef } from "./table.ts";

export const LIMITS = {
  /** Commands in one transaction. Larger ones were no faster and lengthen every lock. */
  batch: 256,
  /** Commands waiting or under way on this node: about a second's work, so that waiting longer would be in vain. */
  queue: 8_192,
  /** Commands of one caller among them, so that nobody fills the queue alone. */
  perCaller: 128,
  /** A command not begun by then is not begun at all. */
  deadlineMs: 5 * SECOND,
  /** How long an idempotency key is remembered. */
  keyLifetimeMs: DAY,
} as const;

export type Limits = { readonly [Limit in keyof typeof LIMITS]: number };

/** How often waiting callers are compared with their deadlines. */
const SWEEP_MS = 100;

export type Answer<Result, Code extends string = string> = {
  readonly outcome: Refusal<Code> | Result;
  /**
   * Empty when this was decided now. Otherwise the scope of the claim that remembered it; then, if that first answer
   * was a repeat itself, by whose memory.
   */
  readonly replayed: readonly string[];
};

export type Terms<Code extends string = string> = {
  /** Whose place in the queue it takes. */
  readonly caller: string;
  /** Looked at in this order: the first that was used before answers. */
  readonly claims?: readonly Claim<Code>[];
  /** Milliseconds from now; at most the executor's own deadline. */
  readonly deadlineMs?: number;
};

export type Executor = {
  /**
   * Rejects with `Unavailable` (OVERLOADED and BUSY: nothing was done; OUTCOME_UNKNOWN: repeat with the same claim), or
   * with a bug's error, in which case nothing was done either.
   */
  submit<Input, Result, Code extends string>(
    command: Command<Input, Result, Code>,
    input: Input,
    terms: Terms<Code>,
  ): Promise<Answer<Result, Code>>;
  /** Refuses what comes from now on and resolves when all that was taken is answered. */
  drain(): Promise<void>;
};

/** What the executor tells about itself; for metrics. */
export type Observer = {
  batch(size: number, milliseconds: number): void;
  waited(milliseconds: number): void;
  fellBack(commands: number): void;
  depth(commands: number): void;
};

export type ExecutorDeps = {
  readonly store: Store;
  /** Whether a refusal is remembered under a claim that keeps answers. */
  keeps(refusal: Refusal): boolean;
  readonly observer?: Observer;
  readonly limits?: Partial<Limits>;
};

type Task = {
  readonly command: Command<unknown, unknown>;
  readonly input: unknown;
  readonly caller: string;
  readonly claims: readonly Claim[];
  readonly deadline: number;
  readonly submitted: number;
  readonly resolve: (answer: Answer<unknown>) => void;
  readonly reject: (error: unknown) => void;
  needs: readonly (Ref | SetRef)[];
  named: Named;
  /** Only from `decided` on may it have been done. */
  state: "routing" | "queued" | "running" | "decided" | "done";
  /** Whether it was run again because a row had come from elsewhere. */
  repeated: boolean;
};

type Verdict = { readonly answer: Answer<unknown> } | { readonly fault: unknown };

export const createExecutor = (deps: ExecutorDeps): Executor => {
  const { store, observer } = deps;
  const limits: Limits = { ...LIMITS, ...deps.limits };
  const queue: Task[] = [];
  const open = new Set<Task>();
  const places = new Map<string, number>();
  let draining = false;
  let running = false;
  let sweeper: NodeJS.Timeout | undefined;
  const drained: (() => void)[] = [];

  const enter = (task: Task) => {
    open.add(task);
    places.set(task.caller, (places.get(task.caller) ?? 0) + 1);
    sweeper ??= setInterval(sweep, SWEEP_MS);
    observer?.depth(open.size);
  };

  const leave = (task: Task) => {
    open.delete(task);
    const left = (places.get(task.caller) ?? 1) - 1;
    if (left === 0) places.delete(task.caller);
    else places.set(task.caller, left);
    if (open.size > 0) return;
    clearInterval(sweeper);
    sweeper = undefined;
    observer?.depth(0);
    for (const resolve of drained.splice(0)) resolve();
  };

  const settle = (task: Task, verdict: Verdict) => {
    if (task.state === "done") return;
    task.state = "done";
    if ("fault" in verdict) task.reject(verdict.fault);
    else task.resolve(verdict.answer);
    leave(task);
  };

  /** Nobody waits beyond the deadline, also when the lane hangs. What was answered here is not decided any more. */
  const sweep = () => {
    const now = performance.now();
    for (const task of open) {
      if (now < task.deadline) continue;
      settle(task, { fault: new Unavailable(task.state === "decided" ? "OUTCOME_UNKNOWN" : "OVERLOADED") });
    }
  };

  const enqueue = (task: Task, refs: readonly Ref[], peeked: FixedRows) => {
    if (task.state === "done") return;
    const routes: Routes = { get: (ref) => peeked.get(ref.id) as never };
    task.needs = task.command.needs(task.input, routes);
    // What routing did not find stays absent for this command, though it may have appeared since.
    const settled = refs.filter((ref) => ref.table.immutable || peeked.get(ref.id) === undefined);
    const known = new Map(settled.map((ref) => [ref.id, peeked.get(ref.id)] as const));
    const sets = task.needs.filter((need) => "set" in need);
    task.named = { name: task.command.name, ids: new Set(task.needs.map((need) => need.id)), sets, known };
    demandClaimGuards(task);
    task.state = "queued";
    queue.push(task);
    if (!running) void runLane();
  };

  const runLane = async () => {
    running = true;
    // Submissions of the same turn of the event loop belong in one batch.
    await Promise.resolve();
    while (queue.length > 0) {
      const tasks = takeBatch();
      if (tasks.length === 0) continue;
      const started = performance.now();
      for (const task of tasks) observer?.waited(started - task.submitted);
      await runBatch(tasks, "usual");
      observer?.batch(tasks.length, performance.now() - started);
    }
    running = false;
  };

  const takeBatch = (): Task[] => {
    const tasks = queue.splice(0, limits.batch).filter(isTimely);
    for (const task of tasks) task.state = "running";
    return tasks;
  };

  /** The sweep may be late, such as after the process was stopped. */
  const isTimely = (task: Task): boolean => {
    if (performance.now() >= task.deadline) settle(task, { fault: new Unavailable("OVERLOADED") });
    return task.state !== "done";
  };

  const runBatch = async (tasks: readonly Task[], patience: Plan["patience"]): Promise<void> => {
    let verdicts: readonly Verdict[] = [];
    try {
      await store.transact(planOf(tasks, patience), (loaded) => {
        const decided = decideAll(tasks, loaded, deps.keeps);
        verdicts = decided.verdicts;
        return decided.save;
      });
    } catch (error) {
      await recover(tasks, error);
      return;
    }
    tasks.forEach((task, index) => {
      settle(task, verdicts[index] ?? { fault: new Error("a command was not decided") });
    });
  };

  /** Nothing of the batch was done, unless the failure says that it is not known. */
  const recover = async (tasks: readonly Task[], error: unknown): Promise<void> => {
    const kind = error instanceof StoreFailure ? error.kind : "bug";
    if (kind === "unknown" || kind === "disconnected") {
      const fault = new Unavailable(kind === "unknown" ? "OUTCOME_UNKNOWN" : "OVERLOADED", error);
      for (const task of tasks) settle(task, { fault });
      return;
    }
    const [first] = tasks;
    if (tasks.length === 1 && first !== undefined) {
      // Another node made a row that no lock could guard yet: the second time it is seen.
      if (kind === "conflict" && !first.repeated) await runAlone({ task: first, repeated: true });
      else settle(first, { fault: kind === "contention" ? new Unavailable("BUSY", error) : causeOf(error) });
      return;
    }
    // One command must not cost the others their answer: each runs alone.
    observer?.fellBack(tasks.length);
    for (const task of tasks) if (task.state !== "done") task.state = "queued";
    for (const task of tasks) await runAlone({ task, repeated: false });
  };

  const runAlone = async ({ task, repeated }: { readonly task: Task; readonly repeated: boolean }): Promise<void> => {
    if (!isTimely(task)) return;
    task.state = "running";
    task.repeated = repeated;
    await runBatch([task], "brief");
  };

  const submit: Executor["submit"] = <Input, Result, Code extends string>(
    command: Command<Input, Result, Code>,
    input: Input,
    terms: Terms<Code>,
  ) =>
    new Promise<Answer<Result, Code>>((resolve, reject) => {
      const busy = places.get(terms.caller) ?? 0;
      if (draining || open.size >= limits.queue || busy >= limits.perCaller) {
        reject(new Unavailable("OVERLOADED"));
        return;
      }
      const now = performance.now();
      const task: Task = {
        command: command as Command<unknown, unknown>,
        input,
        caller: terms.caller,
        claims: terms.claims ?? [],
        deadline: now + Math.min(terms.deadlineMs ?? limits.deadlineMs, limits.deadlineMs),
        submitted: now,
        resolve: resolve as (answer: Answer<unknown>) => void,
        reject,
        needs: [],
        named: { name: command.name, ids: new Set(), sets: [], known: new Map() },
        state: "routing",
        repeated: false,
      };
      enter(task);
      void route(task);
    });

  const route = async (task: Task) => {
    try {
      const refs = task.command.route?.(task.input) ?? [];
      const peeked = store.readFixed(refs);
      enqueue(task, refs, peeked instanceof Promise ? await peeked : peeked);
    } catch (error) {
      // Routing reads only, so that nothing was done.
      settle(task, { fault: error instanceof StoreFailure ? new Unavailable("OVERLOADED", error) : error });
    }
  };

  return {
    submit,
    drain() {
      draining = true;
      return new Promise((resolve) => {
        if (open.size === 0) resolve();
        else drained.push(resolve);
      });
    },
  };
};

const causeOf = (error: unknown): unknown => (error instanceof StoreFailure ? error.cause : error);

/** Without its gate's lock a claim would not be locked at all. */
const demandClaimGuards = ({ command, claims, named }: Task) => {
  for (const { scope, guard } of claims) {
    if (guard !== null && !named.ids.has(guard.id)) {
      throw new UnnamedRow(command.name, `claim of ${scope} is guarded by ${guard.id}, which it did not name`);
    }
  }
};

const planOf = (tasks: readonly Task[], patience: Plan["patience"]): Plan => {
  const claims = new Map<string, Claim>();
  const refs = new Map<string, Ref>();
  const sets = new Map<string, SetRef>();
  const draws = new Map<string, number>();
  for (const { command, claims: claimed, needs } of tasks) {
    for (const claim of claimed) claims.set(claimId(claim), claim);
    for (const need of needs) {
      if ("set" in need) sets.set(need.id, need);
      else refs.set(need.id, need);
    }
    for (const sequence of command.draws ?? []) draws.set(sequence, (draws.get(sequence) ?? 0) + 1);
  }
  return { claims: [...claims.values()], refs: [...refs.values()], sets: [...sets.values()], draws, patience };
};

type Remembered = { readonly fingerprint: string; readonly answer: string };

/** Decides the commands in order on one state. A fault in one is that one's alone. */
const decideAll = (
  tasks: readonly Task[],
  loaded: Loaded,
  keeps: (refusal: Refusal) => boolean,
): { readonly save: Save; readonly verdicts: readonly Verdict[] } => {
  const batch = openBatch(loaded);
  const draw = drawsFrom(loaded);
  const remembered = new Map<string, Remembered>();
  const answers: Save["answers"][number][] = [];

  const recall = (claim: Claim): Remembered | undefined => remembered.get(claimId(claim)) ?? loaded.answered(claim);

  const remember = (claims: readonly Claim[], outcome: unknown, answer: string) => {
    const refused = isRefusal(outcome);
    for (const claim of claims) {
      if (recall(claim) !== undefined) continue;
      if (refused && (claim.keeps === "results" || !keeps(outcome))) continue;
      const kept = claim.keeps === "uses" ? "" : answer;
      remembered.set(claimId(claim), { fingerprint: claim.fingerprint, answer: kept });
      answers.push({ claim, answer: kept });
    }
  };

  const decide = ({ command, input, claims, named }: Task): Answer<unknown> => {
    const replay = replayOf(claims, recall);
    if (replay !== undefined) {
      remember(claims, replay.outcome, JSON.stringify(replay));
      return replay;
    }
    const moment: Moment = { now: loaded.now, id: draw(command) };
    const decision = command.decide(batch.view(named), input, moment);
    const answer = { outcome: isRefusal(decision) ? decision : decision.result, replayed: [] };
    // Before anything is applied, because it throws when the result is not JSON.
    const text = claims.length > 0 ? JSON.stringify(answer) : "";
    if (!isRefusal(decision)) batch.apply(named, decision);
    remember(claims, answer.outcome, text);
    return answer;
  };

  const verdicts = tasks.map((task): Verdict => {
    if (task.state === "done") return ANSWERED;
    task.state = "decided";
    try {
      return { answer: decide(task) };
    } catch (fault) {
      return { fault };
    }
  });
  return { save: { ...batch.changes(), answers }, verdicts };
};

/** Of a command that the sweep answered while its batch waited for locks. Nobody hears of it. */
const ANSWERED: Verdict = { fault: new Error("answered at its deadline") };

/** The answer of the first claim that was used before; a claim used for something else is refused as it says. */
const replayOf = (
  claims: readonly Claim[],
  recall: (claim: Claim) => Remembered | undefined,
): Answer<unknown> | undefined => {
  for (const claim of claims) {
    const known = recall(claim);
    if (known === undefined) continue;
    if (known.fingerprint !== claim.fingerprint) return { outcome: claim.mismatch, replayed: [] };
    const first = JSON.parse(known.answer) as Answer<unknown>;
    return { outcome: first.outcome, replayed: [claim.scope, ...first.replayed] };
  }
  return undefined;
};

/** Ids in the order of the commands. Each may draw what it declared, so that none takes another's. */
const drawsFrom = (loaded: Loaded): ((command: Pick<Command<unknown, unknown>, "draws">) => Moment["id"]) => {
  const drawn = new Map<string, number>();
  return ({ draws = [] }) => {
    const left = new Map(draws.map((sequence) => [sequence, draws.filter((other) => other === sequence).length]));
    return (sequence) => {
      const mine = left.get(sequence) ?? 0;
      const next = drawn.get(sequence) ?? 0;
      const id = loaded.ids.get(sequence)?.[next];
      if (mine === 0 || id === undefined) throw new Error(`sequence ${sequence} was not named in draws`);
      left.set(sequence, mine - 1);
      drawn.set(sequence, next + 1);
      return id;
    };
  };
};
