/** A small world for the engine alone: purses are gates, samples and notes are guarded by them. Knows no trade. */
import assert from "node:assert/strict";
import pg from "pg";
import {
  type Claim,
  type Command,
  column,
  createExecutor,
  createPostgresStore,
  defineEvents,
  defineJournal,
  defineSet,
  defineTable,
  type Executor,
  type Limits,
  type RowOf,
  type Store,
  type Timeouts,
  Unavailable,
} from "../../src/engine/index.ts";
import { refuse } from "../../src/kernel/index.ts";
import { createTestDatabase, query, type TestDatabase } from "../support/cluster.ts";

export const purses = defineTable({
  name: "lab.purses",
  key: ["id"],
  fixed: { id: column.text(), holder: column.text() },
  changing: { balance: column.amount<bigint>() },
});
export type Purse = RowOf<typeof purses>;

/** One column of every type, each nullable, below a composite key. */
export const samples = defineTable({
  name: "lab.samples",
  key: ["purseId", "label"],
  fixed: { purseId: column.text(), label: column.text() },
  changing: {
    aText: column.text().nullable,
    anId: column.id().nullable,
    anInteger: column.integer().nullable,
    anAmount: column.amount<bigint>().nullable,
    aBoolean: column.boolean().nullable,
    anInstant: column.instant().nullable,
    aJson: column.json<unknown>().nullable,
    texts: column.texts().nullable,
    integers: column.integers().nullable,
    instants: column.instants().nullable,
  },
  guardedBy: (sample) => [purses.at(sample.purseId)],
});
export type Sample = RowOf<typeof samples>;

export const EMPTY_SAMPLE: Omit<Sample, "purseId" | "label"> = {
  aText: null,
  anId: null,
  anInteger: null,
  anAmount: null,
  aBoolean: null,
  anInstant: null,
  aJson: null,
  texts: null,
  integers: null,
  instants: null,
};

export const notes = defineTable({
  name: "lab.notes",
  key: ["id"],
  fixed: { id: column.id(), purseId: column.text() },
  changing: { text: column.text(), open: column.boolean() },
  guardedBy: (note) => [purses.at(note.purseId)],
});
export type Note = RowOf<typeof notes>;
export const openNotes = defineSet(notes, {
  name: "lab.open_notes",
  by: "purseId",
  where: "open",
  holds: (note) => note.open,
});

/** Never changes, so that routing knows all of it. */
export const labels = defineTable({
  name: "lab.labels",
  key: ["id"],
  fixed: { id: column.id(), purseId: column.text(), text: column.text() },
  guardedBy: (label) => [purses.at(label.purseId)],
});
export type Label = RowOf<typeof labels>;

export const moves = defineJournal({
  name: "lab.moves",
  columns: {
    at: column.instant(),
    purseId: column.text(),
    amount: column.amount<bigint>(),
    details: column.json().nullable,
  },
});
export type Move = RowOf<typeof moves>;

export const NOTE_IDS = "lab.note_ids";
export const OTHER_IDS = "lab.other_ids";

const SCHEMA = `
  create schema lab;
  create table lab.claims (scope text not null, key text not null, fingerprint text not null, answer text,
    expires_at timestamptz, primary key (scope, key));
  create table lab.feed (one boolean primary key default true check (one), position bigint not null default 0);
  insert into lab.feed default values;
  create table lab.events (position bigint not null unique, first_recipient text not null, second_recipient text,
    items json not null, at timestamptz not null default now(), xid xid8 not null default pg_current_xact_id());
  create table lab.purses (id text primary key, holder text not null, balance bigint not null check (balance >= 0),
    row_version integer not null default 1);
  create table lab.samples (purse_id text not null, label text not null, a_text text, an_id bigint, an_integer integer,
    an_amount bigint, a_boolean boolean, an_instant timestamptz, a_json jsonb, texts text[], integers integer[],
    instants timestamptz[], row_version integer not null default 1, primary key (purse_id, label));
  create table lab.notes (id bigint primary key, purse_id text not null, text text not null, open boolean not null,
    row_version integer not null default 1);
  create index on lab.notes (purse_id) where open;
  create table lab.labels (id bigint primary key, purse_id text not null, text text not null,
    row_version integer not null default 1);
  create table lab.moves (at timestamptz not null, purse_id text not null, amount bigint not null, details jsonb);
  create sequence lab.note_ids;
  create sequence lab.other_ids;`;

export type LabDatabase = TestDatabase & {
  /** As a superuser; the rows of the last statement. */
  sql(...statements: readonly string[]): Promise<Record<string, string>[]>;
  /** @param name shown in pg_stat_activity */
  store(options?: { readonly url?: string; readonly name?: string; readonly timeouts?: Partial<Timeouts> }): Store;
};

