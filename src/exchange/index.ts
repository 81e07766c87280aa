/**
 * The exchange: ads, orders with escrow, wallets, and the host platform's rules. It answers on its own listener; every
 * submit is a command through its own executor.
 */
import type { Pool } from "pg";
import type { Outbound } from "../deliveries/index.ts";
import {
  type Connecting,
  createDeadlineWorker,
  createExecutor,
  createPostgresStore,
  type Executor,
  type Feed,
  type MaintenanceTask,
  type Observer,
  type Patience,
  type Store,
  type WorkerDeps,
} from "../engine/index.ts";
import type { FileStore } from "../files/index.ts";
import type { Caller, Server } from "../http/index.ts";
import { HOUR, SECOND, type TraderId } from "../kernel/index.ts";
import type { Issuer, Sealing } from "../keys/index.ts";
import { createAd, deleteAd, editAd, liftStrikes, strikeDeadlinesIn } from "./ads/index.ts";
import { createOrphanSweep, sendMessage } from "./chat/index.ts";
import { collectDebt, payableDebts } from "./debts/index.ts";
import type { ServerLimits } from "./deps.ts";
import { createDetailsCipher, type DetailsCipher } from "./details-cipher.ts";
import { assignDispute, decideClaim, resolveDispute } from "./disputes/index.ts";
import { addFigures } from "./figures/index.ts";
import { listingsProjection } from "./listings/index.ts";
import { createTellSecurity, type TellSecurity } from "./live/index.ts";
import { maintenance } from "./maintenance.ts";
import { createPageCache, watchFeed, watchStore } from "./market/index.ts";
import { actOnClaim, actOnOrder, createOrder, meetDeadline, orderDeadlinesIn } from "./orders/index.ts";
import type { Accounts } from "./people/index.ts";
import { rateOrder } from "./ratings/index.ts";
import { registerExchangeRoutes } from "./routes.ts";
import type { Settings } from "./settings.ts";
import { createSettling, type Settling } from "./settling.ts";
import { createSubmitCommand, keepsRefusal } from "./submit-command.ts";
import { resumeTrader, suspendTrader } from "./suspension/index.ts";
import { createPresence, registerTrader, shownName } from "./traders/index.ts";
import { credit, debit, wager } from "./wallet/index.ts";
import { createWebhooks } from "./webhooks/index.ts";

export { audit } from "./audit/index.ts";
export { DOSSIER_TYPE, type Dossier, faultOf, isDossier, isSealOf, type Seal } from "./dossier/index.ts";
export { ERRORS, type ErrorCode } from "./errors.ts";
export { SETTLEMENTS } from "./events.ts";
export { GRANTS } from "./grants.ts";
export { CLAIM_MOVES, CLAIMABLE, MOVES, SETTLEMENT_MOVES, type SettlementAction } from "./orders/index.ts";
export { DEFAULT_PAYMENT_METHODS, type PaymentMethod, readCatalogue } from "./payment-catalogue.ts";
export { BALANCE_CURRENCY, DEFAULT_SETTINGS, RAIL_METHOD, type Settings } from "./settings.ts";
export type { Payable } from "./settling.ts";
export { WEBHOOK_DOCUMENTATION } from "./webhooks/index.ts";
export { shownName };

/** How often what happened is added up for operators. */
const FIGURES_MS = 30 * SECOND;

export type ExchangeOptions = Connecting & {
  /** Of the role that owns the tables. Without it another node rolls the feed's partitions. */
  readonly ownerUrl?: string | undefined;
  readonly settings: Settings;
  readonly sealing: Sealing;
  /** Where webhooks may go, and who they say they are from. */
  readonly outbound: Outbound;
  readonly issuer: Issuer;
  /** What people sign in with. */
  readonly accounts: Accounts;
  readonly files: FileStore;
  readonly feed: Feed;
  readonly limits: ServerLimits;
  /** Longer than the product's, for tests that are not about it. */
  readonly patience?: Patience;
  readonly pool: Pool;
  readonly marketPool: Pool;
  /** For chores: forgets what is over, notes who was seen. */
  readonly chores: Pool;
  readonly observer?: Observer & { locked(milliseconds: number): void };
  readonly onFailure: (what: string, error: unknown) => void;
};

