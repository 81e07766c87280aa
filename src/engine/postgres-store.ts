/**
 * The store on PostgreSQL. Two rounds to the database per batch: claims, gates and reads; then the save and its commit.
 * It promises all or nothing, and that no deadlock can arise: claims first, then gates, each in one order everywhere.
 */
import { LRUCache } from "lru-cache";
import pg from "pg";
import { instant, SECOND } from "../kernel/index.ts";
import { claimId, unguarded } from "./claims.ts";
import { StoreFailure } from "./failures.ts";
import { connectLane, type Lane, type Round, RoundFailure, type Rows } from "./postgres-lane.ts";
import {
  appendRows,
  decodeFixed,
  decodeRow,
  fillAnswers,
  freeClaims,
  insertAnswers,
  insertRows,
  lockGates,
  readClaims,
  readFixedRows,
  readMoment,
  readRows,
  readSets,
  type Statement,
  takeClaims,
  tellEvents,
  updateRows,
} from "./postgres-statements.ts";
import type { Claim, FixedRows, Loaded, Plan, Row, Save, Store, StoredAnswer, Versioned } from "./store.ts";
import { type AnyTable, fixedOf, type Ref, type SetRef } from "./table.ts";
import { TIMEOUTS, type Timeouts } from "./timeouts.ts";

/** Rows whose fixed columns are kept: a kilobyte at the most, for an order's terms. They never change, so none is stale. */
const ROUTES_CACHED = 20_000;
/** Waiting a little is pointless for a command run alone: whoever holds the row holds it for long. */
const BRIEF_LOCK_TIMEOUT = "5ms";
const PEEK_CONNECTIONS = 2;
/** Of a read for routing, measured here: a silent peer obeys no `statement_timeout`. */
const PEEK_GRACE_MS = SECOND;

/** Lock not available, cancelled by a timeout, deadlock, idle in transaction: nothing was done, try again later. */
const CONTENTION = new Set(["55P03", "57014", "40P01", "40001"]);
/** A row of the same key: no lock can guard a row that is not there yet. */
const CONFLICT = "23505";
/** The session or the server is going away, was demoted to a standby, or has forgotten our prepared statements. */
const DISCONNECTION = new Set(["57P01", "57P02", "57P03", "25P03", "25006", "26000", "08000", "08003", "08006"]);
/** Says itself that no commit came before it. */
const IDLE_IN_TRANSACTION = "25P03";

export type PostgresStoreOptions = {
  readonly connectionString: string;
  /** Where `claims`, `feed` and `events` are. */
  readonly schema: string;
  readonly namedStatements?: boolean;
  readonly applicationName?: string;
  readonly timeouts?: Partial<Timeouts>;
  /** How long the batch waited for its locks and reads; for metrics. */
  readonly onLocked?: (milliseconds: number) => void;
  /** After a commit that told something. */
  readonly onTold?: () => void;
};

