/** From a request to a command and back: claims, places in the queue, replays, refusals. */
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Answer, Claim, Command, Executor } from "../engine/index.ts";
import { callerOf, idempotencyOf, markReplayed, sendRefusal } from "../http/index.ts";
import { DAY, isRefusal, type Refusal, refuse } from "../kernel/index.ts";
import type { ErrorCode } from "./errors.ts";
import { traders } from "./tables/index.ts";

/** Only what was decided under the locks is remembered: a bad request or a limit may be mended and sent again. */
const FORGOTTEN: ReadonlySet<string> = new Set<ErrorCode>(["VALIDATION_ERROR", "UNAUTHORIZED", "RATE_LIMITED"]);
export const keepsRefusal = (refusal: Refusal): boolean => !FORGOTTEN.has(refusal.refusal);

/** Two scopes, because a claim that is guarded and one that is not may not share a key. */
const KEY_SCOPES = { guarded: "key ", unguarded: "free key " } as const;
const isKey = (scope: string | undefined): boolean =>
  scope !== undefined && Object.values(KEY_SCOPES).some((prefix) => scope.startsWith(prefix));

/**
 * The claim of a request's Idempotency-Key, scoped to the caller. A trader's own commands hold the trader's gate, which
 * then is the claim's lock; the host platform's do not.
 */
const keyClaim = (
  request: FastifyRequest,
  guarded: boolean,
  content: unknown,
): readonly Claim<"IDEMPOTENCY_KEY_REUSED">[] => {
  const idempotency = idempotencyOf(request, content);
  if (idempotency === null) return [];
  const { traderId } = callerOf(request);
  return [
    {
      scope: (guarded ? KEY_SCOPES.guarded : KEY_SCOPES.unguarded) + traderId,
      ...idempotency,
      mismatch: refuse("IDEMPOTENCY_KEY_REUSED"),
      keeps: "answers",
      lifetimeMs: DAY,
      guard: guarded ? traders.at(traderId) : null,
    },
  ];
};

export type Sending<Result, Answer> = {
  /** 200 unless said otherwise; told whether a claim other than the key had answered before. */
  readonly status?: number | ((repeated: boolean) => number);
  /** What only a route may add, such as payment details in the clear. */
  readonly present?: (result: Result) => Answer;
  readonly claims?: readonly Claim<ErrorCode>[];
  /** False for commands that do not name their caller. */
  readonly guarded?: boolean;
  /** What stands for the body when it is not JSON. */
  readonly content?: unknown;
};

/** A route's reply, which takes what the route's schema says and nothing else. */
type ReplyTo<Answer> = FastifyReply & { readonly send: (answer: Answer) => unknown };

export type Writer = <Input, Result, Answer = Result>(
  request: FastifyRequest,
  reply: ReplyTo<NoInfer<Answer>>,
  command: Command<Input, Result, ErrorCode>,
  input: Input,
  sending?: Sending<Result, Answer>,
) => Promise<void>;

export const createWriter =
  (executor: Executor): Writer =>
  async (request, reply, command, input, sending = {}) => {
    const { status = 200, present, claims = [], guarded = true, content = request.body } = sending;
    const answer = await executor.submit(command, input, {
      caller: callerOf(request).traderId,
      claims: [...keyClaim(request, guarded, content), ...claims],
    });
    if (isKey(answer.replayed[0])) markReplayed(reply);
    const { outcome } = answer;
    if (isRefusal(outcome)) refuseWith(reply, outcome);
    else if (outcome === null) reply.code(204).send();
    else {
      const code = typeof status === "number" ? status : status(repeatedByOther(answer));
      reply.code(code).send(present === undefined ? outcome : present(outcome));
    }
  };

const repeatedByOther = ({ replayed }: Answer<unknown>): boolean => replayed.some((scope) => !isKey(scope));

const refuseWith = (reply: FastifyReply, refusal: Refusal) => {
  const wait = refusal.details?.retry_after_seconds;
  if (typeof wait === "number") sendRefusal(reply, refusal, wait);
  else sendRefusal(reply, refusal);
};
