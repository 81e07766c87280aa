/** Where a script is played: a memory store of its own, or a corner of one PostgreSQL database, with one engine or two. */
import pg from "pg";
import {
  type Command,
  createDeadlineWorker,
  createExecutor,
  createMemoryStore,
  createPostgresStore,
  type Executor,
  type MemoryStore,
  type Store,
} from "../../src/engine/index.ts";
import { DAY, type Instant, instant } from "../../src/kernel/index.ts";
import { completeMove, leavePlace, movesIn } from "../../src/rail/aliases/index.ts";
import {
  type AliasFollowersDeps,
  createAliasFollowers,
  expireOrder,
  orderDeadlinesIn,
  settleSearch,
} from "../../src/rail/orders/index.ts";
import { dropPayRequest } from "../../src/rail/pay-requests/index.ts";
import { lapseReturnRequest, returnRequestsIn } from "../../src/rail/returns/index.ts";
import { createAskEnder, endAsk, meetSearchDeadline, searchDeadlinesIn } from "../../src/rail/search/index.ts";
import { keepsRefusal } from "../../src/rail/signed-calls.ts";
import {
  accountPhones,
  aliasHistory,
  aliasMoves,
  asksToEnd,
  callbacks,
  links,
  orderDeadlines,
  orderStates,
  orders,
  payers,
  payments,
  payRequests,
  phoneChanges,
  phones,
  quotas,
  reach,
  returnRequests,
  searches,
} from "../../src/rail/tables/index.ts";
import type { TestDatabase } from "../support/cluster.ts";
import { PATIENT } from "../support/patience.ts";
import type { Rows } from "./rail-observe.ts";
import type { ChoreName } from "./rail-steps.ts";

export type Names = {
  readonly banks: readonly string[];
  readonly phones: readonly string[];
  readonly payers: readonly string[];
  /** Guids that an order, a request, a search, a payment may have by now. */
  readonly guids: readonly string[];
};

/** A part of a store that nobody else uses: rows whose keys start with the name. */
export type Stage = {
  readonly name: string;
  readonly startsAt: number;
  /** Bank codes that nobody has yet. */
  readonly codes: number;
  /** One, or as many as there are nodes. */
  open(limits: { readonly batch: number }): readonly Executor[];
  turnClock(now: number): void;
  rows(names: Names): Promise<Rows>;
  /** What is due by the store's own books, submitted to whoever is given. @param suspended banks, at this moment */
  readonly chores: Readonly<
    Record<ChoreName, (to: Pick<Executor, "submit">, suspended: readonly string[]) => Promise<void>>
  >;
  /** So that no engine has to look a route up, and commands are decided in the order in which they were submitted. */
  warm(names: Names): Promise<void>;
};

type RowsOf<Table> = Table extends { update(row: infer Row): unknown } ? readonly Row[] : never;
type Appended<Journal> = Journal extends { append(row: infer Row): unknown } ? readonly Row[] : never;
const rowsOf = <Table extends { readonly name: string }>(store: MemoryStore, table: Table) =>
  store.rows(table) as unknown as RowsOf<Table>;
const appendedTo = <Journal extends { readonly name: string }>(store: MemoryStore, journal: Journal) =>
  store.appended(journal) as unknown as Appended<Journal>;

const CALLER = { caller: "clock" };

const openExecutor = (store: Store, limits: { readonly batch: number }) =>
  createExecutor({ store, keeps: keepsRefusal, limits: { ...PATIENT, ...limits } });

/** A new and empty store. */
export const memoryStage = (): Stage & { readonly store: MemoryStore } => {
  let now = instant(0);
  const store = createMemoryStore(() => now);
  return {
    store,
    name: "run",
    startsAt: Date.UTC(2026, 0, 1),
    codes: 100_000,
    open: (limits) => [openExecutor(store, limits)],
    turnClock: (to) => {
      now = instant(to);
    },
    rows: async () => ({
      states: rowsOf(store, orderStates),
      phones: rowsOf(store, phones),
      moves: rowsOf(store, aliasMoves),
      searches: rowsOf(store, searches),
      reach: rowsOf(store, reach),
      requests: rowsOf(store, payRequests),
      payments: rowsOf(store, payments),
      returnRequests: rowsOf(store, returnRequests),
      links: rowsOf(store, links),
      history: appendedTo(store, aliasHistory),
      places: rowsOf(store, accountPhones),
      quotas: rowsOf(store, quotas),
      payers: rowsOf(store, payers),
      told: appendedTo(store, callbacks),
    }),
    chores: memoryChores(store, () => now),
    warm: async () => {},
  };
};

