/** Whether a pooler is between us and the database, and how long it lends a session. */
import pg from "pg";

export type Pooling = "none" | "session" | "transaction";

const sessionOf = async (client: pg.Client): Promise<number> => {
  const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
  return rows[0]?.pid ?? 0;
};

/** A pooler gives out a number of its own for the session that a client believes to have. */
const believed = (client: pg.Client): number => (client as unknown as { readonly processID: number }).processID;

/** While somebody else holds a session that was just given back, whoever is lent one for a transaction gets another. */
export const poolingOf = async (connectionString: string): Promise<Pooling> => {
  const [client, other] = [0, 1].map(() => new pg.Client({ connectionString, application_name: "parley start" })) as [
    pg.Client,
    pg.Client,
  ];
  for (const each of [client, other]) each.on("error", () => {});
  try {
    await client.connect();
    const first = await sessionOf(client);
    if (first === believed(client)) return "none";
    await other.connect();
    await other.query("begin");
    await sessionOf(other);
    const second = await sessionOf(client);
    await other.query("rollback");
    return first === second ? "session" : "transaction";
  } finally {
    await Promise.all([client.end(), other.end()]);
  }
};
