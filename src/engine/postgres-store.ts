/**
 * The store on PostgreSQL. Two rounds to the database per batch: claims, gates and reads; then the save and its commit.
 * It promises all or nothing, and that no deadlock can arise: claims first, then gates, each in one order everywhere.
 */
import { LRUCache } from "lru-cache";
import pg from "pg";
import { instant, SECOND } from "../kernel/index.ts";
import { claimId, unguarded } from "./claims.ts";
import { StoreFailure } from "./failures.ts";
import { connectLane, type Lane, type Round, type Rows } from "./postgres-lane.ts";
import {
  appendRows,
  decodeFixed,
  decodeRow,
  fillAnswers,
  freeClaims,
  insertAnswers,
  insertRows,
  lockGates,
  peekRows,
  readClaims,
  readMoment,
  readRows,
  readSets,
  type Statement,
  takeClaims,
  tellEvents,
  updateRows,
} from "./postgres-statements.ts";
import type { Claim, Loaded, Peeked, Plan, Row, Save, Store, StoredAnswer, Versioned } from "./store.ts";
import type { AnyTable, Ref, SetRef } from "./table.ts";

/** Fixed columns kept in memory: some 100 bytes each. They never change, so no copy is ever stale. */
const ROUTES_CACHED = 200_000;
/** Waiting a little is pointless for a command run alone: whoever holds the row holds it for long. */
const BRIEF_LOCK_TIMEOUT = "5ms";
const PEEK_CONNECTIONS = 2;

/** Lock not available, cancelled by a timeout, deadlock, idle in transaction: nothing was done, try again later. */
const CONTENTION = new Set(["55P03", "57014", "40P01", "40001"]);
/** The session or the server is going away. */
const DISCONNECTION = new Set(["57P01", "57P02", "57P03", "25P03", "08000", "08003", "08006"]);

export type PostgresStoreOptions = {
  readonly connectionString: string;
  /** Where `claims`, `feed` and `events` are. */
  readonly schema: string;
  readonly namedStatements?: boolean;
  readonly applicationName?: string;
  /** How long the batch waited for its locks and reads; for metrics. */
  readonly onLocked?: (milliseconds: number) => void;
  /** After a commit that told something. */
  readonly onTold?: () => void;
};

export const createPostgresStore = (options: PostgresStoreOptions): Store => {
  const { connectionString, schema, namedStatements = true, applicationName = "parley engine" } = options;
  const routes = new LRUCache<string, Row>({ max: ROUTES_CACHED });
  const readers = new pg.Pool({
    connectionString,
    max: PEEK_CONNECTIONS,
    application_name: `${applicationName} routes`,
    statement_timeout: 2 * SECOND,
    connectionTimeoutMillis: 2 * SECOND,
    types: { getTypeParser: () => (value: string) => value } as unknown as pg.CustomTypesConfig,
    options: "-c timezone=UTC",
  });
  readers.on("error", () => {});
  let lane: Lane | undefined;

  const connected = async (): Promise<Lane> => {
    if (lane?.alive) return lane;
    try {
      lane = await connectLane({ connectionString, namedStatements, applicationName });
      return lane;
    } catch (error) {
      throw new StoreFailure("disconnected", error);
    }
  };

  const peekMissing = async (refs: readonly Ref[], known: Map<string, Row | undefined>): Promise<Peeked> => {
    for (const [table, group] of byTable(refs)) {
      const { text, values } = peekRows(table, group);
      const { rows } = await readers
        .query<(string | null)[]>({ text, values, rowMode: "array" })
        .catch((error) => Promise.reject(new StoreFailure("disconnected", error)));
      for (const values of rows) {
        const row = decodeFixed(table, values);
        routes.set(table.refOf(row).id, row);
        known.set(table.refOf(row).id, row);
      }
    }
    return known;
  };

  /** First round. Its failure means that nothing was done. */
  const load = async (lane: Lane, plan: Plan): Promise<Loaded> => {
    const started = performance.now();
    const steps = loadSteps(schema, plan);
    const { results } = await lane.round(["begin", ...patience(plan), ...steps.map(({ statement }) => statement)]);
    options.onLocked?.(performance.now() - started);
    return loadedFrom(plan, steps, results.slice(-steps.length));
  };

  /** Second round. Until its answer is here, nobody knows. */
  const commit = async (lane: Lane, plan: Plan, save: Save): Promise<void> => {
    const round = await lane.round([...saveStatements(schema, plan, save), "commit"]);
    demandCommit(round);
    for (const { table, row } of save.inserts) routes.set(table.refOf(row).id, row);
    if (save.events.length > 0) options.onTold?.();
  };

  return {
    peek(refs) {
      const known = new Map<string, Row | undefined>(refs.map((ref) => [ref.id, routes.get(ref.id)]));
      const missing = refs.filter((ref) => known.get(ref.id) === undefined);
      return missing.length === 0 ? known : peekMissing(missing, known);
    },

    async transact(plan, decide) {
      const current = await connected();
      const loaded = await load(current, plan).catch((error) => giveUp(current, error));
      let save: Save;
      try {
        save = decide(loaded);
      } catch (error) {
        return giveUp(current, error);
      }
      await commit(current, plan, save).catch((error) => giveUpCommit(current, error));
    },

    async close() {
      await Promise.all([lane?.close(), readers.end()]);
    },
  };
};