/** As the chores find it in PostgreSQL, from rows and journals that are never emptied. */
const memoryChores = (store: MemoryStore, now: () => Instant): Stage["chores"] => {
  const submitAll = async <Input>(
    to: Pick<Executor, "submit">,
    command: Command<Input, unknown>,
    inputs: readonly Input[],
  ) => void (await Promise.all(inputs.map((input) => to.submit(command, input, CALLER))));
  let met: readonly object[] = [];
  let followed = 0;
  let asksEnded = 0;
  return {
    moves: (to) =>
      submitAll(
        to,
        completeMove,
        rowsOf(store, aliasMoves).filter(
          ({ endedAt, heardAt, until }) => endedAt === null && heardAt !== null && until <= now(),
        ),
      ),
    searches: (to) =>
      submitAll(
        to,
        meetSearchDeadline,
        rowsOf(store, searches).filter(({ endedAt, dueAt }) => endedAt === null && dueAt <= now()),
      ),
    returns: (to) =>
      submitAll(
        to,
        lapseReturnRequest,
        rowsOf(store, returnRequests).filter(({ status, until }) => status === "created" && until <= now()),
      ),
    async asks(to) {
      const banks = appendedTo(store, asksToEnd).slice(asksEnded);
      asksEnded += banks.length;
      for (const bank of new Set(banks.map(({ participantGuid }) => participantGuid))) {
        const asked = rowsOf(store, searches).filter(
          ({ endedAt, asking }) => endedAt === null && asking.includes(bank),
        );
        await submitAll(
          to,
          endAsk,
          asked.map(({ requestGuid }) => ({ requestGuid, bank })),
        );
      }
    },
    async deadlines(to, unavailable) {
      const due = appendedTo(store, orderDeadlines).filter((row) => row.dueAt <= now() && !met.includes(row));
      await submitAll(
        to,
        expireOrder,
        due.map(({ orderGuid: guid }) => ({ guid, unavailable })),
      );
      met = [...met, ...due];
    },
    async followers(to, unavailable) {
      const changes = appendedTo(store, phoneChanges);
      const changed = new Set(changes.slice(followed).map(({ phoneHash }) => phoneHash));
      followed = changes.length;
      const concerned = rowsOf(store, orderStates).filter(({ phoneHash }) => changed.has(phoneHash ?? ""));
      const waiting = concerned.filter(({ status }) => status === "pending");
      const unpaid = rowsOf(store, payRequests).filter(
        ({ phoneHash, status, paymentGuid }) =>
          changed.has(phoneHash ?? "") && status === "completed" && paymentGuid === null,
      );
      await submitAll(
        to,
        settleSearch,
        waiting.map(({ orderGuid: guid }) => ({ guid, unavailable })),
      );
      await submitAll(to, dropPayRequest, unpaid);
      const places = rowsOf(store, accountPhones).filter(({ kept, phoneHash }) => kept && changed.has(phoneHash));
      await submitAll(
        to,
        leavePlace,
        places.map(({ account, phoneHash: hash }) => ({ account, hash })),
      );
    },
  };
};

const milliseconds = (column: string): string => `(extract(epoch from ${column}) * 1000)::float8`;

const listOf = (columns: Readonly<Record<string, string>>, from: string, order = "1"): string => `
  (select coalesce(json_agg(json_build_object(${Object.entries(columns)
    .map(([name, column]) => `'${name}', ${column}`)
    .join(", ")}) order by ${order}), '[]') from ${from})`;

