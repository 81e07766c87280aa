/** One transaction on one pooled connection, each statement prepared once per connection. */
import pg from "pg";
import { numbered, PLANNER_OPTIONS, type Statement } from "./statements.ts";

export type Values = Readonly<Record<string, unknown>>;
export type SqlRow = Readonly<Record<string, unknown>>;
export type Run = (statement: Statement, values: Values) => Promise<readonly SqlRow[]>;
export type Transact = <Result>(work: (run: Run) => Promise<Result>) => Promise<Result>;

/** As the read pool of the server does: big integers as numbers, times as milliseconds. */
const PARSERS: Readonly<Record<number, (text: string) => unknown>> = {
  [pg.types.builtins.INT8]: Number,
  [pg.types.builtins.TIMESTAMPTZ]: (text) => Date.parse(`${text.slice(0, 10)}T${text.slice(11, -3)}Z`),
};

export const createTransactions = (connectionString: string, connections: number) => {
  const pool = new pg.Pool({
    connectionString,
    max: connections,
    application_name: "reference",
    options: PLANNER_OPTIONS,
    types: {
      getTypeParser: (oid: number, format?: "text") => PARSERS[oid] ?? pg.types.getTypeParser(oid, format),
    } as pg.CustomTypesConfig,
  });
  const prepared = new Map<Statement, ReturnType<typeof numbered>>();

  const runOn =
    (client: pg.PoolClient): Run =>
    async (statement, values) => {
      const { text, names } = prepared.get(statement) ?? numbered(statement.text);
      prepared.set(statement, { text, names });
      const result = await client.query<SqlRow>({
        name: statement.name,
        text,
        values: names.map((name) => values[name]),
      });
      return result.rows;
    };

  const transact: Transact = async (work) => {
    const client = await pool.connect();
    try {
      await client.query("begin");
      const result = await work(runOn(client));
      await client.query("commit");
      return result;
    } catch (error) {
      await client.query("rollback");
      throw error;
    } finally {
      client.release();
    }
  };
  return { transact, end: () => pool.end() };
};
