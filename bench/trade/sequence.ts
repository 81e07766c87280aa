/** Positions from a sequence instead of the feed's counter row, to show what the counter costs a transaction per step. */
import pg from "pg";
import { COPIES } from "../../src/engine/index.ts";
import { POSITIONS } from "../reference/statements.ts";

const execute = async (connectionString: string, ...texts: readonly string[]): Promise<void> => {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    for (const text of texts) await client.query(text);
  } finally {
    await client.end();
  }
};

/** Goes on where the feed is. */
export const beginSequence = (connectionString: string): Promise<void> =>
  execute(
    connectionString,
    `create sequence if not exists ${POSITIONS}`,
    `grant usage on sequence ${POSITIONS} to public`,
    `select setval('${POSITIONS}', greatest(position, 1), position > 0) from exchange.feed`,
  );

/** The rows get the positions that the counter would have given them, and the feed goes on behind them. */
export const endSequence = (connectionString: string): Promise<void> =>
  execute(
    connectionString,
    `with told as (
       select e.position as place, f.position + sum(${COPIES}) over (order by e.position) as position
       from exchange.events e, exchange.feed f where e.position > f.position)
     update exchange.events e set position = told.position from told where e.position = told.place`,
    "update exchange.feed set position = greatest(position, (select max(position) from exchange.events))",
  );
