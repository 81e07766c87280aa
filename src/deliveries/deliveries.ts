/**
 * Sends what was queued: at least once, in order within a subject, each endpoint for itself. A dead end is parked after
 * its last attempt and is in nobody's way; it can be listed and sent again.
 */
import type { Pool, PoolClient } from "pg";
import { SECOND } from "../kernel/index.ts";
import { type Answered, type PostOptions, post } from "./post.ts";

export type Queued = {
  readonly endpoint: string;
  /** Delivered in order within it. */
  readonly subject: string;
  /** The same at every attempt, so that a receiver can tell a repeat. */
  readonly eventId: string;
  readonly body: string;
};

export type Delivery = Queued & { readonly id: number; readonly attempts: number };

/** Null when the endpoint is gone: then the delivery is dead. `skip`: nobody wants it, and that is all right. */
export type Addressed =
  | {
      readonly url: string;
      readonly headers: Readonly<Record<string, string>>;
      /** What is sent instead of the body that was kept, such as the same signed at this moment. */
      readonly body?: string;
      readonly allowPrivate?: boolean;
    }
  | { readonly skip: string }
  | null;

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
  /** Resolves when nothing is under way any more. */
  stop(): Promise<void>;
};

export type DeliveriesOptions = PostOptions & {
  readonly pool: Pool;
  readonly channel: string;
  /** Where to and under which headers; signed at each attempt. */
  readonly address: (delivery: Delivery) => Promise<Addressed>;
  /** What an answer means, with what follows from it; before the delivery is settled, so that a crash asks again. */
  readonly judge?: (delivery: Delivery, answered: Answered) => Promise<Verdict>;
  readonly onFailure: (error: unknown) => void;
};

export const DELIVERY_LIMITS = {
  attempts: 10,
  /** Under way at once from one node, to one endpoint and in all: more than all endpoints of a channel that hang. */
  perEndpoint: 4,
  inAll: 128,
  /** A delivery that a node took and never settled is taken again after it. Longer than one attempt. */
  leaseSeconds: 30,
  /** Settled deliveries are kept for so long, to recognise repeats and to look at. */
  keptDays: 7,
} as const;

const BACK_OFF_SECONDS = [1, 2, 4, 8, 16, 32];
const LAST_BACK_OFF_SECONDS = 60;
/** Up to a fifth more or less, so that what failed together does not come back together. */
const JITTER = 0.2;

/** @param attempts made so far */
export const backOffMs = (attempts: number, random: number): number => {
  const seconds = BACK_OFF_SECONDS[attempts - 1] ?? LAST_BACK_OFF_SECONDS;
  return seconds * SECOND * (1 - JITTER + 2 * JITTER * random);
};

/** Subjects of an endpoint that are looked at in one go: more than can be in their back-off for long. */
const WALKED_AT_ONCE = 256;

/** @property next the subject after which the next walk goes on; null: from the first one */
type Walked = { readonly endpoint: string; readonly next: string | null; readonly due: readonly string[] };

/**
 * From endpoint to endpoint, and within each from subject to subject: every step is one look into an index for the first
 * that waits, so that what waits behind it costs nothing. An endpoint's walk ends when it has found as many as may be
 * sent, or after so many steps; the next one goes on where it ended, so that every subject has its turn.
 */
const WALK = `
  with recursive endpoints as (
    (select endpoint from deliveries.queue where channel = $1 and state = 'waiting' order by endpoint limit 1)
    union all
    select n.endpoint from endpoints e cross join lateral (
      select q.endpoint from deliveries.queue q where q.channel = $1 and q.state = 'waiting' and q.endpoint > e.endpoint
      order by q.endpoint limit 1) n)
  select e.endpoint, w.next, w.due from endpoints e
  left join unnest($3::text[], $4::int[]) as b(endpoint, taken) on b.endpoint = e.endpoint
  left join unnest($5::text[], $6::text[]) as p(endpoint, subject) on p.endpoint = e.endpoint
  cross join lateral (select greatest($2::int - coalesce(b.taken, 0), 0) as free) f
  cross join lateral (
    with recursive heads as (
      select coalesce(p.subject, '') as subject, null::int8 as id, 0 as step, 0 as due
      union all
      select n.subject, case when n.is_due then n.id end, h.step + 1, h.due + n.is_due::int
      from heads h cross join lateral (
        select q.subject, q.id, q.next_at <= now() as is_due from deliveries.queue q
        where q.endpoint = e.endpoint and q.channel = $1 and q.state = 'waiting' and q.subject > h.subject
        order by q.subject, q.id limit 1) n
      where h.step < $7::int and h.due < f.free)
    select case when max(step) >= $7::int or max(due) >= f.free then (array_agg(subject order by step desc))[1] end as next,
      coalesce(array_agg(id) filter (where id is not null), '{}') as due
    from heads) w`;

