/**
 * Sends what was queued: at least once, in order within a subject, each endpoint for itself. A dead end is parked after
 * its last attempt and is in nobody's way; it can be listed and sent again.
 */
import type { Pool, PoolClient } from "pg";
import { SECOND } from "../kernel/index.ts";
import { type Answered, type PostOptions, post } from "./post.ts";
import { createTake, DELIVERY_LIMITS, type Delivery, type Queued } from "./take.ts";

/** `skip`: nobody wants it, and that is all right. */
export type Addressed =
  | {
      readonly url: string;
      readonly headers: Readonly<Record<string, string>>;
      /** What is sent instead of the body that was kept, such as the same signed at this moment. */
      readonly body?: string;
      readonly allowPrivate?: boolean;
      /** Instead of the channel's own: so much of the answer is read. */
      readonly answerBytes?: number;
    }
  | { readonly skip: string }
  /** Not to be had now: it is parked with the reason, to be sent again. */
  | { readonly unreachable: string };

/** `again`: not yet. `done`: nothing more is to be sent. */
export type Verdict = "done" | "again";

export type Dead = {
  readonly id: number;
  readonly endpoint: string;
  readonly eventId: string;
  readonly attempts: number;
  readonly lastError: string | null;
  readonly createdAt: number;
  readonly body: string;
};

export type Deliveries = {
  /** Inside the caller's transaction. What is queued already stays as it is. */
  enqueue(client: PoolClient, items: readonly Queued[]): Promise<void>;
  /** Sends what is due; does not wait for the answers. What was delivered makes room for the next at once. */
  run(): Promise<void>;
  /** @param endpoint of one only */
  dead(limit: number, offset: number, endpoint?: string): Promise<readonly Dead[]>;
  /** Whether there was such a dead delivery. @param endpoint of one only */
  resend(id: number, endpoint?: string): Promise<boolean>;
  /** Throws away what was settled long ago. */
  forget(): Promise<void>;
  /** Resolves when nothing is under way any more. */
  stop(): Promise<void>;
};

export type DeliveriesOptions = PostOptions & {
  readonly pool: Pool;
  readonly channel: string;
  /** Where to and under which headers; signed at each attempt. */
  readonly address: (delivery: Delivery) => Promise<Addressed>;
  /** What an answer means, with what follows from it; before the delivery is settled, so that a crash asks again. */
  readonly handleResponse?: (delivery: Delivery, answered: Answered) => Promise<Verdict>;
  /** After each attempt; the last goes on. */
  readonly backOffSeconds?: readonly number[];
  readonly onFailure: (error: unknown) => void;
};

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

export const createDeliveries = (options: DeliveriesOptions): Deliveries => {
  const { pool, channel, address, onFailure, handleResponse: judge = handleByStatus } = options;
  const take = createTake(pool, channel);
  /** The endpoint of each. */
  const underWay = new Map<Promise<void>, string>();
  let looking: Promise<void> | undefined;
  let stopping = false;

  /** @returns whether it was delivered */
  const settle = async ({ id, attempts }: Delivery, answered: Answered, verdict: Verdict): Promise<boolean> => {
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
        backOffMs(attempts, Math.random(), options.backOffSeconds),
      ],
    });
    return delivered;
  };

  const send = async (delivery: Delivery): Promise<boolean> => {
    const addressed = await address(delivery).catch((error: unknown) => {
      onFailure(error);
      return { error: "the address could not be made up" };
    });
    if ("unreachable" in addressed) {
      const last = { ...delivery, attempts: DELIVERY_LIMITS.attempts };
      return settle(last, { error: addressed.unreachable }, await judge(last, { error: addressed.unreachable }));
    }
    if ("error" in addressed) return settle(delivery, addressed, "again");
    if ("skip" in addressed) return settle(delivery, { error: addressed.skip }, "done");
    const { url, headers, body = delivery.body } = addressed;
    const answered = await post(url, headers, body, {
      allowPrivate: addressed.allowPrivate ?? options.allowPrivate,
      answerBytes: addressed.answerBytes ?? options.answerBytes ?? 0,
      ...(options.answerMs === undefined ? {} : { answerMs: options.answerMs }),
    });
    const verdict = await judge(delivery, answered).catch((error: unknown): Verdict => {
      onFailure(error);
      return "again";
    });
    return settle(delivery, answered, verdict);
  };

  let askedMeanwhile = false;

  /** One look at a time, so that each knows what the one before it has taken; who asks meanwhile gets another. */
  const run = (): Promise<void> => {
    if (looking !== undefined) {
      askedMeanwhile = true;
      return looking;
    }
    askedMeanwhile = false;
    looking = take([...underWay.values()])
      .then((taken) => taken.forEach(begin))
      .finally(() => {
        looking = undefined;
        if (askedMeanwhile) lookAgain();
      });
    return looking;
  };

  /** A place that became free has its next delivery at once: an endpoint that answers fast is sent to as fast. */
  const lookAgain = (): void => {
    // What fails here fails in the next run as well, and is told by it.
    if (!stopping) run().catch(() => {});
  };

  const begin = (delivery: Delivery) => {
    const failed = (error: unknown) => {
      onFailure(error);
      return false;
    };
    const sending: Promise<void> = send(delivery)
      .catch(failed)
      .then((delivered) => {
        underWay.delete(sending);
        // What failed waits for the next look: a dead end is not to be tried as fast as it can say no.
        if (delivered) lookAgain();
      });
    underWay.set(sending, delivery.endpoint);
  };

  return {
    run,
    async enqueue(client, items) {
      if (items.length === 0) return;
      await client.query({
        name: "queue deliveries",
        text: `insert into deliveries.queue (channel, endpoint, subject, event_id, body)
          select $1, u.endpoint, u.subject, u.event_id, u.body
          from unnest($2::text[], $3::text[], $4::text[], $5::text[]) with ordinality as u(endpoint, subject, event_id, body, place)
          order by place on conflict (endpoint, event_id) do nothing`,
        values: [
          channel,
          items.map(({ endpoint }) => endpoint),
          items.map(({ subject }) => subject),
          items.map(({ eventId }) => eventId),
          items.map(({ body }) => body),
        ],
      });
    },
    async dead(limit, offset, endpoint) {
      const { rows } = await pool.query<Dead>({
        name: "dead deliveries",
        text: `select id, endpoint, event_id as "eventId", attempts, last_error as "lastError", body,
            floor(extract(epoch from created_at) * 1000)::int8 as "createdAt"
          from deliveries.queue where channel = $1 and state = 'dead' and ($4::text is null or endpoint = $4)
          order by id desc limit $2 offset $3`,
        values: [channel, limit, offset, endpoint ?? null],
      });
      return rows;
    },
    async resend(id, endpoint) {
      const { rowCount } = await pool.query({
        name: "resend delivery",
        text: `update deliveries.queue set state = 'waiting', attempts = 0, next_at = now(), settled_at = null
          where id = $1 and channel = $2 and state = 'dead' and ($3::text is null or endpoint = $3)`,
        values: [id, channel, endpoint ?? null],
      });
      return rowCount === 1;
    },
    async forget() {
      await pool.query({
        name: "forget deliveries",
        text: `delete from deliveries.queue where channel = $1 and (
          state = 'delivered' and settled_at < now() - $2 * interval '1 day'
          or state = 'dead' and settled_at < now() - $3 * interval '1 day')`,
        values: [channel, DELIVERY_LIMITS.keptDays, DELIVERY_LIMITS.deadKeptDays],
      });
    },
    async stop() {
      stopping = true;
      await looking?.catch(() => {});
      await Promise.all(underWay.keys());
    },
  };
};
