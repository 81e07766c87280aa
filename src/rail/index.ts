/**
 * The rail: banks turn a phone number into a payment order. It answers on its own listener; every write is a command
 * through its own executor. It knows nothing of the exchange.
 */
import type { Pool } from "pg";
import {
  type Connecting,
  createDeadlineWorker,
  createExecutor,
  createPostgresStore,
  createTrigger,
  type Executor,
  type Feed,
  type MaintenanceTask,
  type Observer,
  type Patience,
  type Store,
} from "../engine/index.ts";
import type { Server } from "../http/index.ts";
import { MINUTE, SECOND } from "../kernel/index.ts";
import type { Issuer, KeyedHash, Sealing } from "../keys/index.ts";
import { leavePlace, movesIn } from "./aliases/index.ts";
import { registerMoveOperatorRoutes } from "./aliases/operator-routes.ts";
import { createAnswers } from "./answers.ts";
import { createBookReads } from "./book-reads.ts";
import { createCallbackDelivery } from "./callback-delivery/index.ts";
import { registerDeadCallbackRoutes } from "./callback-delivery/operator-routes.ts";
import type { RailDeps } from "./deps.ts";
import { maintenance } from "./maintenance.ts";
import { createAliasFollowers, orderDeadlinesIn } from "./orders/index.ts";
import { createDirectory, type Directory } from "./participants/index.ts";
import { registerOperatorRoutes } from "./participants/operator-routes.ts";
import { dropPayRequest } from "./pay-requests/index.ts";
import { registerPaymentOperatorRoutes } from "./pay-requests/operator-routes.ts";
import { createPhoneCipher, type PhoneCipher } from "./phone-cipher.ts";
import { registerRegisterOperatorRoutes } from "./register/operator-routes.ts";
import { returnRequestsIn } from "./returns/index.ts";
import { registerRailRoutes } from "./routes.ts";
import { createAskEnder, searchDeadlinesIn } from "./search/index.ts";
import { registerSearchOperatorRoutes } from "./search/operator-routes.ts";
import type { RailSettings } from "./settings.ts";
import { createSignedCalls, keepsRefusal } from "./signed-calls.ts";
import { createAuthenticate, createReplayProtection } from "./signed-requests/index.ts";
import { createTrades, type Trades } from "./trades.ts";

export { SIGNED_ANSWER } from "./answers.ts";
export { auditRail } from "./audit/index.ts";
export { CALLBACK_DOCUMENTATION } from "./callbacks/index.ts";
export { ERROR_FORMAT as RAIL_ERROR_FORMAT, ERRORS as RAIL_ERRORS, OPERATOR_ERRORS } from "./errors.ts";
export type { TradeEvent } from "./events.ts";
export { GRANTS as RAIL_GRANTS } from "./grants.ts";
export { SETTLEMENT_FEED } from "./orders/index.ts";
export { faultOfAlgorithm } from "./participants/index.ts";
export { DEFAULT_RAIL_SETTINGS, type RailSettings } from "./settings.ts";
export { FRESHNESS } from "./signed-requests/index.ts";

export type RailOptions = Connecting & {
  readonly settings: RailSettings;
  readonly sealing: Sealing;
  readonly keyedHash: KeyedHash;
  readonly issuer: Issuer;
  readonly feed: Feed;
  readonly pool: Pool;
  /** For chores, deliveries, and the `jti`s of reads. */
  readonly chores: Pool;
  /** RAIL_PUBLIC_URL. Asked late: a port that is chosen by the system is known once it listens. */
  readonly publicUrl: () => string;
  /** Of callbacks. */
  readonly userAgent: () => string;
  /** Longer than the product's, for tests that are not about it. */
  readonly patience?: Patience;
  readonly observer?: Observer & { locked(milliseconds: number): void };
  /** Why a request was turned away. */
  readonly onRefused: (reason: string) => void;
  readonly onFailure: (what: string, error: unknown) => void;
};

export type Rail = {
  /** For whoever settles trades over it. */
  readonly trades: Trades;
  readonly executor: Executor;
  readonly directory: Directory;
  readonly phones: PhoneCipher;
  readonly settings: RailSettings;
  readonly chores: readonly MaintenanceTask[];
  /** Resolves when it knows who takes part: before it serves. */
  open(): Promise<void>;
  /** On the rail's own listener. */
  routes(server: Server): void;
  /** On the exchange's, where operators are. */
  operatorRoutes(server: Server): void;
  /** Answers what was taken, then lets go of the database. */
  close(): Promise<void>;
};