const patience = (plan: Plan): readonly string[] =>
  plan.patience === "brief" ? [`set local lock_timeout = '${BRIEF_LOCK_TIMEOUT}'`] : [];

/** Before the commit was sent: rolls back and says what it was. */
const giveUp = async (lane: Lane, error: unknown): Promise<never> => {
  await lane.round(["rollback"]).catch(() => lane.close());
  throw failureOf(error);
};

/**
 * After the commit was sent. An error that a statement answered aborted the transaction, so that nothing was done;
 * anything else leaves it open.
 */
const giveUpCommit = async (lane: Lane, error: unknown): Promise<never> => {
  const answered = lane.alive && typeof codeOf(error) === "string" && !DISCONNECTION.has(codeOf(error) ?? "");
  if (answered) return giveUp(lane, error);
  await lane.close();
  throw error instanceof StoreFailure ? error : new StoreFailure("unknown", error);
};

const codeOf = (error: unknown): string | undefined => (error as { code?: string }).code;

const failureOf = (error: unknown): unknown => {
  const code = codeOf(error);
  if (code === undefined || error instanceof StoreFailure) return error;
  if (CONTENTION.has(code)) return new StoreFailure("contention", error);
  if (DISCONNECTION.has(code) || code.startsWith("E")) return new StoreFailure("disconnected", error);
  return error;
};

/** A commit is one only when it says so, without a warning (such as a standby that was not waited for). */
const demandCommit = ({ tags, warnings }: Round) => {
  const tag = tags.at(-1);
  if (tag !== "COMMIT" || warnings.length > 0) {
    throw new StoreFailure("unknown", new Error(`commit answered ${tag} ${warnings.join("; ")}`));
  }
};

// ── what to send ─────────────────────────────────────────────────────────────────────────────────────────────────

const byTable = (refs: readonly Ref[]): readonly (readonly [AnyTable, readonly Ref[]])[] => {
  const groups = new Map<string, Ref[]>();
  for (const ref of refs) {
    const group = groups.get(ref.table.name);
    if (group === undefined) groups.set(ref.table.name, [ref]);
    else group.push(ref);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => [(group[0] as Ref).table, group]);
};

const bySet = (sets: readonly SetRef[]): readonly (readonly SetRef[])[] => {
  const groups = Map.groupBy(sets, ({ set }) => set.name);
  return [...groups.values()];
};

const compareKeys = (a: Ref, b: Ref): number => (a.id < b.id ? -1 : 1);

type Step =
  | { readonly kind: "other"; readonly statement: Statement }
  | { readonly kind: "rows"; readonly table: AnyTable; readonly statement: Statement }
  | { readonly kind: "sets"; readonly sets: readonly SetRef[]; readonly statement: Statement }
  | { readonly kind: "claims" | "moment"; readonly statement: Statement };

