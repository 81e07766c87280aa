/** The migrations make what the declarations say: names, types, what may be null, and keys, table by table. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type AnyJournal, type AnyTable, columnName } from "../../src/engine/index.ts";
import { ALL_GRANTS } from "../../src/open-database.ts";
import { callbacks } from "../../src/rail/tables/index.ts";
import { createTestDatabase, query, type TestDatabase } from "../support/cluster.ts";

const SQL_TYPES: Readonly<Record<string, readonly string[]>> = {
  text: ["text"],
  id: ["bigint"],
  integer: ["integer"],
  amount: ["bigint"],
  boolean: ["boolean"],
  instant: ["timestamp with time zone"],
  json: ["jsonb", "json"],
  "text[]": ["text[]"],
  "integer[]": ["integer[]"],
  "instant[]": ["timestamp with time zone[]"],
};

type SqlColumn = {
  readonly name: string;
  readonly type: string;
  readonly notNull: boolean;
  readonly generated: boolean;
  /** Filled by the database when nothing is given. */
  readonly filled: boolean;
};

let database: TestDatabase;
before(async () => {
  database = await createTestDatabase();
});
after(() => database.drop());

const rowsOf = async <Row>(text: string): Promise<readonly Row[]> =>
  (await query(database.ownerUrl, text))[0]?.rows ?? [];

const columnsOf = (name: string) =>
  rowsOf<SqlColumn>(`
    select attname as name, format_type(atttypid, atttypmod) as type, attnotnull as "notNull",
      attgenerated <> '' as generated, atthasdef or attidentity <> '' as filled
    from pg_attribute where attrelid = '${name}'::regclass and attnum > 0 and not attisdropped`);

const keyOf = async (name: string) =>
  (
    await rowsOf<{ readonly name: string }>(`
      select a.attname as name from pg_constraint c cross join unnest(c.conkey) with ordinality as k(attnum, place)
        join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.attnum
      where c.conrelid = '${name}'::regclass and c.contype = 'p' order by k.place`)
  ).map((column) => column.name);

const assertColumns = ({ name, columns, nullable }: AnyJournal, found: readonly SqlColumn[]) => {
  const byName = new Map(found.map((column) => [column.name, column]));
  for (const [property, type] of Object.entries(columns)) {
    const column = byName.get(columnName(property));
    assert.ok(column !== undefined, `${name} has no ${columnName(property)}`);
    assert.ok(SQL_TYPES[type]?.includes(column.type), `${name}.${column.name} is ${column.type}, declared ${type}`);
    assert.equal(column.notNull, !nullable.includes(property), `${name}.${column.name}: not null`);
  }
};

/** What the migrations made and the declaration does not name. */
const undeclared = ({ columns }: AnyJournal, found: readonly SqlColumn[]): readonly SqlColumn[] => {
  const declared = new Set(Object.keys(columns).map(columnName));
  return found.filter(({ name }) => !declared.has(name));
};

const tables: readonly AnyTable[] = ALL_GRANTS.flatMap((grants) => grants.tables);
const journals: readonly AnyJournal[] = [...ALL_GRANTS.flatMap((grants) => grants.journals), callbacks];

for (const table of tables) {
  test(`${table.name} is as it is declared`, async () => {
    const found = await columnsOf(table.name);
    assertColumns(table, found);
    assert.deepEqual(
      undeclared(table, found)
        .filter(({ generated }) => !generated)
        .map(({ name }) => name),
      ["row_version"],
    );
    assert.deepEqual(await keyOf(table.name), table.key.map(columnName));
  });
}

for (const journal of journals) {
  test(`${journal.name} is as it is declared`, async () => {
    const found = await columnsOf(journal.name);
    assertColumns(journal, found);
    assert.deepEqual(
      undeclared(journal, found).filter(({ filled, notNull }) => notNull && !filled),
      [],
      "nothing fills a column that may not be null",
    );
  });
}
