/** The rows of a channel: what is put in, what is parked, and what is thrown away. */
import type { Pool } from "pg";
import { DELIVERY_LIMITS } from "./take.ts";
import type { Dead, Deliveries, Found } from "./types.ts";

/** Rows that one statement looks at when it forgets: some milliseconds. */
const FORGOTTEN_AT_ONCE = 5_000;

export const createQueue = (pool: Pool, channel: string): Pick<Deliveries, "enqueue" | "dead" | "find" | "forget"> => ({
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
  async dead(limit, offset, { endpoint, before } = {}) {
    const { rows } = await pool.query<Dead>({
      name: "dead deliveries",
      text: `select id, endpoint, event_id as "eventId", attempts, last_error as "lastError", body,
          floor(extract(epoch from created_at) * 1000)::int8 as "createdAt"
        from deliveries.queue where channel = $1 and state = 'dead' and ($4::text is null or endpoint = $4)
          and ($5::int8 is null or id < $5) order by id desc limit $2 offset $3`,
      values: [channel, limit, offset, endpoint ?? null, before ?? null],
    });
    return rows;
  },
  async find(endpoint, eventId) {
    const { rows } = await pool.query<Found>({
      name: "delivery",
      text: `select state, attempts, last_error as "lastError", floor(extract(epoch from created_at) * 1000)::int8 as "createdAt",
          floor(extract(epoch from settled_at) * 1000)::int8 as "settledAt"
        from deliveries.queue where endpoint = $1 and event_id = $2 and channel = $3`,
      values: [endpoint, eventId, channel],
    });
    return rows[0] ?? null;
  },
  async forget() {
    let after: number | null = 0;
    while (after !== null) after = await forgetSome(pool, channel, after);
  },
});

/**
 * Ids are in the order of time, so that what is old stands at the beginning: it walks on from there, and ends at the first
 * rows that are too young to have been settled long ago.
 * @returns after which id to go on; null: there is nothing old left
 */
const forgetSome = async (pool: Pool, channel: string, after: number): Promise<number | null> => {
  const { rows } = await pool.query<{ last: number | null }>({
    name: "forget deliveries",
    text: `with walked as (
        select id, created_at < now() - $3 * interval '1 day' as old from deliveries.queue where id > $2
        order by id limit ${FORGOTTEN_AT_ONCE}),
      gone as (
        delete from deliveries.queue q using walked w where q.id = w.id and w.old and q.channel = $1 and (
          q.state = 'delivered' and q.settled_at < now() - $3 * interval '1 day'
          or q.state = 'dead' and q.settled_at < now() - $4 * interval '1 day'))
      select case when count(*) = ${FORGOTTEN_AT_ONCE} and bool_and(old) then max(id) end as last from walked`,
    values: [channel, after, DELIVERY_LIMITS.keptDays, DELIVERY_LIMITS.deadKeptDays],
  });
  return rows[0]?.last ?? null;
};