/** Claims, then gates by table and key, then everything else: the one order of locks. */
const loadSteps = (schema: string, plan: Plan): readonly Step[] => {
  const first = unguarded(plan.claims);
  const gates = byTable(plan.refs.filter(({ table }) => table.gate));
  const guarded = byTable(plan.refs.filter(({ table }) => !table.gate));
  const steps: Step[] = [];
  if (first.length > 0) steps.push({ kind: "other", statement: takeClaims(schema, first) });
  for (const [table, refs] of gates)
    steps.push({ kind: "rows", table, statement: lockGates(table, refs.toSorted(compareKeys)) });
  for (const [table, refs] of guarded) steps.push({ kind: "rows", table, statement: readRows(table, refs) });
  for (const sets of bySet(plan.sets)) {
    const [{ set }] = sets as [SetRef];
    steps.push({
      kind: "sets",
      sets,
      statement: readSets(
        set,
        sets.map(({ owner }) => owner),
      ),
    });
  }
  if (plan.claims.length > 0) steps.push({ kind: "claims", statement: readClaims(schema, plan.claims) });
  steps.push({ kind: "moment", statement: readMoment(plan.draws) });
  return steps;
};

const loadedFrom = (plan: Plan, steps: readonly Step[], results: readonly Rows[]): Loaded => {
  const rows = new Map<string, Versioned>();
  const sets = new Map<string, Versioned[]>(plan.sets.map(({ id }) => [id, []]));
  const answers = new Map<string, StoredAnswer>();
  let moment: readonly (string | null)[] = [];
  steps.forEach((step, index) => {
    const result = results[index] ?? [];
    if (step.kind === "rows") {
      for (const values of result) {
        const row = decodeRow(step.table, values);
        rows.set(row.ref.id, row);
      }
    } else if (step.kind === "sets") distribute(step.sets, result, sets);
    else if (step.kind === "moment") moment = result[0] ?? [];
    else if (step.kind === "claims") {
      for (const [scope, key, fingerprint, answer] of result) {
        answers.set(claimId({ scope: scope ?? "", key: key ?? "" }), {
          fingerprint: fingerprint ?? "",
          answer: answer ?? "",
        });
      }
    }
  });
  const sequences = [...plan.draws.keys()].sort();
  return {
    now: instant(Number(moment[0])),
    rows,
    sets,
    ids: new Map(sequences.map((sequence, index) => [sequence, JSON.parse(moment[index + 1] ?? "[]") as number[]])),
    answered: (claim: Claim) => answers.get(claimId(claim)),
  };
};

const distribute = (sets: readonly SetRef[], result: Rows, into: Map<string, Versioned[]>) => {
  const [{ set }] = sets as [SetRef];
  const byOwner = new Map(sets.map(({ owner, id }) => [owner.key[0], id]));
  for (const values of result) {
    const row = decodeRow(set.table, values);
    into.get(byOwner.get(row.row[set.by] as string) ?? "")?.push(row);
  }
};

const grouped = <Item>(items: readonly Item[], nameOf: (item: Item) => string): readonly (readonly Item[])[] =>
  [...Map.groupBy(items, nameOf)].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);

const saveStatements = (schema: string, plan: Plan, save: Save): readonly Statement[] => {
  const statements: Statement[] = [];
  for (const group of grouped(save.inserts, ({ table }) => table.name)) {
    statements.push(
      insertRows(
        (group[0] as (typeof group)[number]).table,
        group.map(({ row }) => row),
      ),
    );
  }
  for (const group of grouped(save.updates, ({ table }) => table.name)) {
    statements.push(updateRows((group[0] as (typeof group)[number]).table, group));
  }
  for (const group of grouped(save.appends, ({ journal }) => journal.name)) {
    statements.push(
      appendRows(
        (group[0] as (typeof group)[number]).journal,
        group.map(({ row }) => row),
      ),
    );
  }
  statements.push(...answerStatements(schema, plan, save));
  if (save.events.some(({ to }) => to.length > 0)) statements.push(tellEvents(schema, save.events));
  return statements;
};

const answerStatements = (schema: string, plan: Plan, { answers }: Save): readonly Statement[] => {
  const statements: Statement[] = [];
  const guarded = answers.filter(({ claim }) => claim.guard !== null);
  const filled = answers.filter(({ claim }) => claim.guard === null);
  const used = new Set(filled.map(({ claim }) => claimId(claim)));
  const unused = unguarded(plan.claims).filter((claim) => !used.has(claimId(claim)));
  if (guarded.length > 0) statements.push(insertAnswers(schema, guarded));
  if (filled.length > 0) statements.push(fillAnswers(schema, filled));
  if (unused.length > 0) statements.push(freeClaims(schema, unused));
  return statements;
};