export const createLabDatabase = async (): Promise<LabDatabase> => {
  const database = await createTestDatabase();
  await query(database.ownerUrl, SCHEMA);
  return {
    ...database,
    sql: async (...statements) => (await query(database.superuserUrl, ...statements)).at(-1)?.rows ?? [],
    store: ({ url = database.ownerUrl, name = "lab", timeouts = {} } = {}) =>
      createPostgresStore({ connectionString: url, schema: "lab", applicationName: name, timeouts }),
  };
};

/** Transactions of people who know nothing of the engine. Tests end those that they left. */
export const createOutsiders = ({ superuserUrl }: LabDatabase) => {
  const open = new Set<pg.Client>();
  const end = async (client: pg.Client, how: "commit" | "rollback") => {
    if (!open.delete(client)) return;
    await client.query(how);
    await client.end();
  };
  return {
    async begin(statement: string) {
      const client = new pg.Client({ connectionString: superuserUrl });
      await client.connect();
      open.add(client);
      await client.query("begin");
      await client.query(statement);
      return { release: () => end(client, "rollback"), commit: () => end(client, "commit") };
    },
    async release() {
      for (const client of open) await end(client, "rollback");
    },
  };
};

// ── commands ─────────────────────────────────────────────────────────────────────────────────────────────────────

export const POOR = refuse("POOR");

type Nothing = Readonly<Record<string, never>>;
export const event = defineEvents<{
  readonly opened: { readonly id: string };
  readonly spent: { readonly left: number };
  readonly passed: Nothing;
  readonly wrote: Nothing;
}>();

/** Makes a purse, once. */
export const openPurse: Command<{ id: string; balance?: bigint }, { made: boolean }> = {
  name: "open-purse",
  refuses: [],
  needs: ({ id }) => [purses.at(id)],
  decide(state, { id, balance = 0n }) {
    if (state.get(purses.at(id)) !== undefined) return { result: { made: false }, writes: [], events: [] };
    return {
      result: { made: true },
      writes: [purses.insert({ id, holder: `holder of ${id}`, balance })],
      events: [event("opened", [id], { id })],
    };
  },
};

export type Spend = { readonly id: string; readonly amount: bigint };

/** Takes from one purse what is there, journals it and tells the holder. */
export const spend: Command<Spend, { left: number }> = {
  name: "spend",
  refuses: ["POOR"],
  needs: ({ id }) => [purses.at(id)],
  decide(state, { id, amount }, { now }) {
    const purse = state.need(purses.at(id));
    if (purse.balance < amount) return POOR;
    const balance = purse.balance - amount;
    return {
      result: { left: Number(balance) },
      writes: [
        purses.update({ ...purse, balance }),
        moves.append({ at: now, purseId: id, amount: -amount, details: null }),
      ],
      events: [event("spent", [id], { left: Number(balance) })],
    };
  },
};

/** Moves one unit from each purse to the next, in the order given. */
export const pass: Command<{ readonly ids: readonly string[] }, null> = {
  name: "pass",
  refuses: [],
  needs: ({ ids }) => ids.map((id) => purses.at(id)),
  decide(state, { ids }) {
    const rows = new Map(ids.map((id) => [id, state.need(purses.at(id))]));
    const change = (id: string, by: bigint) => {
      const purse = rows.get(id) as Purse;
      rows.set(id, { ...purse, balance: purse.balance + by });
    };
    ids.forEach((id, index) => {
      change(id, -1n);
      change(ids[(index + 1) % ids.length] as string, 1n);
    });
    const events = ids.map((id) => event("passed", [id, "watcher"], {}));
    return { result: null, writes: [...rows.values()].map((purse) => purses.update(purse)), events };
  },
};

// ── helpers ──────────────────────────────────────────────────────────────────────────────────────────────────────

export const MISMATCH = refuse("REUSED");

export const claimOf = (key: string, terms: Partial<Claim> = {}): Claim => ({
  scope: "test",
  key,
  fingerprint: "same",
  mismatch: MISMATCH,
  keeps: "answers",
  lifetimeMs: 60_000,
  guard: null,
  ...terms,
});

export const executorOn = (store: Store, limits: Partial<Limits> = {}): Executor =>
  createExecutor({ store, keeps: () => true, limits });

/** The code with which a submission was not answered; fails when it was. */
export const codeOf = async (answer: Promise<unknown>): Promise<string> => {
  const outcome = await answer.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  assert.ok("error" in outcome, `answered: ${JSON.stringify(outcome)}`);
  assert.ok(outcome.error instanceof Unavailable, `not Unavailable: ${outcome.error}`);
  return outcome.error.code;
};

/** A promise and its handle. */
export const gatePromise = (): { readonly passed: Promise<void>; open(): void } => {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { passed: promise, open: resolve };
};
