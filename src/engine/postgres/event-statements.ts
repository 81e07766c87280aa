/** The statement that appends the events of a batch to the feed. */
import { packEvents } from "../feed/event-rows.ts";
import type { Save } from "../store.ts";
import { encodeArray } from "./arrays.ts";
import type { Statement } from "./shapes.ts";

/**
 * The last statement before the commit: takes the feed's next positions, gap-free and in the order of commits, because
 * the counter stays locked until the commit. Null: there is nothing to tell.
 */
export const tellEvents = (schema: string, events: Save["events"]): Statement | null => {
  const rows = packEvents(events);
  const last = rows.at(-1);
  if (last === undefined) return null;
  const texts = (of: (row: (typeof rows)[number]) => string | null) => encodeArray("text", rows.map(of));
  return {
    name: "tell events",
    text: `with taken as (update ${schema}.feed set position = position + $5 returning position - $5 as base)
      insert into ${schema}.events (position, first_recipient, second_recipient, items)
      select taken.base + u.place, u.first, u.second, u.items::json
      from taken, unnest($1::int8[], $2::text[], $3::text[], $4::text[]) as u(place, first, second, items)`,
    values: [
      encodeArray(
        "id",
        rows.map(({ position }) => position),
      ),
      texts(({ first }) => first),
      texts(({ second }) => second),
      texts(({ items }) => JSON.stringify(items)),
      last.position,
    ],
  };
};
