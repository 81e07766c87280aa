/** Pages far behind the first, of filters that many ads meet. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Pool } from "pg";
import { createReadPool } from "../../src/database/index.ts";
import { DEFAULT_SETTINGS } from "../../src/exchange/index.ts";
import { createAdLister, SORTS } from "../../src/exchange/market/queries.ts";
import { createTestDatabase, query, type TestDatabase } from "../support/cluster.ts";

/** Every other one takes the amount, and the same ones the method. */
const ADS = 15_000;
const AMOUNT = 1_000;
const METHOD = "card";

let database: TestDatabase;
let pool: Pool;
before(async () => {
  database = await createTestDatabase();
  const all = `from generate_series(1, ${ADS}) n`;
  await query(
    database.superuserUrl,
    `insert into exchange.traders (id, joined_at, last_seen_at, deposited_total, wagering_required, wagered, ratings_count,
         orders_count, strikes)
       select 'maker-' || n, now(), now(), 0, 0, 0, 0, 0, '{}' ${all}`,
    `insert into exchange.ads (id, maker_id, type, fiat_currency, created_at, status, version, exchange_rate, min_amount,
         max_amount, payment_methods, instructions, open_amount, released_amount)
       select n, 'maker-' || n, 'buy', 'RUB', now(), 'active', 1, 100, 1, 1000, '{card}', '', 0, 0 ${all}`,
    `insert into exchange.listings (maker_id, type, ad_id, fiat_currency, exchange_rate, min_amount, max_amount,
         payment_methods, remaining_amount, available_amount, shown)
       select 'maker-' || n, 'buy', n, 'RUB', 100, 1, case n % 2 when 0 then ${AMOUNT} else ${AMOUNT - 1} end,
         array[case n % 2 when 0 then '${METHOD}' else 'cash' end], 1000, 1000, true ${all}`,
    `insert into exchange.listing_counts (maker_id, type, ad_id, fiat_currency, shown, orders_count)
       select maker_id, type, ad_id, fiat_currency, shown, 0 from exchange.listings`,
    "vacuum analyze",
  );
  pool = createReadPool({
    connectionString: database.servingUrl,
    applicationName: "market pages",
    connections: 1,
    limitMs: 10_000,
  });
});
after(async () => {
  await pool.end();
  await database.drop();
});

for (const [filter, wanted] of [
  ["an amount", { amount: AMOUNT }],
  ["a method", { paymentMethods: [METHOD] }],
  ["a sum of fiat", { fiatAmount: AMOUNT }],
  ["both", { amount: AMOUNT, paymentMethods: [METHOD] }],
] as const) {
  test(`filtered by ${filter} a page is what comes after all pages before it, however far behind`, async () => {
    const list = createAdLister(pool, DEFAULT_SETTINGS);
    const matches = ADS / 2;
    for (const sortBy of SORTS) {
      for (const offset of [0, 4_990, 5_500, matches - 1, matches, 10_000]) {
        const { items, has_more } = await list({
          type: "buy",
          fiatCurrency: "RUB",
          sortBy,
          limit: 2,
          offset,
          ...wanted,
        });
        const expected = [offset, offset + 1].filter((place) => place < matches).map((place) => ADS - 2 * place);
        assert.deepEqual(
          [items.map(({ id }) => id), has_more],
          [expected, offset + 2 < matches],
          `${sortBy} ${offset}`,
        );
      }
    }
  });
}