export const createRail = (options: RailOptions): Rail => {
  const { settings, pool, chores, issuer, publicUrl, onFailure } = options;
  const store = openStore(options);
  const executor = openExecutor(options, store);
  const directory = createDirectory({ pool, feed: options.feed, onFailure });
  const phones = createPhoneCipher(options.keyedHash, options.sealing);
  const calls = openCalls(options, executor, directory);
  const worker = { executor, onFailure };
  const unavailable = directory.suspended;
  const aliasFollowers = createAliasFollowers({ ...worker, chores, dropPayRequest, leavePlace, unavailable });
  const aliasTrigger = createTrigger(aliasFollowers, (error) => onFailure("following aliases", error));
  const followAliases = aliasTrigger.fire;
  const delivery = createCallbackDelivery({ ...sendingOf(options), executor, directory, phones, followAliases });
  const deps: Omit<RailDeps, "server"> = {
    deliveries: delivery.deliveries,
    calls,
    executor,
    directory,
    phones,
    settings,
    issuer,
    pool,
    chores,
    userAgent: options.userAgent,
    bookReads: createBookReads(settings.bookReadsPer10Seconds),
    publicUrl,
    followAliases,
  };

  return {
    trades: createTrades({ executor, directory, phones, settings, pool, publicUrl }),
    executor,
    directory,
    phones,
    settings,
    chores: [
      ...deadlineTasks(chores, worker, unavailable),
      { name: "follow aliases", everyMs: SECOND, run: aliasFollowers },
      { name: "end what banks are not asked any more", everyMs: SECOND, run: createAskEnder({ ...worker, chores }) },
      ...delivery.chores,
      ...maintenance(chores),
    ],
    open: directory.refresh,
    routes: (server) => registerRailRoutes({ ...deps, server }),
    operatorRoutes: (server) => registerForOperators({ ...deps, server }),
    async close() {
      await aliasTrigger.stop();
      // Answers that come by now are still acted upon.
      await delivery.deliveries.stop();
      await executor.drain();
      directory.close();
      await store.close();
    },
  };
};

const registerForOperators = (deps: Omit<RailDeps, "calls">): void => {
  registerOperatorRoutes(deps);
  registerMoveOperatorRoutes(deps);
  registerPaymentOperatorRoutes(deps);
  registerSearchOperatorRoutes(deps);
  registerRegisterOperatorRoutes(deps);
  registerDeadCallbackRoutes(deps);
};

const sendingOf = ({ pool, chores, issuer, publicUrl, userAgent, settings, onFailure }: RailOptions) => ({
  pool,
  chores,
  issuer,
  publicUrl,
  userAgent,
  settings,
  onFailure,
});

const deadlineTasks = (
  chores: Pool,
  worker: Parameters<typeof createDeadlineWorker>[1],
  unavailable: () => readonly string[],
): readonly MaintenanceTask[] => [
  {
    name: "meet the rail's deadlines",
    everyMs: SECOND,
    run: createDeadlineWorker(orderDeadlinesIn(chores, unavailable), worker),
  },
  {
    name: "meet the deadlines of searches",
    everyMs: SECOND,
    run: createDeadlineWorker(searchDeadlinesIn(chores), worker),
  },
  {
    name: "let return requests lapse",
    everyMs: MINUTE,
    run: createDeadlineWorker(returnRequestsIn(chores), worker),
  },
  { name: "complete moves of phones", everyMs: SECOND, run: createDeadlineWorker(movesIn(chores), worker) },
];

const openStore = ({ connectionString, pooled, feed, observer, patience = {} }: RailOptions) =>
  createPostgresStore({
    connectionString,
    schema: "rail",
    pooled,
    applicationName: "parley rail",
    onTold: feed.wake,
    timeouts: patience,
    ...(observer === undefined ? {} : { onLocked: observer.locked }),
  });

const openExecutor = ({ observer, patience = {} }: RailOptions, store: Store) =>
  createExecutor({ store, keeps: keepsRefusal, limits: patience, ...(observer === undefined ? {} : { observer }) });

const openCalls = (
  { publicUrl, chores, issuer, settings, onRefused }: RailOptions,
  executor: Executor,
  directory: Directory,
) =>
  createSignedCalls({
    authenticate: createAuthenticate({ directory, audience: publicUrl }),
    executor,
    replayProtection: createReplayProtection(chores),
    answers: createAnswers({ issuer, publicUrl }),
    callsPer10Seconds: settings.callsPer10Seconds,
    guessesPer10Seconds: settings.guessesPer10Seconds,
    onRefused,
  });
