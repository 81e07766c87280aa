/** Where a script is played: a memory store of its own, or a corner of one PostgreSQL database. */
import pg from "pg";
import {
  createExecutor,
  createMemoryStore,
  createPostgresStore,
  type Limits,
  type MemoryStore,
  type Store,
} from "../../src/engine/index.ts";
import type { Settings } from "../../src/exchange/index.ts";
import { listingsProjection } from "../../src/exchange/listings/index.ts";
import { keepsRefusal } from "../../src/exchange/submit-command.ts";
import { accounts, ads, debts, listings, orderStates, orders, traders } from "../../src/exchange/tables/index.ts";
import { adId, type Instant, instant, orderId } from "../../src/kernel/index.ts";
import type { TestDatabase } from "../support/cluster.ts";
import { PATIENT } from "../support/patience.ts";
import type { Observation, Stage } from "./play.ts";

type Rows<Table> = Table extends { update(row: infer Row): unknown } ? readonly Row[] : never;
const rowsOf = <Table extends { readonly name: string }>(store: MemoryStore, table: Table) =>
  store.rows(table) as unknown as Rows<Table>;

const sum = (values: readonly bigint[]): number => Number(values.reduce((total, value) => total + value, 0n));

const openExecutor = (store: Store, settings: Settings, limits: Partial<Limits>) =>
  createExecutor({
    store,
    keeps: keepsRefusal,
    projections: [listingsProjection(settings)],
    limits: { ...PATIENT, ...limits },
  });

/** A new and empty store. */
export const memoryStage = (): Stage & { readonly store: MemoryStore } => {
  let now = instant(0);
  const store = createMemoryStore(() => now);
  return {
    store,
    name: "run",
    startsAt: Date.UTC(2026, 0, 1),
    open: (settings, limits) => openExecutor(store, settings, limits),
    turnClock: (to) => {
      now = instant(to);
    },
    observe: async () => observeMemory(store),
  };
};

const observeMemory = (store: MemoryStore): Observation => {
  const held = rowsOf(store, accounts);
  const states = rowsOf(store, orderStates);
  const outstanding = new Map(rowsOf(store, debts).map((debt) => [debt.orderId, Number(debt.outstanding)]));
  const available = (owner: string) =>
    sum(held.filter((account) => account.owner === owner).map(({ balance }) => balance));
  const inEscrow = (seller: string) =>
    sum(states.filter(({ sellerId }) => sellerId === seller).map(({ escrow }) => escrow));
  return {
    people: Object.fromEntries(
      rowsOf(store, traders).map((trader) => [
        trader.id,
        {
          available: available(trader.id),
          inEscrow: inEscrow(trader.id),
          deposited: Number(trader.depositedTotal),
          required: Number(trader.wageringRequired),
          wagered: Number(trader.wagered),
          completed: trader.ordersCount,
          strikes: trader.strikes.length,
          owed: Number(trader.owed),
          standing: trader.standing,
        },
      ]),
    ),
    orders: Object.fromEntries(
      states.map(({ orderId, status, outcome, releasedAmount, paymentClaim: claim }) => [
        orderId,
        { status, outcome, released: Number(releasedAmount), claim, owed: outstanding.get(orderId) ?? 0 },
      ]),
    ),
    ads: Object.fromEntries(
      rowsOf(store, ads).map(({ id, status, version, totalAmount, maxAmount, openAmount, releasedAmount }) => [
        id,
        { status, version, remaining: Number((totalAmount ?? maxAmount) - openAmount - releasedAmount) },
      ]),
    ),
    shown: rowsOf(store, listings)
      .filter(({ shown }) => shown)
      .map(({ adId }) => adId as number)
      .sort((a, b) => a - b),
  };
};

const OBSERVE = `
  with people as (select * from exchange.traders where id = any($1)),
  own_orders as (select * from exchange.order_states where buyer_id = any($1)),
  own_ads as (select * from exchange.ads where maker_id = any($1))
  select
    (select json_object_agg(t.id, json_build_object(
      'available', (select balance from exchange.accounts where id = 'available/' || t.id),
      'inEscrow', (select coalesce(sum(escrow), 0) from own_orders where seller_id = t.id),
      'deposited', t.deposited_total, 'required', t.wagering_required, 'wagered', t.wagered, 'completed', t.orders_count,
      'strikes', cardinality(t.strikes), 'owed', t.owed, 'standing', t.standing))
      from people t) as people,
    (select json_object_agg(order_id, json_build_object('status', status, 'outcome', outcome, 'released', released_amount,
      'claim', payment_claim, 'owed', coalesce(outstanding, 0)))
      from own_orders left join exchange.debts using (order_id)) as orders,
    (select json_object_agg(id, json_build_object('status', status, 'version', version,
      'remaining', coalesce(total_amount, max_amount) - open_amount - released_amount)) from own_ads) as ads,
    (select json_agg(ad_id order by ad_id) from exchange.listings where shown and maker_id = any($1)) as shown`;

export type PostgresStages = { next(): Stage; close(): Promise<void> };

/** Runs go one after the other, each with people of its own; rows of earlier ones stay, as in a real market. */
export const postgresStages = async (database: TestDatabase): Promise<PostgresStages> => {
  const real = createPostgresStore({
    connectionString: database.servingUrl,
    schema: "exchange",
    timeouts: PATIENT,
  });
  // From now on the store remembers the routes of what it inserts: no command waits for them and is overtaken.
  await real.readFixed([ads.at(adId(1)), orders.at(orderId(1))]);
  const pool = new pg.Pool({ connectionString: database.servingUrl, max: 1 });
  let now: Instant = instant(0);
  let runs = 0;
  // The rules take their time from what the store loaded, so this is the whole clock.
  const store: Store = {
    ...real,
    transact: (plan, decide) => real.transact(plan, (loaded) => decide({ ...loaded, now })),
  };
  return {
    next() {
      const name = `run${++runs}`;
      return {
        name,
        startsAt: Date.now(),
        open: (settings, limits) => openExecutor(store, settings, limits),
        turnClock: (to) => {
          now = instant(to);
        },
        async observe(people) {
          const { rows } = await pool.query({ text: OBSERVE, values: [people.map((person) => `${name}-${person}`)] });
          const [{ people: found, orders, ads: offers, shown }] = rows;
          return { people: found ?? {}, orders: orders ?? {}, ads: offers ?? {}, shown: shown ?? [] };
        },
      };
    },
    async close() {
      await Promise.all([real.close(), pool.end()]);
    },
  };
};
