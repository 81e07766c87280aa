/** Positions from a sequence instead of the feed's counter row, to show what the counter costs a transaction per step. */
import pg from "pg";
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

/** The feed goes on where the sequence is, so that it has no gap. */
export const endSequence = (connectionString: string): Promise<void> =>
  execute(connectionString, `update exchange.feed set position = (select last_value from ${POSITIONS})`);
