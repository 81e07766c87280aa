/** The statement that tells what happened. */
import type { Save } from "../store.ts";
import { encodeArray } from "./arrays.ts";
import type { Statement } from "./shapes.ts";

/**
 * The last statement before the commit: takes the feed's next positions, gap-free and in the order of commits, because
 * the counter stays locked until the commit.
 */
export const tellEvents = (schema: string, events: Save["events"]): Statement => {
  const told = events.flatMap(({ type, to, data }) => to.map((recipient) => ({ type, recipient, data })));
  return {
    name: "tell events",
    text: `with taken as (update ${schema}.feed set position = position + $4 returning position - $4 as base)
      insert into ${schema}.events (position, recipient, type, data)
      select taken.base + u.place, u.recipient, u.type, u.data::json
      from taken, unnest($1::text[], $2::text[], $3::text[]) with ordinality as u(recipient, type, data, place)`,
    values: [
      encodeArray(
        "text",
        told.map(({ recipient }) => recipient),
      ),
      encodeArray(
        "text",
        told.map(({ type }) => type),
      ),
      encodeArray(
        "json",
        told.map(({ data }) => data),
      ),
      told.length,
    ],
  };
};
