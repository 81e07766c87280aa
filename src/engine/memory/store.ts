/**
 * The store in memory: for simulations of millions of trades and for proving the rules. It commits one transaction at
 * a time, so it says nothing about races.
 */
import type { Instant } from "../../kernel/index.ts";
import { claimId } from "../claims.ts";
import type { Event } from "../events.ts";
import type { Claim, FixedRows, Loaded, Plan, Row, Save, Store, StoredAnswer, Versioned } from "../store.ts";
import { type AnyTable, fixedOf, type Ref, type SetRef } from "../table.ts";

export type MemoryStore = Store & {
  /** Committed rows of a table, in the order in which they were first written. */
  rows(table: { readonly name: string }): readonly Row[];
  appended(journal: { readonly name: string }): readonly Row[];
  /** The feed: the position of an event is its index plus one, for each recipient. */
  readonly events: readonly Event[];
};

type Tables = {
  /** The rows of a table by their refs. */
  of(table: { readonly name: string }): Map<string, Versioned>;
  find(ref: Ref): Versioned | undefined;
  membersOf(set: SetRef): readonly Versioned[];
  put(table: AnyTable, row: Row, version: number): void;
};

const createTables = (): Tables => {
  const tables = new Map<string, Map<string, Versioned>>();
  const of = ({ name }: { readonly name: string }): Map<string, Versioned> => {
    const rows = tables.get(name) ?? new Map<string, Versioned>();
    tables.set(name, rows);
    return rows;
  };
  return {
    of,
    find: (ref) => of(ref.table).get(ref.id),
    membersOf: ({ set, owner }) =>
      [...of(set.table).values()].filter(({ row }) => row[set.by] === owner.key[0] && set.holds(row)),
    put(table, row, version) {
      const ref = table.refOf(row);
      of(table).set(ref.id, { ref, row, version });
    },
  };
};

/** @param now the clock, which the caller may turn */
export const createMemoryStore = (now: () => Instant): MemoryStore => {
  const tables = createTables();
  const journals = new Map<string, Row[]>();
  const sequences = new Map<string, number>();
  const answers = new Map<string, StoredAnswer>();
  const events: Event[] = [];

  const fixedRowOf = (ref: Ref): Row | undefined => {
    const found = tables.find(ref);
    return found === undefined ? undefined : fixedOf(ref.table, found.row);
  };

  const draw = (sequence: string, count: number): number[] => {
    const last = sequences.get(sequence) ?? 0;
    sequences.set(sequence, last + count);
    return Array.from({ length: count }, (_, index) => last + 1 + index);
  };

  const load = (plan: Plan): Loaded => ({
    now: now(),
    rows: new Map(
      plan.refs.flatMap((ref) => {
        const row = tables.find(ref);
        return row === undefined ? [] : [[ref.id, row] as const];
      }),
    ),
    sets: new Map(plan.sets.map((set) => [set.id, tables.membersOf(set)] as const)),
    ids: new Map([...plan.draws].map(([sequence, count]) => [sequence, draw(sequence, count)] as const)),
    answered: (claim: Claim) => answers.get(claimId(claim)),
  });

  const save = ({ inserts, updates, appends, events: told, answers: given }: Save) => {
    demandUnchanged(tables, { inserts, updates });
    for (const { table, row } of inserts) tables.put(table, row, 1);
    for (const { table, row, version } of updates) tables.put(table, row, version + 1);
    for (const { journal, row } of appends) {
      const rows = journals.get(journal.name) ?? [];
      journals.set(journal.name, rows);
      rows.push(row);
    }
    events.push(...told.flat());
    for (const { claim, answer } of given) answers.set(claimId(claim), { fingerprint: claim.fingerprint, answer });
  };

  return {
    events,
    rows: (table) => [...tables.of(table).values()].map(({ row }) => row),
    appended: (journal) => journals.get(journal.name) ?? [],
    readFixed: (refs): FixedRows => new Map(refs.map((ref) => [ref.id, fixedRowOf(ref)])),
    transact: async (plan, decide) => save(decide(load(plan))),
    close: async () => {},
  };
};

/** All is checked before anything is changed. */
const demandUnchanged = (tables: Tables, { inserts, updates }: Pick<Save, "inserts" | "updates">) => {
  for (const { table, row } of inserts) {
    if (tables.find(table.refOf(row))) throw new Error(`${table.name}: duplicate row`);
  }
  for (const { table, row, version } of updates) {
    if (tables.find(table.refOf(row))?.version !== version) throw new Error(`${table.name}: row changed meanwhile`);
  }
};
