/**
 * The store on PostgreSQL. Two rounds to the database per batch: claims, gates and reads; then the save and its commit.
 * It promises all or nothing, and that no deadlock can arise: claims first, then gates, each in one order everywhere.
 */
import { StoreFailure } from "../failures.ts";
import type { Loaded, Plan, Save, Store } from "../store.ts";
import { TIMEOUTS, type Timeouts } from "../timeouts.ts";
import { createFixedRowReader } from "./fixed-rows.ts";
import { connectLane, type Lane, type LaneOptions, settingsOfTransaction } from "./lane.ts";
import { loadedFrom, loadSteps } from "./load.ts";
import type { Connecting } from "./pool.ts";
import { saveStatements } from "./save.ts";
import type { Statement } from "./shapes.ts";
import { demandCommit, giveUp, giveUpCommit, isDisconnected } from "./trouble.ts";

/** Waiting a little is pointless for a command run alone: whoever holds the row holds it for long. */
const BRIEF_LOCK_TIMEOUT = "5ms";

export type PostgresStoreOptions = Connecting & {
  /** Where `claims`, `feed` and `events` are. */
  readonly schema: string;
  readonly applicationName?: string;
  readonly timeouts?: Partial<Timeouts>;
  /** How long the batch waited for its locks and reads; for metrics. */
  readonly onLocked?: (milliseconds: number) => void;
  /** After a commit that told something. */
  readonly onTold?: () => void;
};

export const createPostgresStore = (options: PostgresStoreOptions): Store => {
  const { connectionString, schema, pooled = false, applicationName = "parley engine" } = options;
  const timeouts: Timeouts = { ...TIMEOUTS, ...options.timeouts };
  const fixedRows = createFixedRowReader({ connectionString, pooled }, `${applicationName} routes`, timeouts);
  const connection = keepLane({ connectionString, pooled, applicationName, timeouts });
  const opening = pooled ? ["begin", settingsOfTransaction(timeouts)] : ["begin"];

  const load = async (current: Lane, plan: Plan): Promise<Loaded> => {
    const started = performance.now();
    const steps = loadSteps(schema, plan);
    const { results } = await current.round(firstRound(opening, plan, steps));
    options.onLocked?.(performance.now() - started);
    return loadedFrom(plan, steps, results.slice(-steps.length));
  };

  /** First round. Its failure means that nothing was done, so that a connection found dead is replaced, once. */
  const begin = async (plan: Plan, replaced = false): Promise<readonly [Lane, Loaded]> => {
    const current = await connection.lane();
    try {
      return [current, await load(current, plan)];
    } catch (error) {
      const failure = await giveUp(current, error);
      if (replaced || !isDisconnected(failure)) throw failure;
    }
    return begin(plan, true);
  };

  const decideOn = async (current: Lane, plan: Plan, decide: () => Save) => {
    try {
      const save = decide();
      // Encoding may find a value that its column cannot hold: before anything is sent.
      return { save, statements: [...patienceToSave(plan, timeouts), ...saveStatements(schema, plan, save)] };
    } catch (error) {
      throw await giveUp(current, error);
    }
  };

  /** Second round. Until its answer is here, nobody knows. */
  const commit = async (current: Lane, statements: readonly (Statement | string)[]): Promise<void> => {
    try {
      demandCommit(await current.round([...statements, "commit"]));
    } catch (error) {
      throw await giveUpCommit(current, error);
    }
  };

  return {
    readFixed: fixedRows.readFixed,
    async transact(plan, decide) {
      const [current, loaded] = await begin(plan);
      const { save, statements } = await decideOn(current, plan, () => decide(loaded));
      await commit(current, statements);
      fixedRows.remember(save.inserts);
      if (save.events.length > 0) options.onTold?.();
    },
    async close() {
      await Promise.all([connection.close(), fixedRows.close()]);
    },
  };
};

/** The lane, connected when it is first needed and again when it was lost. */
const keepLane = (options: LaneOptions) => {
  let lane: Lane | undefined;
  return {
    async lane(): Promise<Lane> {
      if (lane?.alive) return lane;
      try {
        lane = await connectLane(options);
        return lane;
      } catch (error) {
        throw new StoreFailure("disconnected", error);
      }
    },
    close: async () => lane?.close(),
  };
};

const firstRound = (opening: readonly string[], plan: Plan, steps: ReturnType<typeof loadSteps>) => [
  ...opening,
  ...patience(plan),
  ...steps.map(({ statement }) => statement),
];

const patience = (plan: Plan): readonly string[] =>
  plan.patience === "brief" ? [`set local lock_timeout = '${BRIEF_LOCK_TIMEOUT}'`] : [];

/** The feed, at the end, is held by other nodes for the time of a commit, and no longer: that is worth waiting for. */
const patienceToSave = (plan: Plan, { lockMs }: Timeouts): readonly string[] =>
  plan.patience === "brief" ? [`set local lock_timeout = '${lockMs}'`] : [];
