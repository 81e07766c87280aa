/**
 * What the serving role may do, and no more: no update of columns that never change, no update or delete of transfers and
 * history. Given at each start, and looked at where somebody asks.
 */
import type pg from "pg";
import { type AnyJournal, type AnyTable, columnName } from "../engine/index.ts";

export type Grants = {
  readonly schemas: readonly string[];
  readonly tables: readonly AnyTable[];
  readonly journals: readonly AnyJournal[];
  /** Tables that must have a partition for today before anybody serves. */
  readonly partitioned: readonly string[];
  /** Statements' rights outside the engine's tables, such as `select, delete on exchange.order_deadlines`. */
  readonly further: readonly string[];
};

const changingColumns = ({ columns, fixed }: AnyTable): readonly string[] => [
  ...Object.keys(columns)
    .filter((property) => !fixed.includes(property))
    .map(columnName),
  "row_version",
];

/** As they stand between `grant` and `to`. */
const rightsOf = ({ tables, journals, further }: Grants): readonly string[] => [
  ...tables.flatMap((table) => [
    `select, insert on ${table.name}`,
    `update (${changingColumns(table).join(", ")}) on ${table.name}`,
  ]),
  ...journals.map(({ name }) => `select, insert on ${name}`),
  ...further,
];

/** @param role as an identifier */
export const grantStatements = (role: string, grants: Grants): readonly string[] => [
  ...grants.schemas.flatMap((schema) => [
    `grant usage on schema ${schema} to ${role}`,
    `grant usage on all sequences in schema ${schema} to ${role}`,
    // A function is everybody's unless somebody says otherwise.
    `revoke execute on all functions in schema ${schema} from public`,
    `grant execute on all functions in schema ${schema} to ${role}`,
    `revoke all on all tables in schema ${schema} from ${role}`,
  ]),
  ...rightsOf(grants).map((right) => `grant ${right} to ${role}`),
];

const ONE_RIGHT = /(\w+)(?: \(([^)]+)\))?/g;

/** `select on exchange.feed`, `update (position) on exchange.feed`: one right in each. */
const singly = (right: string): readonly string[] => {
  const [, what = "", table = ""] = /^(.+) on (\S+)$/s.exec(right) ?? [];
  return [...what.matchAll(ONE_RIGHT)].flatMap(([, word, columns]) =>
    columns === undefined
      ? [`${word} on ${table}`]
      : columns.split(",").map((column) => `${word} (${column.trim()}) on ${table}`),
  );
};

/** The same without its column: who may change a whole table may change each of its columns. */
const whole = (right: string): string => right.replace(/ \([^)]+\)/, "");

/** What a role really may do with the tables of the schemas, by itself or through another role. */
const readRights = async (
  client: pg.Client,
  role: string,
  schemas: readonly string[],
): Promise<ReadonlySet<string>> => {
  const { rows } = await client.query<{ right: string }>(
    `with t as (select c.oid, format('%s.%s', n.nspname, c.relname) as name
        from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = any($2) and c.relkind in ('r', 'p'))
      select format('%s on %s', word, name) as right from t, unnest(array['select', 'insert', 'update', 'delete', 'truncate']) as w(word)
        where has_table_privilege($1, t.oid, word)
      union all
      select format('update (%s) on %s', a.attname, name) from t join pg_attribute a on a.attrelid = t.oid
        where a.attnum > 0 and not a.attisdropped and has_column_privilege($1, t.oid, a.attnum, 'update')`,
    [role, schemas],
  );
  return new Set(rows.map(({ right }) => right));
};

/** @property missing rights that it has not @property excess those that it should not have */
type RightFaults = { readonly missing: readonly string[]; readonly excess: readonly string[] };

/** Changes nothing. */
export const compareRights = async (
  client: pg.Client,
  role: string,
  grants: readonly Grants[],
): Promise<RightFaults> => {
  const schemas = grants.flatMap((each) => each.schemas);
  const wanted = new Set(grants.flatMap(rightsOf).flatMap(singly));
  const found = await readRights(client, role, schemas);
  return {
    missing: [...wanted].filter((right) => !found.has(right)),
    excess: [...found].filter((right) => !wanted.has(right) && !wanted.has(whole(right))),
  };
};
