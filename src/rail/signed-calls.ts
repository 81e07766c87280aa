/**
 * From a signed request to an answer: authentication, rate limits, replay protection, idempotency. Every call of a bank
 * passes through here, in one order of checks.
 */
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Command, Executor } from "../engine/index.ts";
import {
  createCounter,
  type ErrorRegistry,
  hasMalformedKey,
  keyClaim,
  pathOf,
  type Repeat,
  runCommand,
  sendRefusal,
} from "../http/index.ts";
import { canonicalJson, type JsonObject } from "../jws/index.ts";
import { isRefusal, type Refusal, refuse } from "../kernel/index.ts";
import type { Answer, Answers } from "./answers.ts";
import { createAtOnce } from "./at-once.ts";
import { ERRORS, type ErrorCode, invalid } from "./errors.ts";
import {
  type Authenticate,
  type Authenticated,
  type Caller,
  type ReplayProtection,
  replayClaims,
} from "./signed-requests/index.ts";
import { quotas } from "./tables/index.ts";

/** Refusals that are not remembered: the same request may be sent again. */
const FORGOTTEN: ReadonlySet<string> = new Set<ErrorCode>(["RATE_LIMITED", "AUTHORIZATION_FAILED"]);
export const keepsRefusal = ({ refusal }: Refusal): boolean => !FORGOTTEN.has(refusal);

/** 429 and 5xx: the same request may be sent again. */
const isPassing = ({ refusal }: Refusal): boolean => {
  const { status = 500 } = (ERRORS as ErrorRegistry)[refusal] ?? {};
  return status === 429 || status >= 500;
};

/** @property refuses every code that it says no with: routes document these */
export type Query<Code extends ErrorCode = ErrorCode> = {
  readonly refuses: readonly Code[];
  /** An object of its schema's type, which its view says. */
  readonly read: (caller: Caller, request: FastifyRequest) => Promise<object | Refusal<Code>>;
};

/** For a read what `defineCommand` is for a write: a code that is not among `refuses` does not compile. */
export const defineQuery = <const Code extends ErrorCode>(
  refuses: readonly Code[],
  read: Query<NoInfer<Code>>["read"],
): Query<Code> => ({ refuses, read });

/** A command with its input. @property present makes the answer; a repeat gets the present state of what the first one made */
export type PreparedCommand<Input, Result> = {
  readonly command: Command<Input, Result, ErrorCode>;
  readonly input: Input;
  present(result: Result, replayed: boolean): Presented | Promise<Presented>;
};
/** A refusal: what was done has come to nothing. */
type Presented = Answer | Refusal<ErrorCode>;

/** Parses a payload into a command; a refusal consumes the request's `jti`s all the same. */
export type ParseRequest<Input, Result> = (
  caller: Caller,
  payload: JsonObject,
  request: FastifyRequest,
) => Parsed<Input, Result> | Promise<Parsed<Input, Result>>;
type Parsed<Input, Result> = Refusal<ErrorCode> | PreparedCommand<Input, Result>;

export type SignedCalls = {
  read(query: Query): Handler;
  write<Input, Result>(parse: ParseRequest<Input, Result>): Handler;
};

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<void>;

export type SignedCallsDeps = {
  readonly authenticate: Authenticate;
  readonly executor: Executor;
  readonly replayProtection: ReplayProtection;
  readonly answers: Answers;
  readonly callsPer10Seconds: number;
  readonly guessesPer10Seconds: number;
  /** Why a request was turned away: for the log alone. */
  readonly onRefused: (reason: string) => void;
};

/**
 * Whoever else needs a thread waits some milliseconds for them. Far fewer would verify while the lane works instead of
 * before it: its batches become small, and an order a quarter dearer.
 */
const VERIFIED_AT_ONCE = 256;

