/**
 * Every statement that the engine sends, built once from the declarations. All are set-based: their number does not
 * grow with the batch.
 */
import type { ColumnType } from "./column.ts";
import { decode, encodeArray, fromUnnest, parameterType, selected } from "./postgres-arrays.ts";
import type { Claim, Row, Save, Versioned } from "./store.ts";
import type { AnyJournal, AnySet, AnyTable, Ref } from "./table.ts";

export type Statement = { readonly name: string; readonly text: string; readonly values: unknown[] };

/** `makerId` in code is `maker_id` in SQL. */
export const columnName = (property: string): string =>
  property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

type Shape = { readonly properties: readonly string[]; readonly types: readonly ColumnType[] };

const shapeOf = (columns: Readonly<Record<string, ColumnType>>, properties = Object.keys(columns)): Shape => ({
  properties,
  types: properties.map((property) => columns[property] as ColumnType),
});

const names = (properties: readonly string[], prefix = ""): string =>
  properties.map((property) => prefix + columnName(property)).join(", ");

const parameters = (types: readonly ColumnType[], first = 1): string =>
  types.map((type, index) => `$${index + first}::${parameterType(type)}`).join(", ");

const casts = ({ properties, types }: Shape): string =>
  properties.map((property, index) => fromUnnest(types[index] as ColumnType, columnName(property))).join(", ");

const columnsOf = (shape: Shape, rows: readonly Row[]): Buffer[] =>
  shape.properties.map((property, index) =>
    encodeArray(
      shape.types[index] as ColumnType,
      rows.map((row) => row[property]),
    ),
  );

/** Texts are built once per table. */
const cached = <Key extends object, Value>(build: (key: Key) => Value): ((key: Key) => Value) => {
  const known = new Map<Key, Value>();
  return (key) => {
    const value = known.get(key) ?? build(key);
    known.set(key, value);
    return value;
  };
};

// ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────────

type Reader = { readonly shape: Shape; readonly list: string };

/** Every read selects the row's columns and then its version. */
const readerOf = cached(({ columns }: AnyTable): Reader => {
  const shape = shapeOf(columns);
  const list = shape.properties.map((property, index) =>
    selected(shape.types[index] as ColumnType, columnName(property)),
  );
  return { shape, list: [...list, "row_version"].join(", ") };
});

/** A row as the driver gives it: texts in the order of the select list. */
export const decodeRow = (table: AnyTable, values: readonly (string | null)[]): Versioned => {
  const { shape } = readerOf(table);
  const row = Object.fromEntries(
    shape.properties.map((property, index) => [
      property,
      decode(shape.types[index] as ColumnType, values[index] ?? null),
    ]),
  );
  return { ref: table.refOf(row), row, version: Number(values[shape.properties.length]) };
};

const keyShape = cached(({ key, columns }: AnyTable): Shape => shapeOf(columns, [...key]));

const keyColumns = (table: AnyTable, refs: readonly Ref[]): Buffer[] =>
  table.key.map((_, index) =>
    encodeArray(
      keyShape(table).types[index] as ColumnType,
      refs.map((ref) => ref.key[index]),
    ),
  );

const matchesKey = (table: AnyTable): string => {
  const { types } = keyShape(table);
  return table.key.length === 1
    ? `${columnName(table.key[0] as string)} = any(${parameters(types)})`
    : `(${names(table.key)}) in (select * from unnest(${parameters(types)}))`;
};

const lockText = cached(
  // For the row itself the lock is also the read: PostgreSQL looks again at a row that it waited for. That holds for
  // single rows of a single table only, so that everything else is read in a later statement.
  (table: AnyTable) =>
    `select ${readerOf(table).list} from ${table.name} where ${matchesKey(table)} order by ${names(table.key)} for no key update`,
);

/**
 * Rows by whole keys. A composite key is looked up key by key: asked for "in" a list, PostgreSQL walks all rows that share
 * the first column once it thinks that they are few, and a bank's claims or a trader's orders become many.
 */
const fromKeys = (table: AnyTable): string => {
  if (table.key.length === 1) return `from ${table.name} where ${matchesKey(table)}`;
  const places = table.key.map((_, index) => `k${index + 1}`);
  const same = table.key.map((column, index) => `t.${columnName(column)} = ${places[index]}`);
  return `from unnest(${parameters(keyShape(table).types)}) as k(${places.join(", ")})
    cross join lateral (select * from ${table.name} t where ${same.join(" and ")} offset 0) r`;
};

const readText = cached((table: AnyTable) => `select ${readerOf(table).list} ${fromKeys(table)}`);

export const lockGates = (table: AnyTable, refs: readonly Ref[]): Statement => ({
  name: `lock ${table.name}`,
  text: lockText(table),
  values: keyColumns(table, refs),
});

