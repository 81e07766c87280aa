/** What identity throws away and passes on by itself: each chore may do what it does, as the role that the server has. */
import assert from "node:assert/strict";
import { test } from "node:test";
import pg from "pg";
import { createIdentity } from "../../src/identity/index.ts";
import { useMarket } from "../support/market.ts";

const market = useMarket();

test("F111: half a session that was over was kept for ever, because the serving role might not lock it; every chore may do its work", async () => {
  const { servingUrl, sql } = market.database;
  await sql(`insert into identity.people (id, name, login, password_hash, roles, created_at)
    values ('u_7qw2mxn4trb9', 'Anna', 'anna', '', '{}', now())`);
  await sql(`insert into identity.half_sessions (secret_hash, person_id, expires_at)
    values ('\\x01', 'u_7qw2mxn4trb9', now() - interval '1 second')`);
  const pool = new pg.Pool({ connectionString: servingUrl });
  const failures: unknown[] = [];
  const identity = createIdentity({
    connectionString: servingUrl,
    pool,
    settings: { accounts: true, signUp: "open", demoPeople: [], demoTraders: [], mail: null },
    origin: () => market.nodes[0]?.address ?? "",
    isPlainLoopback: true,
    shownName: (name) => name,
    seal: { seal: (text) => text, open: (text) => text },
    tell: async () => {},
    onFailure: (_what, error) => failures.push(error),
  });
  try {
    for (const { run } of identity.chores) await run();
    assert.deepEqual(await sql("select from identity.half_sessions"), []);
    assert.deepEqual(failures, []);
  } finally {
    await identity.close();
    await pool.end();
  }
});