export const createSignedCalls = (deps: SignedCallsDeps): SignedCalls => {
  const { authenticate, replayProtection, answers, onRefused } = deps;
  const callsOf = createCounter(deps.callsPer10Seconds);
  const guessesOf = createCounter(deps.guessesPer10Seconds);
  const inTurn = createAtOnce(VERIFIED_AT_ONCE);

  const admit = async (request: FastifyRequest): Promise<Authenticated | Limited> => {
    // A guess costs as much as a real request, so that it is counted before it is looked at.
    const address = request.server.addressOf(request.raw);
    const tooMany = guessesOf.count(address);
    if (tooMany !== null) return limited(tooMany);
    const authenticated = await inTurn(() => authenticate(signedRequestOf(request)));
    if (authenticated.kind === "refused") {
      request.refusedFor = authenticated.reason;
      onRefused(authenticated.reason);
      return authenticated;
    }
    request.signedBy = authenticated.caller.participant.guid;
    const wait = callsOf.count(authenticated.caller.participant.guid);
    // Its signature was verified for nothing, and so would be the next: whoever goes on is stopped before that.
    if (wait !== null) return limited(wait);
    guessesOf.giveBack(address);
    return authenticated;
  };

  /** What anybody may send who has seen it once is no call of the bank that signed it, and as good as a guess. */
  const wasReplayed = (request: FastifyRequest, { participant }: Caller): void => {
    callsOf.giveBack(participant.guid);
    guessesOf.count(request.server.addressOf(request.raw));
  };
  const sending: Sending = { ...deps, wasReplayed };

  return {
    read: (query) => async (request, reply) => {
      const admitted = await admit(request);
      if (admitted.kind === "limited" || admitted.kind === "refused") return void sendRefusal(reply, admitted.refusal);
      const { caller } = admitted;
      const outcome = admitted.kind === "invalid" ? admitted.refusal : await query.read(caller, request);
      // After the query, so that a fault of ours consumes nothing; nor does what may be asked for again.
      if (isRefusal(outcome) && isPassing(outcome)) return answers.refuse(request, reply, caller, outcome);
      if (!(await replayProtection.consume(caller))) {
        wasReplayed(request, caller);
        request.refusedFor = "the jti was used before";
        return void sendRefusal(reply, refuse("AUTHORIZATION_FAILED"));
      }
      if (isRefusal(outcome)) return answers.refuse(request, reply, caller, outcome);
      return answers.send(request, reply, caller, { status: 200, body: outcome });
    },
    write: (parse) => async (request, reply) => {
      const admitted = await admit(request);
      if (admitted.kind === "limited" || admitted.kind === "refused") return void sendRefusal(reply, admitted.refusal);
      const { caller } = admitted;
      const payload: JsonObject = admitted.kind === "accepted" ? admitted.payload : new Map();
      const parsed = admitted.kind === "invalid" ? admitted.refusal : await parseAs(parse, caller, payload, request);
      if (!isRefusal(parsed)) return submit(sending, request, reply, { caller, payload, prepared: parsed });
      const prepared = { command: decline(parsed), input: { caller: caller.participant.guid }, present: nothing };
      return submit(sending, request, reply, { caller, payload, prepared });
    },
  };
};

type Sending = Pick<SignedCallsDeps, "executor" | "answers"> & {
  readonly wasReplayed: (request: FastifyRequest, caller: Caller) => void;
};

/** Runs the command of a call, which uses up its `jti`s, and answers. */
const submit = <Input, Result>(
  { executor, answers, wasReplayed }: Sending,
  request: FastifyRequest,
  reply: FastifyReply,
  { caller, payload, prepared: { command, input, present } }: Submission<Input, Result>,
): Promise<void> => {
  const key = keyOf(request, caller, payload);
  const submission = { command, input, caller: caller.participant.guid, key, claims: replayClaims(caller) };
  const say = (refusal: Refusal) => {
    // No command says so: it is the claim on a `jti` that was used.
    if (refusal.refusal === "AUTHORIZATION_FAILED") wasReplayed(request, caller);
    return answers.refuse(request, reply, caller, refusal);
  };
  const send = async (result: Result, { byKey }: Repeat) => {
    const presented = await present(result, byKey);
    await (isRefusal(presented) ? say(presented) : answers.send(request, reply, caller, presented));
  };
  return runCommand(executor, reply, submission, send, say);
};

type Submission<Input, Result> = {
  readonly caller: Caller;
  readonly payload: JsonObject;
  readonly prepared: PreparedCommand<Input, Result>;
};

type Limited = { readonly kind: "limited"; readonly refusal: Refusal };
const limited = (seconds: number): Limited => ({
  kind: "limited",
  refusal: refuse("RATE_LIMITED", { retry_after_seconds: seconds }),
});

const parseAs = <Input, Result>(
  parse: ParseRequest<Input, Result>,
  caller: Caller,
  payload: JsonObject,
  request: FastifyRequest,
): ReturnType<typeof parse> => {
  if (hasMalformedKey(request)) return invalid("Idempotency-Key");
  return parse(caller, payload, request);
};

/** A refusal known before the command: it still consumes the keys that the request came with. */
const decline = (refusal: Refusal<ErrorCode>): Command<{ readonly caller: string }, null, ErrorCode> => ({
  name: "decline",
  refuses: [refusal.refusal],
  needs: ({ caller }) => [quotas.at(caller)],
  decide: () => refusal,
});

const nothing = (): Answer => {
  throw new Error("a declined request has no result");
};

/** What differs in a repeat, because it is signed anew. */
const OF_THE_SIGNING: ReadonlySet<string> = new Set(["jti", "iat", "exp"]);

/** A read has none: asked again, it is asked anew. */
const keyOf = (request: FastifyRequest, { participant: { guid } }: Caller, payload: JsonObject) =>
  isRead(request)
    ? null
    : keyClaim(request, {
        scope: `key ${guid}`,
        guard: quotas.at(guid),
        keeps: "answers",
        content: () => canonicalJson(new Map([...payload].filter(([name]) => !OF_THE_SIGNING.has(name)))),
      });

const isRead = ({ method }: FastifyRequest): boolean => method === "GET" || method === "HEAD";

const BEARER = /^Bearer +(\S+)$/i;

const signedRequestOf = (request: FastifyRequest) => {
  const own = request.headers["cx-authorization"];
  const bearer = BEARER.exec(request.headers.authorization ?? "")?.[1] ?? request.headers.authorization ?? null;
  const reads = isRead(request);
  return {
    path: pathOf(request),
    headerToken: own === undefined ? bearer : String(own),
    body: reads
      ? null
      : {
          contentType: request.headers["content-type"] ?? "",
          bytes: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
        },
  };
};