export const readRows = (table: AnyTable, refs: readonly Ref[]): Statement => ({
  name: `read ${table.name}`,
  text: readText(table),
  values: keyColumns(table, refs),
});

const setText = cached(({ table, by, where }: AnySet) => {
  const type = parameterType(table.columns[by] as ColumnType);
  return `select ${readerOf(table).list} from ${table.name} where ${columnName(by)} = any($1::${type}) and ${where}`;
});

export const readSets = (set: AnySet, owners: readonly Ref[]): Statement => ({
  name: `read ${set.name}`,
  text: setText(set),
  values: [
    encodeArray(
      set.table.columns[set.by] as ColumnType,
      owners.map(({ key }) => key[0]),
    ),
  ],
});

const peekText = cached((table: AnyTable) => {
  const { properties, types } = shapeOf(table.columns, [...table.fixed]);
  const list = properties.map((property, index) => selected(types[index] as ColumnType, columnName(property)));
  return `select ${list.join(", ")} ${fromKeys(table)}`;
});

export const readFixedRows = (table: AnyTable, refs: readonly Ref[]): Statement => ({
  name: `readFixed ${table.name}`,
  text: peekText(table),
  values: keyColumns(table, refs),
});

export const decodeFixed = (table: AnyTable, values: readonly (string | null)[]): Row => {
  const { properties, types } = shapeOf(table.columns, [...table.fixed]);
  return Object.fromEntries(
    properties.map((property, index) => [property, decode(types[index] as ColumnType, values[index] ?? null)]),
  );
};

// ── saving ───────────────────────────────────────────────────────────────────────────────────────────────────────

const insertText = cached((table: AnyTable) => {
  const shape = shapeOf(table.columns);
  return `insert into ${table.name} (${names(shape.properties)}) select ${casts(shape)} from unnest(${parameters(shape.types)}) as u(${names(shape.properties)})`;
});

export const insertRows = (table: AnyTable, rows: readonly Row[]): Statement => ({
  name: `insert ${table.name}`,
  text: insertText(table),
  values: columnsOf(shapeOf(table.columns), rows),
});

const appendText = cached(({ name, columns }: AnyJournal) => {
  const shape = shapeOf(columns);
  return `insert into ${name} (${names(shape.properties)}) select ${casts(shape)} from unnest(${parameters(shape.types)}) as u(${names(shape.properties)})`;
});

export const appendRows = (journal: AnyJournal, rows: readonly Row[]): Statement => ({
  name: `append ${journal.name}`,
  text: appendText(journal),
  values: columnsOf(shapeOf(journal.columns), rows),
});

const changing = cached(
  (table: AnyTable): Shape =>
    shapeOf(
      table.columns,
      Object.keys(table.columns).filter((property) => !table.fixed.includes(property)),
    ),
);

const updateText = cached((table: AnyTable) => {
  const keys = keyShape(table);
  const rest = changing(table);
  const sets = rest.properties.map((property, index) => {
    const column = columnName(property);
    return `${column} = ${fromUnnest(rest.types[index] as ColumnType, column)}`;
  });
  const types: readonly ColumnType[] = [...keys.types, ...rest.types, "integer"];
  const matches = keys.properties.map((property) => `t.${columnName(property)} = u.${columnName(property)}`);
  const all = names([...keys.properties, ...rest.properties]);
  // A row that somebody changed past the gate makes the whole batch fail: the only alarm for such a writer.
  return `with saved as (
      update ${table.name} t set ${sets.join(", ")}, row_version = t.row_version + 1
      from unnest(${parameters(types)}) as u(${all}, was)
      where ${matches.join(" and ")} and t.row_version = u.was returning 1)
    select engine.expect('${table.name}', (select count(*) from saved), $${types.length + 1})`;
});

export const updateRows = (
  table: AnyTable,
  updates: readonly { readonly row: Row; readonly version: number }[],
): Statement => {
  const rows = updates.map(({ row }) => row);
  return {
    name: `update ${table.name}`,
    text: updateText(table),
    values: [
      ...columnsOf(keyShape(table), rows),
      ...columnsOf(changing(table), rows),
      encodeArray(
        "integer",
        updates.map(({ version }) => version),
      ),
      updates.length,
    ],
  };
};

// ── claims, ids, feed ────────────────────────────────────────────────────────────────────────────────────────────

const claimKeys = (claims: readonly Claim[]): Buffer[] => [
  encodeArray(
    "text",
    claims.map(({ scope }) => scope),
  ),
  encodeArray(
    "text",
    claims.map(({ key }) => key),
  ),
];

const expiries = (claims: readonly Claim[]): Buffer =>
  encodeArray(
    "id",
    claims.map(({ lifetimeMs }) => lifetimeMs),
  );