const judgeByStatus = async (_delivery: Delivery, answered: Answered): Promise<Verdict> =>
  "status" in answered && answered.status >= 200 && answered.status < 300 ? "done" : "again";

export const createDeliveries = (options: DeliveriesOptions): Deliveries => {
  const { pool, channel, address, onFailure, allowPrivate, answerBytes = 0, judge = judgeByStatus } = options;
  const underWay = new Map<Promise<void>, string>();
  /** The subject after which the next walk of an endpoint goes on; without one it begins anew. */
  const places = new Map<string, string>();
  /** The endpoint that was served last: those after it come first the next time, so that all have their turn. */
  let servedLast = "";
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
        backOffMs(attempts, Math.random()),
      ],
    });
    return delivered;
  };

  const send = async (delivery: Delivery): Promise<boolean> => {
    const addressed = await address(delivery).catch((error: unknown) => {
      onFailure(error);
      return { error: "the address could not be made up" };
    });
    if (addressed === null) {
      const last = { ...delivery, attempts: DELIVERY_LIMITS.attempts };
      return settle(last, { error: "the endpoint is gone" }, "again");
    }
    if ("error" in addressed) return settle(delivery, addressed, "again");
    if ("skip" in addressed) return settle(delivery, { error: addressed.skip }, "done");
    const { url, headers, body = delivery.body } = addressed;
    const answered = await post(url, headers, body, {
      allowPrivate: addressed.allowPrivate ?? allowPrivate,
      answerBytes,
    });
    const verdict = await judge(delivery, answered).catch((error: unknown): Verdict => {
      onFailure(error);
      return "again";
    });
    return settle(delivery, answered, verdict);
  };

  /** As many as there are places in all; an endpoint that finds too few keeps its turn. */
  const choose = (walked: readonly Walked[], free: number): readonly string[] => {
    const due: string[] = [];
    const later = walked.filter(({ endpoint }) => endpoint > servedLast);
    const earlier = walked.filter(({ endpoint }) => endpoint <= servedLast);
    for (const { endpoint, next, due: found } of [...later, ...earlier]) {
      const room = free - due.length;
      due.push(...found.slice(0, room));
      if (found.length > room) break;
      if (next === null) places.delete(endpoint);
      else places.set(endpoint, next);
      if (found.length > 0) servedLast = endpoint;
    }
    return due;
  };

  const take = async (): Promise<readonly Delivery[]> => {
    const free = DELIVERY_LIMITS.inAll - underWay.size;
    if (free <= 0) return [];
    // An endpoint that hangs has its own places and no more, however much waits for it.
    const busy = Map.groupBy(underWay.values(), (endpoint) => endpoint);
    // The candidates are looked for without a lock; whoever locks one and still finds it due has it.
    const { rows: walked } = await pool.query<Walked>({
      name: "walk deliveries",
      text: WALK,
      values: [
        channel,
        DELIVERY_LIMITS.perEndpoint,
        [...busy.keys()],
        [...busy.values()].map(({ length }) => length),
        [...places.keys()],
        [...places.values()],
        WALKED_AT_ONCE,
      ],
    });
    const due = choose(walked, free);
    if (due.length === 0) return [];
    const { rows } = await pool.query<Delivery>({
      name: "take deliveries",
      text: `with taken as (select id from deliveries.queue where id = any($1::int8[]) and state = 'waiting' and next_at <= now()
          for update skip locked)
        update deliveries.queue q set attempts = attempts + 1, next_at = now() + $2 * interval '1 second'
        from taken where q.id = taken.id
        returning q.id, q.endpoint, q.subject, q.event_id as "eventId", q.body, q.attempts`,
      values: [due, DELIVERY_LIMITS.leaseSeconds],
    });
    return rows;
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
        if (delivered && !stopping) run().catch(onFailure);
      });
    underWay.set(sending, delivery.endpoint);
  };

  /** One look at a time, so that each knows what the one before it has taken. */
  const run = (): Promise<void> => {
    looking ??= take()
      .then((taken) => taken.forEach(begin))
      .finally(() => {
        looking = undefined;
      });
    return looking;
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
      const { rows } = await pool.query<Dead & { created_at: Date }>({
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
    async stop() {
      stopping = true;
      await looking?.catch(() => {});
      await Promise.all(underWay.keys());
    },
  };
};