export type Exchange = {
  readonly executor: Executor;
  readonly details: DetailsCipher;
  readonly settings: Settings;
  readonly chores: readonly MaintenanceTask[];
  /** For whoever settles orders over the rail. */
  readonly settling: Settling;
  welcome(caller: Caller): Promise<void> | undefined;
  register(trader: string, name: string | null): Promise<void>;
  /** Tells a trader what befell how they come in; the same id twice is told once. */
  tellSecurity(id: number, input: TellSecurity): Promise<void>;
  routes(server: Server): void;
  /** Answers what was taken, then lets go of the database. */
  close(): Promise<void>;
};

/** For those who act without HTTP: the demo market, simulations. */
export const commandsOf = ({ settings, details }: Pick<Exchange, "settings" | "details">) => ({
  createAd: createAd(settings),
  editAd: editAd({ settings, sameDetails: details.same }),
  deleteAd,
  createOrder: createOrder(settings),
  confirmPaid: actOnOrder(settings, "confirm-paid"),
  confirmReceived: actOnOrder(settings, "confirm-received"),
  cancel: actOnOrder(settings, "cancel"),
  callOperator: actOnOrder(settings, "call-operator"),
  meetDeadline: meetDeadline(settings),
  claim: actOnClaim(settings, "claim"),
  honour: actOnClaim(settings, "honour"),
  decideClaim: decideClaim(settings),
  collectDebt: collectDebt(settings),
  suspendTrader,
  resumeTrader,
  liftStrikes,
  credit: credit(settings),
  debit,
  wager,
  sendMessage,
  rateOrder,
  assignDispute,
  resolveDispute: resolveDispute(settings),
  registerTrader,
});

export const createExchange = (options: ExchangeOptions): Exchange => {
  const { settings, pool, marketPool, chores, onFailure } = options;
  const store = openStore(options);
  const marketPages = createPageCache({ freshMs: settings.marketFreshMs });
  const unwatch = watchFeed(options.feed, marketPages.drop);
  const executor = openExecutor(options, watchStore(store, marketPages.drop));
  const webhooks = createWebhooks({ pool: chores, sealing: options.sealing, outbound: options.outbound, onFailure });
  const presence = createPresence(executor, chores);
  const details = createDetailsCipher(options.sealing);
  const register = async (trader: string, name: string | null) => presence.welcome(trader as TraderId, name);

  return {
    executor,
    details,
    settings,
    settling: createSettling({ executor, pool: chores, details, settings }),
    register,
    tellSecurity: createTellSecurity(executor),
    welcome: ({ traderId, name }) => presence.welcome(traderId, name),
    chores: [
      ...deadlineTasks(chores, settings, { executor, onFailure }),
      { name: "note who was seen", everyMs: 5 * SECOND, run: presence.flush },
      { name: "remove orphaned files", everyMs: HOUR, run: createOrphanSweep(options.files, chores) },
      { name: "add up figures", everyMs: FIGURES_MS, run: () => addFigures(chores) },
      ...webhooks.chores,
      ...maintenance(chores, options.ownerUrl),
    ],
    routes(server) {
      registerExchangeRoutes({
        server,
        submit: createSubmitCommand(executor),
        details,
        executor,
        files: options.files,
        feed: options.feed,
        issuer: options.issuer,
        accounts: options.accounts,
        sealing: options.sealing,
        deliveries: webhooks.deliveries,
        outbound: options.outbound,
        settings,
        limits: options.limits,
        pool,
        marketPool,
        marketPages,
        register,
      });
    },
    async close() {
      await executor.drain();
      unwatch();
      await webhooks.stop();
      await store.close();
    },
  };
};

const deadlineTasks = (chores: Pool, settings: Settings, worker: WorkerDeps): readonly MaintenanceTask[] => [
  {
    name: "meet deadlines",
    everyMs: SECOND,
    run: createDeadlineWorker(orderDeadlinesIn(chores, settings), worker),
  },
  { name: "collect debts", everyMs: SECOND, run: createDeadlineWorker(payableDebts(chores, settings), worker) },
  { name: "lift strikes", everyMs: SECOND, run: createDeadlineWorker(strikeDeadlinesIn(chores), worker) },
];

const openStore = ({ connectionString, pooled, feed, observer, patience = {} }: ExchangeOptions) =>
  createPostgresStore({
    connectionString,
    schema: "exchange",
    pooled,
    applicationName: "parley exchange",
    onTold: feed.wake,
    timeouts: patience,
    ...(observer === undefined ? {} : { onLocked: observer.locked }),
  });

const openExecutor = ({ settings, observer, patience = {} }: ExchangeOptions, store: Store) =>
  createExecutor({
    store,
    keeps: keepsRefusal,
    projections: [listingsProjection(settings)],
    limits: patience,
    ...(observer === undefined ? {} : { observer }),
  });