const EXPIRY = "now() + u.lifetime * interval '1 millisecond'";

/** The first lock of all: waits for whoever uses one of these keys now. The claims come sorted. */
export const takeClaims = (schema: string, claims: readonly Claim[]): Statement => ({
  name: "take claims",
  text: `insert into ${schema}.claims (scope, key, fingerprint, expires_at)
    select u.scope, u.key, u.fingerprint, ${EXPIRY}
    from unnest($1::text[], $2::text[], $3::text[], $4::int8[]) as u(scope, key, fingerprint, lifetime)
    on conflict do nothing`,
  values: [
    ...claimKeys(claims),
    encodeArray(
      "text",
      claims.map(({ fingerprint }) => fingerprint),
    ),
    expiries(claims),
  ],
});

export const readClaims = (schema: string, claims: readonly Claim[]): Statement => ({
  name: "read claims",
  // Key by key, for the reason given at `fromKeys`.
  text: `select r.scope, r.key, r.fingerprint, r.answer from unnest($1::text[], $2::text[]) as k(k1, k2)
    cross join lateral (select * from ${schema}.claims c where c.scope = k1 and c.key = k2 offset 0) r
    where r.answer is not null`,
  values: claimKeys(claims),
});

/** For claims whose gate is their lock. */
export const insertAnswers = (schema: string, answers: Save["answers"]): Statement => {
  const claims = answers.map(({ claim }) => claim);
  return {
    name: "insert answers",
    text: `insert into ${schema}.claims (scope, key, fingerprint, answer, expires_at)
      select u.scope, u.key, u.fingerprint, u.answer, ${EXPIRY}
      from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int8[]) as u(scope, key, fingerprint, answer, lifetime)`,
    values: [
      ...claimKeys(claims),
      encodeArray(
        "text",
        claims.map(({ fingerprint }) => fingerprint),
      ),
      encodeArray(
        "text",
        answers.map(({ answer }) => answer),
      ),
      expiries(claims),
    ],
  };
};

/**
 * For claims that were taken first. With the fingerprint of the use that was answered: another use of the same key in
 * the batch may have been the one that took it.
 */
export const fillAnswers = (schema: string, answers: Save["answers"]): Statement => ({
  name: "fill answers",
  text: `update ${schema}.claims c set fingerprint = u.fingerprint, answer = u.answer
    from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as u(scope, key, fingerprint, answer)
    where c.scope = u.scope and c.key = u.key`,
  values: [
    ...claimKeys(answers.map(({ claim }) => claim)),
    encodeArray(
      "text",
      answers.map(({ claim }) => claim.fingerprint),
    ),
    encodeArray(
      "text",
      answers.map(({ answer }) => answer),
    ),
  ],
});

/** Claims that were taken and then not used are free again. */
export const freeClaims = (schema: string, claims: readonly Claim[]): Statement => ({
  name: "free claims",
  text: `delete from ${schema}.claims c using unnest($1::text[], $2::text[]) as u(scope, key)
    where c.scope = u.scope and c.key = u.key and c.answer is null`,
  values: claimKeys(claims),
});

/** The database's time and fresh ids, after the locks: ids rise in lock order. */
export const readMoment = (draws: ReadonlyMap<string, number>): Statement => {
  const sequences = [...draws.keys()].sort();
  const ids = sequences.map(
    (name, index) => `array(select nextval('${name}') from generate_series(1, $${index + 1}::int))`,
  );
  return {
    name: `moment ${sequences.join(" ")}`,
    text: `select ${["floor(extract(epoch from clock_timestamp()) * 1000)::int8", ...ids.map((list) => `to_jsonb(${list})`)].join(", ")}`,
    values: sequences.map((sequence) => draws.get(sequence)),
  };
};

/**
 * The last statement before the commit: takes the feed's next positions, gap-free and in the order of commits, because
 * the counter stays locked until the commit.
 */
export const tellEvents = (schema: string, events: Save["events"]): Statement => {
  const told = events.flatMap(({ type, to, data }) => to.map((recipient) => ({ type, recipient, data })));
  return {
    name: "tell events",
    text: `with taken as (update ${schema}.feed set position = position + $4 returning position - $4 as base)
      insert into ${schema}.events (position, recipient, type, data)
      select taken.base + u.place, u.recipient, u.type, u.data::json
      from taken, unnest($1::text[], $2::text[], $3::text[]) with ordinality as u(recipient, type, data, place)`,
    values: [
      encodeArray(
        "text",
        told.map(({ recipient }) => recipient),
      ),
      encodeArray(
        "text",
        told.map(({ type }) => type),
      ),
      encodeArray(
        "json",
        told.map(({ data }) => data),
      ),
      told.length,
    ],
  };
};
