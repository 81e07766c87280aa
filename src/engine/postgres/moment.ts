/** The moment at which a batch is decided. */
import type { Statement } from "./shapes.ts";

/** The database's time and fresh ids, after the locks: ids rise in lock order. */
export const readMoment = (draws: ReadonlyMap<string, number>): Statement => {
  const sequences = [...draws.keys()].sort();
  const ids = sequences.map(
    (name, index) => `array(select nextval('${name}') from generate_series(1, $${index + 1}::int))`,
  );
  return {
    name: `moment ${sequences.join(" ")}`,
    text: `select ${["floor(extract(epoch from clock_timestamp()) * 1000)::int8", ...ids.map((list) => `to_jsonb(${list})`)].join(", ")}`,
    values: sequences.map((sequence) => draws.get(sequence)),
  };
};
