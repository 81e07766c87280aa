/** From an operator's request to a command: who the operator is, and an answer by a node that knows of the change. */
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Claim, Command, Executor } from "../../engine/index.ts";
import { callerOf, keyClaim, runCommand } from "../../http/index.ts";
import type { OperatorErrorCode } from "../errors.ts";
import type { Directory } from "./directory.ts";
import type { Operator } from "./operator-acts.ts";

export const operatorOf = (request: FastifyRequest): Operator => {
  const { traderId, roles } = callerOf(request);
  return { id: traderId, production: roles.has("rail_operator") };
};

export type Sending<Result> = {
  readonly claims?: readonly Claim<OperatorErrorCode>[];
  /** Sends what the command came to, on a node that knows of it. */
  present(result: Result): Promise<void>;
};

export type SubmitOperatorCommand = <Input, Result>(
  request: FastifyRequest,
  reply: FastifyReply,
  command: Command<Input, Result, OperatorErrorCode>,
  input: Input,
  sending: Sending<Result>,
) => Promise<void>;

/** Operators share no gate. A refused one may be mended, so that its key is free again. */
export const createSubmitOperatorCommand =
  (executor: Executor, directory: Directory): SubmitOperatorCommand =>
  async (request, reply, command, input, { claims, present }) => {
    const caller = `operator ${operatorOf(request).id}`;
    const key = keyClaim(request, { scope: caller, guard: null, keeps: "results" });
    await runCommand(executor, reply, { command, input, caller, key, claims }, async (result) => {
      await directory.refresh();
      await present(result);
    });
  };
