/** What a trade leaves behind: bytes on disk by table, and write-ahead log. */
import pg from "pg";

/** Rows that go again: keys and events within days, deadlines and deliveries when they are over. */
const PASSING = /^(claims|events|feed|order_deadlines)/;

/** @property heap and `indexes` in bytes per order */
export type TableBytes = { readonly table: string; readonly heap: number; readonly indexes: number };

const query = async <Row extends pg.QueryResultRow>(url: string, text: string): Promise<readonly Row[]> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client
    .query<Row>(text)
    .then(({ rows }) => rows)
    .finally(() => client.end());
};

/** Of the tables whose rows stay for ever, largest first. */
export const permanentBytes = async (url: string, orders: number): Promise<readonly TableBytes[]> => {
  const rows = await query<{ table: string; heap: string; indexes: string }>(
    url,
    `select relname as table, pg_table_size(oid) as heap, pg_indexes_size(oid) as indexes from pg_class
     where relnamespace = 'exchange'::regnamespace and relkind = 'r' order by pg_total_relation_size(oid) desc`,
  );
  return rows
    .filter(({ table }) => !PASSING.test(table))
    .map(({ table, heap, indexes }) => ({
      table,
      heap: Number(heap) / orders,
      indexes: Number(indexes) / orders,
    }));
};

/** Where the write-ahead log ends, as a number of bytes. */
export const walPosition = async (url: string): Promise<number> => {
  const [row] = await query<{ at: string }>(url, "select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0') as at");
  return Number(row?.at);
};

/** Updates since the database was made, and how many of them touched no index. */
export type Updates = { readonly table: string; readonly all: number; readonly hot: number };

export const updatesOf = async (url: string): Promise<readonly Updates[]> => {
  const rows = await query<{ table: string; all: string; hot: string }>(
    url,
    `select relname as table, n_tup_upd as all, n_tup_hot_upd as hot from pg_stat_user_tables
     where schemaname = 'exchange' and n_tup_upd > 0 and relname <> 'feed' order by n_tup_upd desc`,
  );
  return rows.map(({ table, all, hot }) => ({ table, all: Number(all), hot: Number(hot) }));
};
