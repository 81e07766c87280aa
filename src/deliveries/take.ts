/**
 * Takes the deliveries that are due: in order within a subject, independently for each endpoint, and fairly between
 * endpoints. What is queued behind the first delivery of a subject costs nothing to skip.
 */
import type { Pool } from "pg";

export type Queued = {
  readonly endpoint: string;
  /** Delivered in order within it. */
  readonly subject: string;
  /** The same at every attempt, so that a receiver can recognise a repeat. */
  readonly eventId: string;
  readonly body: string;
};

export type Delivery = Queued & { readonly id: number; readonly attempts: number };

export const DELIVERY_LIMITS = {
  attempts: 10,
  /** Under way at once from one node, to one endpoint and in all. */
  perEndpoint: 4,
  inAll: 512,
  /** The same of endpoints that were slow the last time: however many hang, half of the places are left to the others. */
  perSlowEndpoint: 1,
  slowInAll: 256,
  /** A delivery that a node took and never settled is taken again after it. Longer than one attempt. */
  leaseSeconds: 30,
  /** Settled deliveries are kept for so long, to recognise repeats and to look at. */
  keptDays: 7,
  /** Dead ones for longer: somebody has to find them, mend the endpoint, and send them again. */
  deadKeptDays: 90,
} as const;

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

/**
 * @param underWay the endpoint of each delivery that this node is sending now
 * @param slow endpoints that were slow the last time
 * @returns what is this node's to send
 */
export type Take = (underWay: readonly string[], slow: ReadonlySet<string>) => Promise<readonly Delivery[]>;

/** Who is due, each endpoint in its turn: as many as there is room for. */
type Choose = (walked: readonly Walked[], room: number) => readonly string[];

/** @param places the subject after which the next walk of an endpoint goes on; without one it begins anew */
const createChoose = (places: Map<string, string>): Choose => {
  /** The endpoint that was served last: those after it come first the next time, so that all have their turn. */
  let servedLast = "";
  return (walked, room) => {
    const due: string[] = [];
    const later = walked.filter(({ endpoint }) => endpoint > servedLast);
    const earlier = walked.filter(({ endpoint }) => endpoint <= servedLast);
    for (const { endpoint, next, due: found } of [...later, ...earlier]) {
      const left = room - due.length;
      due.push(...found.slice(0, left));
      // An endpoint that finds too few places keeps its turn.
      if (found.length > left) break;
      if (next === null) places.delete(endpoint);
      else places.set(endpoint, next);
      if (found.length > 0) servedLast = endpoint;
    }
    return due;
  };
};

/** Places of each endpoint that are not free: an endpoint that hangs has its own and no more, however much waits for it. */
const takenOf = (underWay: readonly string[], slow: ReadonlySet<string>): ReadonlyMap<string, number> => {
  const { perEndpoint, perSlowEndpoint } = DELIVERY_LIMITS;
  const taken = new Map([...slow].map((endpoint) => [endpoint, perEndpoint - perSlowEndpoint]));
  for (const endpoint of underWay) taken.set(endpoint, (taken.get(endpoint) ?? 0) + 1);
  return taken;
};

export const createTake = (pool: Pool, channel: string): Take => {
  const places = new Map<string, string>();
  const [chooseQuick, chooseSlow] = [createChoose(places), createChoose(places)];

  const choose = (walked: readonly Walked[], underWay: readonly string[], slow: ReadonlySet<string>) => {
    const free = DELIVERY_LIMITS.inAll - underWay.length;
    const quick = chooseQuick(
      walked.filter(({ endpoint }) => !slow.has(endpoint)),
      free,
    );
    const slowFree = DELIVERY_LIMITS.slowInAll - underWay.filter((endpoint) => slow.has(endpoint)).length;
    const rest = Math.max(0, Math.min(free - quick.length, slowFree));
    return [
      ...quick,
      ...chooseSlow(
        walked.filter(({ endpoint }) => slow.has(endpoint)),
        rest,
      ),
    ];
  };

  return async (underWay, slow) => {
    if (underWay.length >= DELIVERY_LIMITS.inAll) return [];
    const taken = takenOf(underWay, slow);
    // The candidates are looked for without a lock; whoever locks one and still finds it due has it.
    const { rows: walked } = await pool.query<Walked>({
      name: "walk deliveries",
      text: WALK,
      values: [
        channel,
        DELIVERY_LIMITS.perEndpoint,
        [...taken.keys()],
        [...taken.values()],
        [...places.keys()],
        [...places.values()],
        WALKED_AT_ONCE,
      ],
    });
    const due = choose(walked, underWay, slow);
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
};
