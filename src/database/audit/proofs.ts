/**
 * The two kinds of proof that are written down as SQL: rows in slices of their key, and what one statement sees at once.
 * A slice is a range of keys when everything is proven, so that each table is walked once, in order; and a list of keys
 * when only what changed is.
 */
import pg from "pg";
import type { Fault, Proof, Session } from "./session.ts";

/** The rows of a slice, as a condition on a column that holds the key. */
export type Within = (column: string) => string;

/** @property sql selects one text column, `fault`, for each breach among the rows of a slice */
export type Check = { readonly name: string; readonly sql: (within: Within) => string };

/** @property sql selects one text column, `fault`, for each breach; nothing when all is well */
export type Statement = { readonly name: string; readonly sql: string };

export type Slices = {
  readonly table: string;
  readonly key: string;
  readonly type: "bigint" | "text";
  readonly checks: readonly Check[];
  /**
   * Selects as `key` the keys of what came or changed since an instant. Without it all rows are proven each time.
   * @param instant as SQL
   */
  readonly changedSince?: (instant: string) => string;
};

const ROWS_AT_ONCE = 50_000;
const KEYS_AT_ONCE = 2_000;

/** Each statement by itself: of tables that stay small, or of what has to be seen in one moment. */
export const atOnce = (statements: readonly Statement[]): Proof => ({
  checks: statements.map(({ name }) => name),
  async *run(session) {
    for (const { name, sql } of statements) yield* session.faults(name, sql);
  },
});

/** Each check is one statement per slice, so that what it compares is of one moment. */
export const inSlices = (slices: Slices): Proof => ({
  checks: [...new Set(slices.checks.map(({ name }) => name))],
  run: (session) => proveSlices(session, slices),
});

export async function* proveSlices(session: Session, slices: Slices): AsyncGenerator<Fault> {
  const { changedSince } = slices;
  const changed = session.since === null || changedSince === undefined ? null : changedSince(session.changedSince);
  const walk = changed === null ? ranges(session, slices) : lists(session, slices, changed);
  for await (const within of walk) {
    for (const { name, sql } of slices.checks) yield* session.faults(name, sql(within));
  }
}

/** From the first key to the last, and on to whatever came meanwhile. */
async function* ranges({ query }: Session, { table, key, type }: Slices): AsyncGenerator<Within> {
  const literal = (value: string) => `${pg.escapeLiteral(value)}::${type}`;
  let after: string | null = null;
  for (;;) {
    const from: string = after === null ? "" : `where ${key} > ${literal(after)}`;
    const [walked]: readonly { last: string | null; rows: number }[] = await query(
      `select max(key)::text as last, count(*)::int as rows from (
         select ${key} as key from ${table} ${from} order by ${key} limit ${ROWS_AT_ONCE}) k`,
    );
    const last: string | null = walked?.rows === ROWS_AT_ONCE ? walked.last : null;
    const bounds = [
      after === null ? [] : [["> ", literal(after)]],
      last === null ? [] : [["<= ", literal(last)]],
    ].flat();
    yield (column) =>
      bounds.length === 0 ? "true" : bounds.map((bound) => `${column} ${bound.join("")}`).join(" and ");
    if (last === null) return;
    after = last;
  }
}

/** @param changed selects the keys */
async function* lists({ query }: Session, { type }: Slices, changed: string): AsyncGenerator<Within> {
  await query("drop table if exists pg_temp.audit_keys");
  await query(
    `create temp table audit_keys as select distinct key::${type} as key from (${changed}) c where key is not null`,
  );
  await query("create unique index on audit_keys (key)");
  for (let after: string | undefined; ; ) {
    const from: string = after === undefined ? "" : `where key > ${pg.escapeLiteral(after)}::${type}`;
    const rows: readonly { key: string }[] = await query(
      `select key::text from pg_temp.audit_keys ${from} order by key limit ${KEYS_AT_ONCE}`,
    );
    if (rows.length === 0) break;
    const keys = pg.escapeLiteral(`{${rows.map(({ key }) => quoted(key)).join(",")}}`);
    yield (column) => `${column} = any(${keys}::${type}[])`;
    after = rows.at(-1)?.key;
  }
  await query("drop table pg_temp.audit_keys");
}

const quoted = (key: string): string => `"${key.replaceAll(/["\\]/g, "\\$&")}"`;
