/** From an operator's request to a command: the operator, the Idempotency-Key, and the answer to a repeat. */
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Claim, Command, Executor } from "../../engine/index.ts";
import { callerOf, idempotencyOf, markReplayed, sendRefusal } from "../../http/index.ts";
import { isRefusal, refuse } from "../../kernel/index.ts";
import type { OperatorErrorCode } from "../errors.ts";
import { LIMITS } from "../settings.ts";
import type { Directory } from "./directory.ts";
import type { Operator } from "./records.ts";

export const operatorOf = (request: FastifyRequest): Operator => {
  const { traderId, roles } = callerOf(request);
  return { id: traderId, production: roles.has("rail_operator") };
};

/** Operators share no gate. A refused one may be mended, so that its key is free again. */
const keyClaim = (request: FastifyRequest, scope: string): readonly Claim<"IDEMPOTENCY_KEY_REUSED">[] => {
  const idempotency = idempotencyOf(request);
  if (idempotency === null) return [];
  const mismatch = refuse("IDEMPOTENCY_KEY_REUSED");
  return [{ scope, ...idempotency, mismatch, keeps: "results", lifetimeMs: LIMITS.memoryMs, guard: null }];
};

export type Sending<Result> = {
  readonly claims?: readonly Claim<OperatorErrorCode>[];
  /** Sends what the command came to, on a node that knows of it. */
  present(result: Result): Promise<void>;
};

export type OperatorWriter = <Input, Result>(
  request: FastifyRequest,
  reply: FastifyReply,
  command: Command<Input, Result, OperatorErrorCode>,
  input: Input,
  sending: Sending<Result>,
) => Promise<void>;

export const createOperatorWriter =
  (executor: Executor, directory: Directory): OperatorWriter =>
  async (request, reply, command, input, { claims = [], present }) => {
    const scope = `operator ${operatorOf(request).id}`;
    const { outcome, replayed } = await executor.submit(command, input, {
      caller: scope,
      claims: [...keyClaim(request, scope), ...claims],
    });
    if (replayed[0] === scope) markReplayed(reply);
    if (isRefusal(outcome)) {
      sendRefusal(reply, outcome);
      return;
    }
    await directory.refresh();
    await present(outcome);
  };