export const createPostgresStore = (options: PostgresStoreOptions): Store => {
  const { connectionString, schema, namedStatements = true, applicationName = "parley engine" } = options;
  const timeouts: Timeouts = { ...TIMEOUTS, ...options.timeouts };
  const routes = new LRUCache<string, Row>({ max: ROUTES_CACHED });
  const readers = new pg.Pool({
    connectionString,
    max: PEEK_CONNECTIONS,
    application_name: `${applicationName} routes`,
    statement_timeout: timeouts.routeMs,
    connectionTimeoutMillis: timeouts.routeMs,
    query_timeout: timeouts.routeMs + PEEK_GRACE_MS,
    keepAlive: true,
    types: { getTypeParser: () => (value: string) => value } as unknown as pg.CustomTypesConfig,
    options: "-c timezone=UTC",
  });
  readers.on("error", () => {});
  /** Tables that commands route by: rows of no other are worth remembering. */
  const routing = new Set<string>();
  let lane: Lane | undefined;

  const connected = async (): Promise<Lane> => {
    if (lane?.alive) return lane;
    try {
      lane = await connectLane({ connectionString, namedStatements, applicationName, timeouts });
      return lane;
    } catch (error) {
      throw new StoreFailure("disconnected", error);
    }
  };

  const readMissing = async (refs: readonly Ref[], known: Map<string, Row | undefined>): Promise<FixedRows> => {
    for (const [table, group] of byTable(refs)) {
      const { text, values } = readFixedRows(table, group);
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

  /** First round. Its failure means that nothing was done, so that a connection found dead is replaced, once. */
  const begin = async (plan: Plan): Promise<readonly [Lane, Loaded]> => {
    const known = await connected();
    try {
      return [known, await load(known, plan)];
    } catch (error) {
      const failure = await giveUp(known, error);
      if (!(failure instanceof StoreFailure && failure.kind === "disconnected")) throw failure;
    }
    const fresh = await connected();
    try {
      return [fresh, await load(fresh, plan)];
    } catch (error) {
      throw await giveUp(fresh, error);
    }
  };

  const load = async (lane: Lane, plan: Plan): Promise<Loaded> => {
    const started = performance.now();
    const steps = loadSteps(schema, plan);
    const { results } = await lane.round(["begin", ...patience(plan), ...steps.map(({ statement }) => statement)]);
    options.onLocked?.(performance.now() - started);
    return loadedFrom(plan, steps, results.slice(-steps.length));
  };

  /** Second round. Until its answer is here, nobody knows. */
  const commit = async (lane: Lane, statements: readonly (Statement | string)[], save: Save): Promise<void> => {
    const round = await lane.round([...statements, "commit"]);
    demandCommit(round);
    for (const { table, row } of save.inserts) {
      if (routing.has(table.name)) routes.set(table.refOf(row).id, fixedOf(table, row));
    }
    if (save.events.length > 0) options.onTold?.();
  };

  return {
    readFixed(refs) {
      for (const { table } of refs) routing.add(table.name);
      const known = new Map<string, Row | undefined>(refs.map((ref) => [ref.id, routes.get(ref.id)]));
      const missing = refs.filter((ref) => known.get(ref.id) === undefined);
      return missing.length === 0 ? known : readMissing(missing, known);
    },

    async transact(plan, decide) {
      const [current, loaded] = await begin(plan);
      let save: Save;
      let statements: readonly (Statement | string)[];
      try {
        save = decide(loaded);
        // Encoding may find a value that its column cannot hold: before anything is sent.
        statements = [...patienceToSave(plan, timeouts), ...saveStatements(schema, plan, save)];
      } catch (error) {
        throw await giveUp(current, error);
      }
      try {
        await commit(current, statements, save);
      } catch (error) {
        throw await giveUpCommit(current, error);
      }
    },

    async close() {
      await Promise.all([lane?.close(), readers.end()]);
    },
  };
};

const patience = (plan: Plan): readonly string[] =>
  plan.patience === "brief" ? [`set local lock_timeout = '${BRIEF_LOCK_TIMEOUT}'`] : [];

/** The feed, at the end, is held by other nodes for the time of a commit, and no longer: that is worth waiting for. */
const patienceToSave = (plan: Plan, { lockMs }: Timeouts): readonly string[] =>
  plan.patience === "brief" ? [`set local lock_timeout = '${lockMs}'`] : [];

/** While nothing can have been done: rolls back and says what it was. */
const giveUp = async (lane: Lane, error: unknown): Promise<unknown> => {
  const failure = failureOf(lane, error);
  if (failure instanceof StoreFailure && failure.kind === "disconnected") await lane.close();
  else await lane.round(["rollback"]).catch(() => lane.close());
  return failure;
};

/**
 * After the commit was sent. An error that the server answered to a statement before it, or to the commit itself while
 * the session lived on, aborted the transaction, so that nothing was done; anything else leaves it open.
 */
const giveUpCommit = async (lane: Lane, error: unknown): Promise<unknown> => {
  const code = codeOf(error);
  const before = error instanceof RoundFailure && !error.last;
  if (code !== undefined && (before || code === IDLE_IN_TRANSACTION)) return giveUp(lane, error);
  // Whatever ends a session may come after its commit; an error that the session survives is the commit's own.
  if (code !== undefined && (await survives(lane))) return failureOf(lane, error);
  await lane.close();
  return error instanceof StoreFailure ? error : new StoreFailure("unknown", error);
};

const survives = (lane: Lane): Promise<boolean> =>
  lane.round(["rollback"]).then(
    () => true,
    () => false,
  );

/** The server's own code of an error; undefined when it did not come from the server. */
const codeOf = (error: unknown): string | undefined => {
  const cause = error instanceof RoundFailure ? error.cause : error;
  return cause instanceof pg.DatabaseError ? cause.code : undefined;
};

const failureOf = (lane: Lane, error: unknown): unknown => {
  const cause = error instanceof RoundFailure ? error.cause : error;
  const code = codeOf(error) ?? "";
  if (CONTENTION.has(code)) return new StoreFailure("contention", cause);
  if (code === CONFLICT) return new StoreFailure("conflict", cause);
  if (DISCONNECTION.has(code) || !lane.alive) return new StoreFailure("disconnected", cause);
  return cause;
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

type Insert = Save["inserts"][number];

/** New gates are locks as well: two nodes that make the same ones meet at the first, never crosswise. */
const inLockOrder = (inserts: readonly Insert[]): readonly Insert[] => {
  const refOf = ({ table, row }: Insert): Ref => table.refOf(row);
  return inserts[0]?.table.gate ? inserts.toSorted((a, b) => compareKeys(refOf(a), refOf(b))) : inserts;
};

const saveStatements = (schema: string, plan: Plan, save: Save): readonly Statement[] => {
  const statements: Statement[] = [];
  for (const group of grouped(save.inserts, ({ table }) => table.name)) {
    statements.push(
      insertRows(
        (group[0] as (typeof group)[number]).table,
        inLockOrder(group).map(({ row }) => row),
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
