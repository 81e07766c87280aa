/**
 * The one way from a request of somebody who is signed in to a transaction: what was answered to a key is answered again,
 * without a second effect. What bears a secret is shown once, and its answer is not kept.
 */
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Pool, PoolClient } from "pg";
import { transact } from "../database/index.ts";
import {
  type CallerSession,
  callerOf,
  type Idempotency,
  idempotencyOf,
  markReplayed,
  RefusedError,
  sendRefusal,
} from "../http/index.ts";
import { DAY, isRefusal, type Refusal, refuse } from "../kernel/index.ts";

/** Decided under the locks. What may be mended and sent again is not remembered. */
const KEPT: ReadonlySet<string> = new Set(["NOT_FOUND", "FORBIDDEN", "USER_NOT_FOUND"]);
const KEY_LIFETIME_MS = DAY;

type Answered = { readonly answer: unknown };
/** @property replayed it was said before, under the same key */
type Outcome = { readonly said: Answered | Refusal; readonly replayed: boolean };
type Row = { readonly fingerprint: string; readonly answer: Answered | Refusal };

/** A key that another request holds is waited for. @returns null: it is new */
const claimKey = async (client: PoolClient, caller: string, { key, fingerprint }: Idempotency) => {
  const { rowCount } = await client.query({
    name: "claim a key of identity",
    text: "insert into identity.keys (caller, key, fingerprint) values ($1, $2, $3) on conflict do nothing",
    values: [caller, key, fingerprint],
  });
  if (rowCount === 1) return null;
  return (await readKey(client, caller, { key, fingerprint })) ?? refuse("IDEMPOTENCY_KEY_REUSED");
};

/** What was answered to it; null: it is new. */
const readKey = async (client: PoolClient, caller: string, { key, fingerprint }: Idempotency) => {
  const { rows } = await client.query<Row>({
    name: "key of identity",
    text: "select fingerprint, answer from identity.keys where caller = $1 and key = $2",
    values: [caller, key],
  });
  const [known] = rows;
  if (known === undefined) return null;
  return known.fingerprint === fingerprint ? known.answer : refuse("IDEMPOTENCY_KEY_REUSED");
};

const keepAnswer = async (client: PoolClient, caller: string, key: string, answer: Answered | Refusal) => {
  await client.query({
    name: "keep an answer of identity",
    text: "update identity.keys set answer = $3 where caller = $1 and key = $2",
    values: [caller, key, JSON.stringify(answer)],
  });
};

/** @returns what is to be answered, in one transaction; a refusal has changed nothing */
const run = (
  { acts, keep = (answer) => answer }: ActOptions,
  caller: string,
  idempotency: Idempotency | null,
  work: Work,
): Promise<Outcome | Refusal> =>
  transact(acts, async (client) => {
    if (idempotency === null) {
      const answer = await work(client);
      return isRefusal(answer) ? answer : { said: { answer }, replayed: false };
    }
    const known = await claimKey(client, caller, idempotency);
    if (known !== null) return { said: known, replayed: true };
    await client.query("savepoint act");
    const answer = await work(client);
    if (isRefusal(answer) && !KEPT.has(answer.refusal)) return answer;
    if (isRefusal(answer)) await client.query("rollback to savepoint act");
    const kept = isRefusal(answer) ? answer : { answer: answer === null ? null : keep(answer) };
    await keepAnswer(client, caller, idempotency.key, kept);
    // A refusal as an answer, so that the transaction is not taken back: it is told apart again below.
    return { said: { answer }, replayed: false };
  });

export type ActOptions = {
  readonly acts: Pool;
  readonly status?: number;
  /** What a repeated request is answered with, where the answer bears a secret. */
  readonly keep?: (answer: object) => object;
};

/** Null: done, with nothing to show. */
export type Work = (client: PoolClient) => Promise<object | null | Refusal>;

export const runAct = async (
  options: ActOptions,
  request: FastifyRequest,
  reply: FastifyReply,
  work: Work,
): Promise<void> => {
  send(reply, options.status ?? 200, await run(options, callerOf(request).traderId, idempotencyOf(request), work));
};

/** For what takes long before its transaction, such as a hash: a repeated request is answered without it. */
export const runPreparedAct = async (
  options: ActOptions,
  request: FastifyRequest,
  reply: FastifyReply,
  prepare: () => Promise<Work | Refusal>,
): Promise<void> => {
  const idempotency = idempotencyOf(request);
  const known =
    idempotency === null
      ? null
      : await transact(options.acts, (client) => readKey(client, callerOf(request).traderId, idempotency));
  const work = known === null ? await prepare() : async () => null;
  if (isRefusal(work)) return void sendRefusal(reply, work);
  await runAct(options, request, reply, work);
};

const send = (reply: FastifyReply, status: number, outcome: Outcome | Refusal): void => {
  const { said, replayed } = isRefusal(outcome) ? { said: outcome, replayed: false } : outcome;
  const refusal = isRefusal(said) ? said : isRefusal(said.answer) ? said.answer : null;
  if (replayed && refusal?.refusal !== "IDEMPOTENCY_KEY_REUSED") markReplayed(reply);
  if (refusal !== null) return void sendRefusal(reply, refusal);
  const { answer } = said as Answered;
  if (answer === null) reply.code(204).send();
  else reply.code(status).send(answer);
};

/** Nobody ends sessions or changes a password by a token. @throws RefusedError FORBIDDEN */
export const sessionOf = (request: FastifyRequest): CallerSession => {
  const { session } = callerOf(request);
  if (session === null) throw new RefusedError(refuse("FORBIDDEN"));
  return session;
};

export const forgetKeys = async (pool: Pool): Promise<void> => {
  await pool.query(`delete from identity.keys where (caller, key) in (select caller, key from identity.keys
    where at < now() - interval '${KEY_LIFETIME_MS} milliseconds' for update skip locked)`);
};
