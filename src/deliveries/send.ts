/** One attempt: where to, the post itself, what its answer means, and what becomes of the delivery. */
import { SECOND } from "../kernel/index.ts";
import { ANSWER_MS, type Answered, post } from "./post.ts";
import { DELIVERY_LIMITS, type Delivery } from "./take.ts";
import type { DeliveriesOptions, Verdict } from "./types.ts";

const BACK_OFF_SECONDS: readonly number[] = [1, 2, 4, 8, 16, 32, 60];
/** Up to a fifth more or less, so that what failed together does not come back together. */
const JITTER = 0.2;

/** @param attempts made so far */
export const backOffMs = (attempts: number, random: number, schedule = BACK_OFF_SECONDS): number => {
  const seconds = schedule[attempts - 1] ?? schedule.at(-1) ?? 0;
  return seconds * SECOND * (1 - JITTER + 2 * JITTER * random);
};

const handleByStatus = async (_delivery: Delivery, answered: Answered): Promise<Verdict> =>
  "status" in answered && answered.status >= 200 && answered.status < 300 ? "done" : "again";

/** @property slow whether the endpoint held its place for much of the time that it has to answer; null: nothing was sent */
export type Sent = { readonly delivered: boolean; readonly slow: boolean | null };
export type Send = (delivery: Delivery) => Promise<Sent>;

/** Of the time that an endpoint has to answer. Whoever takes it all hangs; whoever answers is done long before. */
const SLOW_FROM = 1 / 2;

export const createSend = (options: DeliveriesOptions): Send => {
  const { address, handleResponse = handleByStatus, onFailure, answerMs = ANSWER_MS } = options;
  const settle = createSettle(options);

  const meaningOf = (delivery: Delivery, answered: Answered): Promise<Verdict> =>
    handleResponse(delivery, answered).catch((error: unknown): Verdict => {
      onFailure(error);
      return "again";
    });

  /** That nothing could be sent means something as well, the last time. */
  const fail = async (delivery: Delivery, answered: Answered): Promise<Sent> =>
    unsent(await settle(delivery, answered, await meaningOf(delivery, answered)));

  return async (delivery) => {
    const addressed = await address(delivery).catch((error: unknown) => {
      onFailure(error);
      return { error: "the address could not be made up" };
    });
    if ("waits" in addressed) return unsent(await wait(options, delivery, addressed.waits));
    if ("unreachable" in addressed) {
      const last = { ...delivery, attempts: DELIVERY_LIMITS.attempts };
      return fail(last, { error: addressed.unreachable });
    }
    if ("error" in addressed) return fail(delivery, addressed);
    if ("skip" in addressed) return unsent(await settle(delivery, { error: addressed.skip }, "done"));
    const { url, headers, body = delivery.body } = addressed;
    const began = performance.now();
    const answered = await post(url, headers, body, {
      allowPrivate: addressed.allowPrivate ?? options.allowPrivate,
      userAgent: options.userAgent,
      answerBytes: addressed.answerBytes ?? options.answerBytes ?? 0,
      answerMs,
    });
    const slow = performance.now() - began >= answerMs * SLOW_FROM;
    return { delivered: await settle(delivery, answered, await meaningOf(delivery, answered)), slow };
  };
};

const unsent = (delivered: boolean): Sent => ({ delivered, slow: null });

/** How long until it is looked whether it may be sent: who may be sent to again does not wait for long. */
const LOOKED_AT_EVERY_MS = 5 * SECOND;

const wait = async ({ pool }: DeliveriesOptions, { id }: Delivery, reason: string): Promise<false> => {
  await pool.query({
    name: "let delivery wait",
    text: `update deliveries.queue set attempts = attempts - 1, last_error = $2,
      next_at = now() + $3 * interval '1 millisecond' where id = $1 and state = 'waiting'`,
    values: [id, reason, LOOKED_AT_EVERY_MS],
  });
  return false;
};

type Settle = (delivery: Delivery, answered: Answered, verdict: Verdict) => Promise<boolean>;

const createSettle =
  ({ pool, backOffSeconds }: DeliveriesOptions): Settle =>
  async ({ id, attempts }, answered, verdict) => {
    const delivered = verdict === "done";
    const last = attempts >= DELIVERY_LIMITS.attempts;
    const fault = "error" in answered ? answered.error : `answered ${answered.status}`;
    await pool.query({
      name: "settle delivery",
      text: `update deliveries.queue set state = $2, last_error = $3, settled_at = case when $2 = 'waiting' then null else now() end,
          next_at = now() + $4 * interval '1 millisecond' where id = $1 and state = 'waiting'`,
      values: [
        id,
        delivered ? "delivered" : last ? "dead" : "waiting",
        delivered ? null : fault,
        backOffMs(attempts, Math.random(), backOffSeconds),
      ],
    });
    return delivered;
  };
