/** The columns that commands are routed by: read without a lock on connections of their own, and kept, as they never change. */
import { LRUCache } from "lru-cache";
import type { CustomTypesConfig } from "pg";
import { SECOND } from "../../kernel/index.ts";
import { StoreFailure } from "../failures.ts";
import type { FixedRows, Row, Save, Store } from "../store.ts";
import { fixedOf, type Ref } from "../table.ts";
import type { Timeouts } from "../timeouts.ts";
import { byTable } from "./load.ts";
import { type Connecting, createPool } from "./pool.ts";
import { decodeFixed, readFixedRows } from "./row-statements.ts";

/** Rows whose fixed columns are kept: a kilobyte at the most, for an order's terms. They never change, so none is stale. */
const ROWS_CACHED = 20_000;
const CONNECTIONS = 2;
/** Longer than a read may take, and measured here: a silent peer obeys no `statement_timeout`. */
const GRACE_MS = SECOND;

export type FixedRowReader = Pick<Store, "readFixed" | "close"> & {
  /** Keeps what was committed here: it is asked for soon. */
  remember(inserts: Save["inserts"]): void;
};

export const createFixedRowReader = (
  connecting: Connecting,
  applicationName: string,
  { routeMs }: Timeouts,
): FixedRowReader => {
  const cached = new LRUCache<string, Row>({ max: ROWS_CACHED });
  /** Tables that commands are routed by: rows of no other are worth remembering. */
  const routing = new Set<string>();
  const pool = createPool({
    ...connecting,
    applicationName,
    connections: CONNECTIONS,
    settings: { statement_timeout: routeMs, timezone: "UTC" },
    driver: {
      connectionTimeoutMillis: routeMs,
      query_timeout: routeMs + GRACE_MS,
      keepAlive: true,
      types: { getTypeParser: () => (value: string) => value } as unknown as CustomTypesConfig,
    },
  });

  const readMissing = async (refs: readonly Ref[], known: Map<string, Row | undefined>): Promise<FixedRows> => {
    for (const [table, group] of byTable(refs)) {
      const { text, values } = readFixedRows(table, group);
      const { rows } = await pool
        .query<(string | null)[]>({ text, values, rowMode: "array" })
        .catch((error) => Promise.reject(new StoreFailure("disconnected", error)));
      for (const values of rows) {
        const row = decodeFixed(table, values);
        cached.set(table.refOf(row).id, row);
        known.set(table.refOf(row).id, row);
      }
    }
    return known;
  };

  return {
    readFixed(refs) {
      for (const { table } of refs) routing.add(table.name);
      const known = new Map<string, Row | undefined>(refs.map((ref) => [ref.id, cached.get(ref.id)]));
      const missing = refs.filter((ref) => known.get(ref.id) === undefined);
      return missing.length === 0 ? known : readMissing(missing, known);
    },
    remember(inserts) {
      for (const { table, row } of inserts) {
        if (routing.has(table.name)) cached.set(table.refOf(row).id, fixedOf(table, row));
      }
    },
    close: () => pool.end(),
  };
};
