/**
 * The one way from a request to a command, for both systems: the Idempotency-Key as a claim, the place in the queue, the
 * mark on a repeated answer, and refusals as errors. Who calls, and what an answer looks like, is each system's own.
 */
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Claim, Command, Executor } from "../engine/index.ts";
import { DAY, isRefusal, type Refusal, refuse } from "../kernel/index.ts";
import { type HttpCode, sendRefusal } from "./errors.ts";
import { idempotencyOf, markReplayed } from "./idempotency.ts";

/** Whoever lost an answer asks again sooner. */
const KEY_LIFETIME_MS = DAY;

type KeyReused = Extract<HttpCode, "IDEMPOTENCY_KEY_REUSED">;
export type KeyClaim = Claim<KeyReused>;

export type KeyTerms = Pick<Claim, "scope" | "guard" | "keeps"> & {
  /** What is asked, spelled in one way, where that is not the parsed body. Asked for only when there is a key. */
  readonly content?: (() => string) | undefined;
};

/** The claim of a request's Idempotency-Key, or null when it has none. */
export const keyClaim = (request: FastifyRequest, { scope, guard, keeps, content }: KeyTerms): KeyClaim | null => {
  const idempotency = idempotencyOf(request, content);
  if (idempotency === null) return null;
  return {
    ...idempotency,
    scope,
    guard,
    keeps,
    mismatch: refuse("IDEMPOTENCY_KEY_REUSED"),
    lifetimeMs: KEY_LIFETIME_MS,
  };
};

export type Submission<Input, Result, Code extends string> = {
  readonly command: Command<Input, Result, Code>;
  readonly input: Input;
  /** Whose place in the queue it takes. */
  readonly caller: string;
  /** Looked at first. */
  readonly key: KeyClaim | null;
  readonly claims?: readonly Claim<Code>[] | undefined;
};

/** Whether an answer was given before, and by whose memory. */
export type Repeat = {
  readonly byKey: boolean;
  /** By another claim, such as a host's id: now, or when the key was first used. */
  readonly byClaim: boolean;
};

/**
 * Runs the command and answers: a refusal by `say`, which is its plain error unless said otherwise; anything else by `send`.
 * Rejects as `Executor.submit` does, which the error handler answers, or with what `send` threw.
 */
export const runCommand = async <Input, Result, Code extends string>(
  executor: Executor,
  reply: FastifyReply,
  { command, input, caller, key, claims = [] }: Submission<Input, Result, Code>,
  send: (result: Result, repeat: Repeat) => void | Promise<void>,
  say: (refusal: Refusal) => void | Promise<void> = (refusal) => void sendRefusal(reply, refusal),
): Promise<void> => {
  const { outcome, replayed } = await executor.submit<Input, Result, Code | KeyReused>(command, input, {
    caller,
    claims: key === null ? claims : [key, ...claims],
  });
  const byKey = key !== null && replayed[0] === key.scope;
  if (byKey) markReplayed(reply);
  if (isRefusal(outcome)) await say(outcome);
  else await send(outcome, { byKey, byClaim: replayed.some((scope) => scope !== key?.scope) });
};
