/** What is over is thrown away, in slices, and nothing else is. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import pg from "pg";
import { createDeliveries } from "../../src/deliveries/index.ts";
import { forgetClaims } from "../../src/engine/index.ts";
import { createTestDatabase, query, type TestDatabase } from "../support/cluster.ts";

let database: TestDatabase;
let pool: pg.Pool;
before(async () => {
  database = await createTestDatabase();
  pool = new pg.Pool({ connectionString: database.servingUrl });
  pool.on("error", () => {});
});
after(async () => {
  await pool.end();
  await database.drop();
});

const sql = async (statement: string) => (await query(database.superuserUrl, statement))[0]?.rows ?? [];

test("claims whose time is over go, wherever they stand; a round passes the whole table", async () => {
  // Some thousand pages: more than one statement walks.
  await sql(`insert into exchange.claims (scope, key, fingerprint, answer, expires_at)
    select 'key x', n::text, 'f', repeat('x', 1500), case when n % 2 = 0 then now() - interval '1 second' else now() + interval '1 hour' end
    from generate_series(1, 8000) n`);
  await sql("insert into exchange.claims (scope, key, fingerprint, answer) values ('for ever', 'k', 'f', 'a')");
  await sql(`insert into exchange.claims (scope, key, fingerprint, expires_at)
    values ('under way', 'k', 'f', now() - interval '1 day')`);
  const { run } = forgetClaims(pool, "exchange.claims");
  const left = async () => {
    const [row] = await sql(
      "select count(*)::int as claims, count(*) filter (where expires_at < now() and answer is not null)::int as over from exchange.claims",
    );
    return row;
  };
  await run();
  assert.ok((await left()).over > 0, "one run does a part");
  for (let turn = 0; turn < 4; turn++) await run();
  assert.deepEqual(await left(), { claims: 4_002, over: 0 });
});

test("deliveries that were settled long ago go, those of the other channel and what still waits do not", async () => {
  await sql(`insert into deliveries.queue (channel, endpoint, subject, event_id, body, state, created_at, settled_at)
    select c, 'e', 's', c || state || age || n, '', state, now() - age * interval '1 day',
      case when state <> 'waiting' then now() - age * interval '1 day' end
    from generate_series(1, 2000) n, unnest(array['webhooks', 'rail']) c, unnest(array[100, 8, 6]) age,
      unnest(array['delivered', 'dead', 'waiting']) state order by age desc`);
  const deliveries = createDeliveries({
    pool,
    channel: "webhooks",
    address: async () => ({ skip: "" }),
    allowPrivate: true,
    userAgent: () => "Parley",
    onFailure: () => {},
  });
  await deliveries.forget();
  const kept =
    await sql(`select state, (now()::date - created_at::date) as age, count(*)::int as rows from deliveries.queue
    where channel = 'webhooks' group by 1, 2 order by 1, 2`);
  assert.deepEqual(
    kept.map(({ state, age, rows }) => [state, age, rows]),
    [
      ["dead", 6, 2_000],
      ["dead", 8, 2_000],
      ["delivered", 6, 2_000],
      ["waiting", 6, 2_000],
      ["waiting", 8, 2_000],
      ["waiting", 100, 2_000],
    ],
  );
  const [other] = await sql("select count(*)::int as rows from deliveries.queue where channel = 'rail'");
  assert.equal(other.rows, 18_000);
});
