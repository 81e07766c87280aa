/** From a trader's or the host's request to a command: whose key it is, and the answer that a route sends. */
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Claim, Command, Executor } from "../engine/index.ts";
import { callerOf, keyClaim, runCommand } from "../http/index.ts";
import type { Refusal } from "../kernel/index.ts";
import type { ErrorCode } from "./errors.ts";
import { traders } from "./tables/index.ts";

/** Only what was decided under the locks is remembered: a bad request or a limit may be mended and sent again. */
const FORGOTTEN: ReadonlySet<string> = new Set<ErrorCode>([
  "VALIDATION_ERROR",
  "UNAUTHORIZED",
  "PAYLOAD_TOO_LARGE",
  "RATE_LIMITED",
]);
export const keepsRefusal = (refusal: Refusal): boolean => !FORGOTTEN.has(refusal.refusal);

/** Two scopes, because a claim that is guarded and one that is not may not share a key. */
const KEY_SCOPES = { guarded: "key ", unguarded: "free key " } as const;

export type Sending<Result, Answer> = {
  /** 200 unless said otherwise; told whether a claim other than the key had answered before, and what is answered. */
  readonly status?: number | ((repeated: boolean, result: Result) => number);
  /**
   * What only a route may add, such as payment details in the clear. A repeated answer is of then: what of it may not be
   * shown any more is for the route to leave out.
   */
  readonly present?: (result: Result, repeated: boolean) => Answer | Promise<Answer>;
  readonly claims?: readonly Claim<ErrorCode>[];
  /** False for commands that do not name their caller. */
  readonly guarded?: boolean;
  /** What stands for the body when it is not JSON, spelled in one way. */
  readonly content?: () => string;
};

/** A route's reply, which takes what the route's schema says and nothing else. */
type ReplyTo<Answer> = FastifyReply & { readonly send: (answer: Answer) => unknown };

export type SubmitCommand = <Input, Result, Answer = Result>(
  request: FastifyRequest,
  reply: ReplyTo<NoInfer<Answer>>,
  command: Command<Input, Result, ErrorCode>,
  input: Input,
  sending?: Sending<Result, Answer>,
) => Promise<void>;

/** A trader's own commands hold the trader's gate, which then is the key's lock; the host platform's do not. */
export const createSubmitCommand =
  (executor: Executor): SubmitCommand =>
  async (request, reply, command, input, { status = 200, present, claims, guarded = true, content } = {}) => {
    const { traderId } = callerOf(request);
    const key = keyClaim(request, {
      scope: (guarded ? KEY_SCOPES.guarded : KEY_SCOPES.unguarded) + traderId,
      guard: guarded ? traders.at(traderId) : null,
      keeps: "answers",
      content,
    });
    const submission = { command, input, caller: traderId, key, claims };
    await runCommand(executor, reply, submission, async (result, { byKey, byClaim }) => {
      if (result === null) return void reply.code(204).send();
      const answer = present === undefined ? result : await present(result, byKey || byClaim);
      reply.code(typeof status === "number" ? status : status(byClaim, result)).send(answer);
    });
  };