const LEVEL = { units: "units", refilledAt: milliseconds("refilled_at") };
const ROWS = `select
  ${listOf(
    {
      orderGuid: "order_guid",
      status: "status",
      statusReason: "status_reason",
      lastSeqs: "last_seqs",
      creditorParticipantGuid: "creditor_participant_guid",
      creditorAccount: "creditor_account",
      paymentGuid: "payment_guid",
    },
    "rail.order_states where order_guid = any($1)",
  )} as states,
  ${listOf(
    {
      hash: "hash",
      participantGuid: "participant_guid",
      account: "account",
      lastSeqs: "last_seqs",
      searchedAt: `(select coalesce(json_agg(${milliseconds("at")} order by place), '[]')
        from unnest(searched_at) with ordinality as s(at, place))`,
    },
    "rail.phones where hash = any($2)",
  )} as phones,
  ${listOf(
    {
      guid: "guid",
      phoneHash: "phone_hash",
      toParticipantGuid: "to_participant_guid",
      toAccount: "to_account",
      until: milliseconds("until"),
      status: "status",
      heardAt: milliseconds("heard_at"),
    },
    "rail.alias_moves where guid = any($1)",
  )} as moves,
  ${listOf(
    {
      requestGuid: "request_guid",
      phoneHash: "phone_hash",
      asked: "asked",
      asking: "asking",
      unheard: "unheard",
      claimed: "claimed",
      waiting: "waiting",
      dueAt: milliseconds("due_at"),
      outcome: "outcome",
      endedAt: milliseconds("ended_at"),
    },
    "rail.searches where request_guid = any($1)",
  )} as searches,
  ${listOf(
    { participantGuid: "participant_guid", failures: "failures", closedUntil: milliseconds("closed_until") },
    "rail.reach where participant_guid = any($3)",
  )} as reach,
  ${listOf(
    {
      guid: "guid",
      orderGuid: "order_guid",
      participantGuid: "participant_guid",
      status: "status",
      reason: "reason",
      paymentGuid: "payment_guid",
    },
    "rail.pay_requests where guid = any($1)",
  )} as requests,
  ${listOf(
    {
      guid: "guid",
      orderGuid: "order_guid",
      late: "late",
      status: "status",
      reason: "reason",
      completedAt: milliseconds("completed_at"),
      participantGuid: "participant_guid",
      creditorParticipantGuid: "creditor_participant_guid",
      amount: "amount",
      returned: "returned",
      returns: "returns",
    },
    "rail.payments where guid = any($1)",
  )} as payments,
  ${listOf(
    { paymentGuid: "payment_guid", until: milliseconds("until"), status: "status", failure: "failure" },
    "rail.return_requests where payment_guid = any($1)",
  )} as "returnRequests",
  ${listOf({ orderGuid: "order_guid", paidBy: "paid_by", opened: "opened" }, "rail.links where order_guid = any($1)")} as links,
  ${listOf(
    { phoneHash: "phone_hash", participantGuid: "participant_guid", account: "account", act: "act" },
    "rail.alias_history where phone_hash = any($2)",
    "id",
  )} as history,
  ${listOf(
    { account: "account", phoneHash: "phone_hash", kept: "kept" },
    "rail.account_phones where phone_hash = any($2)",
  )} as places,
  ${listOf({ participantGuid: "participant_guid", ...LEVEL }, "rail.quotas where participant_guid = any($3)")} as quotas,
  ${listOf({ id: "id", ...LEVEL }, "rail.payers where id = any($4)")} as payers,
  ${listOf(
    { endpoint: "endpoint", subject: "subject", eventId: "event_id", body: "body" },
    "deliveries.queue where endpoint = any($3)",
    "id",
  )} as told`;

/** Long enough ago that whatever a simulation has due is due by the database's clock as well. */
const AGO = 90 * DAY;

export type PostgresStages = { next(): Stage; close(): Promise<void> };

/** Runs go one after the other, each with banks of its own; rows of earlier ones stay. @param nodes engines of each run */
export const postgresStages = async (database: TestDatabase, nodes: number): Promise<PostgresStages> => {
  const real = Array.from({ length: nodes }, () =>
    createPostgresStore({ connectionString: database.servingUrl, schema: "rail", timeouts: PATIENT }),
  );
  const pool = new pg.Pool({ connectionString: database.servingUrl, max: 1 });
  let now: Instant = instant(0);
  let runs = 0;
  // The rules take their time from what the store loaded, so this is the whole clock.
  const stores = real.map(
    (store): Store => ({
      ...store,
      transact: (plan, decide) => store.transact(plan, (loaded) => decide({ ...loaded, now })),
    }),
  );
  const peekAll = async (guids: readonly string[]) => {
    const refs = guids.flatMap((guid) =>
      [orders, searches, payRequests, payments, aliasMoves].map((table) => table.at(guid)),
    );
    await Promise.all(stores.map((store) => store.readFixed(refs)));
  };
  // From now on the stores remember the routes of what they insert.
  await peekAll(["nothing"]);
  const due = (executor: Pick<Executor, "submit">, suspended: readonly string[] = []): AliasFollowersDeps => ({
    unavailable: () => suspended,
    executor: { ...executor, drain: async () => {} },
    chores: pool,
    dropPayRequest,
    leavePlace,
    onFailure: (what, error) => {
      throw new Error(what, { cause: error });
    },
  });
  return {
    next() {
      const name = `n${nodes}run${++runs}`;
      return {
        name,
        startsAt: Date.now() - AGO,
        codes: 100_000 * nodes + 10 * runs,
        open: (limits) => stores.map((store) => openExecutor(store, limits)),
        turnClock: (to) => {
          now = instant(to);
        },
        async rows({ guids, phones: hashes, banks, payers: accounts }) {
          const { rows } = await pool.query<Rows>({
            name: "rows",
            text: ROWS,
            values: [guids, hashes, banks, accounts],
          });
          if (rows[0] === undefined) throw new Error("no rows");
          return rows[0];
        },
        chores: {
          moves: (to) => createDeadlineWorker(movesIn(pool), due(to))(),
          searches: (to) => createDeadlineWorker(searchDeadlinesIn(pool), due(to))(),
          asks: (to) => createAskEnder(due(to))(),
          returns: (to) => createDeadlineWorker(returnRequestsIn(pool), due(to))(),
          deadlines: (to, suspended) =>
            createDeadlineWorker(
              orderDeadlinesIn(pool, () => suspended),
              due(to),
            )(),
          followers: (to, suspended) => createAliasFollowers(due(to, suspended))(),
        },
        warm: ({ guids }) => peekAll(guids),
      };
    },
    async close() {
      await Promise.all([...real.map((store) => store.close()), pool.end()]);
    },
  };
};
