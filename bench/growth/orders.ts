/**
 * Finished orders by the million, as the exchange would have left them: merchants with 250,000 orders each, makers with a
 * few dozen, users with five. Claims and events are gone by the time an order is old, so there are none.
 */
import pg from "pg";
import { startApp } from "../../src/app.ts";
import { readConfig } from "../../src/config.ts";
import { DEPOSIT, FIRST, METHOD, TRADE_AMOUNT } from "../trade/market.ts";
import type { Site } from "../trade/stage.ts";
import { aggregates, type Sizes } from "./aggregates.ts";
import { rowsOfOrders } from "./order-rows.ts";
import { rowsOfPeople } from "./people-rows.ts";

/** Half of the orders are the merchants', the other half the makers'. */
const ORDERS_PER_MERCHANT = 500_000;
const ORDERS_PER_MAKER = 10;
const MOST_MAKERS = 100_000;
const ORDERS_PER_USER = 5;
/** Kopecks that a maker had before the first order: more than the orders of any size take. */
const MAKER_DEPOSIT = 100_000_000n;
/** Above those of the merchants' ads. */
const FIRST_MAKER_AD = 10_000;

export const sizesOf = (orders: number, firstAd: number): Sizes => ({
  orders,
  merchants: Math.ceil(orders / ORDERS_PER_MERCHANT),
  makers: Math.min(MOST_MAKERS, Math.ceil(orders / ORDERS_PER_MAKER)),
  users: Math.ceil(orders / ORDERS_PER_USER),
  firstMerchant: FIRST.maker,
  firstAd,
  firstMakerAd: FIRST_MAKER_AD,
  merchantDeposit: DEPOSIT,
  makerDeposit: MAKER_DEPOSIT,
  amount: TRADE_AMOUNT,
  method: METHOD,
});

/** Ciphertext is bound to its owner, so that each maker needs a text of its own. */
const sealFor = async ({ env }: Site, makers: readonly string[]): Promise<readonly (string | null)[]> => {
  const app = await startApp(readConfig(env), { databaseUrl: env.DATABASE_URL ?? "" });
  try {
    return makers.map((maker) => app.exchange.details.seal({ card_number: "2200 0000 0000 1111" }, maker));
  } finally {
    await app.stop();
  }
};

/** On a site without orders. */
export const loadOrders = async (site: Site, sizes: Sizes): Promise<void> => {
  const makers = Array.from({ length: sizes.makers }, (_, index) => `m${index + 1}`);
  const sealed = await sealFor(site, makers);
  const client = new pg.Client({ connectionString: site.superuserUrl });
  await client.connect();
  try {
    await client.query(`set synchronous_commit = off; set work_mem = '256MB'; set maintenance_work_mem = '512MB';
      set jit = off; set timezone = 'UTC'; create schema growth;
      create unlogged table growth.details (maker text, details text)`);
    await client.query("insert into growth.details select * from unnest($1::text[], $2::text[])", [makers, sealed]);
    for (const text of [...aggregates(sizes), ...rowsOfPeople(sizes), ...rowsOfOrders(sizes)]) await client.query(text);
    await client.query("drop schema growth cascade");
    await client.query("vacuum analyze");
    await client.query("checkpoint");
  } finally {
    await client.end();
  }
};
