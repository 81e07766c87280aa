/**
 * What a database is for: the demo's made-up money, or real money. The first start says it, the database remembers, and
 * every later start is held to it, whatever its settings say.
 */
import pg from "pg";

export type Purpose = "demo" | "real";

/** @returns null: nothing has said it yet */
export const readPurpose = async (client: pg.Client): Promise<Purpose | null> => {
  const { rows } = await client.query<{ demo: boolean }>("select demo from engine.purpose");
  const [row] = rows;
  return row === undefined ? null : row.demo ? "demo" : "real";
};

/** @param connectionString of the owning role @returns what the database is for: what it was, if it was anything before */
export const claimPurpose = async (connectionString: string, wanted: Purpose): Promise<Purpose> => {
  const client = new pg.Client({ connectionString, application_name: "parley purpose" });
  await client.connect();
  try {
    // Of nodes that start at once the first one's word counts.
    await client.query("insert into engine.purpose (demo) values ($1) on conflict do nothing", [wanted === "demo"]);
    return (await readPurpose(client)) ?? wanted;
  } finally {
    await client.end();
  }
};
