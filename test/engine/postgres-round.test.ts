/** Rounds with a single Sync: what the server has done, and what it knows, when one of their statements fails. */
import assert from "node:assert/strict";
import { after, afterEach, beforeEach, test } from "node:test";
import pg from "pg";
import { connectLane, type Lane } from "../../src/engine/postgres/lane.ts";
import { RoundFailure } from "../../src/engine/postgres/round.ts";
import type { Statement } from "../../src/engine/postgres/shapes.ts";
import { TIMEOUTS } from "../../src/engine/timeouts.ts";
import { PATIENT } from "../support/patience.ts";
import { createLabDatabase, createOutsiders } from "./lab.ts";

const database = await createLabDatabase();
const outsiders = createOutsiders(database);
after(() => database.drop());
afterEach(outsiders.release);

await database.sql("create table lab.steps (step text primary key)");

const step = (name: string): Statement => ({
  name: "step",
  text: "insert into lab.steps (step) values ($1)",
  values: [name],
});
const value = (name: string, text: string): Statement => ({ name, text, values: [] });
const BROKEN = value("broken", "select 1 / 0");
const UNKNOWN = value("unknown", "select * from lab.nowhere");
const DIE = value("die", "select pg_terminate_backend(pg_backend_pid())");

const failureOf = async (round: Promise<unknown>): Promise<RoundFailure> => {
  const failure = await round.then(
    () => assert.fail("the round succeeded"),
    (error: unknown) => error,
  );
  assert.ok(failure instanceof RoundFailure);
  return failure;
};
const codeOf = ({ cause }: RoundFailure): string | undefined => (cause instanceof pg.DatabaseError ? cause.code : "");
const steps = async (): Promise<readonly string[]> =>
  (await database.sql("select step from lab.steps order by step")).map((row) => String(row.step));

for (const pooled of [false, true]) {
  const how = pooled ? "unnamed" : "named";
  let lane: Lane;
  const open = async () => {
    const to = { connectionString: database.superuserUrl, applicationName: "rounds" };
    lane = await connectLane({ ...to, pooled, timeouts: { ...TIMEOUTS, ...PATIENT } });
  };
  const prepared = async (): Promise<readonly (string | null)[]> => {
    const { results } = await lane.round([value("prepared", "select name from pg_prepared_statements order by name")]);
    return (results[0] ?? []).map(([name]) => name ?? null).filter((name) => name !== "prepared");
  };

  test(`${how} statements`, async (suite) => {
    beforeEach(async () => {
      await database.sql("truncate lab.steps");
      await open();
    });
    afterEach(() => lane.close());

    await suite.test("each answer is its own statement's", async () => {
      const { results, tags, warnings } = await lane.round([
        "begin",
        value("two", "select * from (values ('a', null), ('b', 'ü')) v"),
        step("x"),
        value("none", "select 1 where false"),
        { name: "typed", text: "select $1::int4 + 1, $2::text is null", values: [41, null] },
        "commit",
      ]);
      assert.deepEqual(
        results.map((rows) => [...rows]),
        [
          [],
          [
            ["a", null],
            ["b", "ü"],
          ],
          [],
          [],
          [["42", "t"]],
          [],
        ],
      );
      assert.deepEqual(tags, ["BEGIN", "SELECT", "INSERT", "SELECT", "SELECT", "COMMIT"]);
      assert.deepEqual(warnings, []);
      assert.deepEqual(await steps(), ["x"]);
    });

    await suite.test("after one that fails none is run, its commit included, and the session goes on", async () => {
      const failure = await failureOf(lane.round(["begin", step("a"), BROKEN, step("b"), "commit"]));
      assert.deepEqual([codeOf(failure), failure.last], ["22012", false]);
      assert.deepEqual((await lane.round(["rollback"])).tags, ["ROLLBACK"]);
      await lane.round(["begin", step("c"), "commit"]);
      assert.deepEqual(await steps(), ["c"]);
    });

    await suite.test("one that cannot be parsed fails alike, and can be tried again", async () => {
      for (const _ of [1, 2]) {
        const failure = await failureOf(lane.round(["begin", step("a"), UNKNOWN, "commit"]));
        assert.deepEqual([codeOf(failure), failure.last], ["42P01", false]);
        await lane.round(["rollback"]);
      }
      await database.sql("create table lab.nowhere (n int)");
      assert.deepEqual((await lane.round([UNKNOWN])).tags, ["SELECT"]);
      await database.sql("drop table lab.nowhere");
      assert.deepEqual(await steps(), []);
    });

    await suite.test(
      "a statement is known afterwards when it was before the one that failed, and only then",
      async () => {
        const behind = value("behind", "select 'behind'");
        await failureOf(lane.round(["begin", step("a"), step("a"), behind, "commit"]));
        await lane.round(["rollback"]);
        assert.deepEqual(await prepared(), pooled ? [] : ["begin", "rollback", "step"]);
        const { results } = await lane.round(["begin", step("a"), behind, behind, "commit"]);
        assert.deepEqual(results.slice(2, 4), [[["behind"]], [["behind"]]]);
        assert.deepEqual(await prepared(), pooled ? [] : ["begin", "behind", "commit", "rollback", "step"]);
      },
    );

    await suite.test("an error of the commit itself is the last statement's", async () => {
      await database.sql(
        "create function lab.refuse() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$",
        `create constraint trigger refuse after insert on lab.steps deferrable initially deferred
           for each row execute function lab.refuse()`,
      );
      const failure = await failureOf(lane.round(["begin", step("a"), "commit"]));
      await database.sql("drop function lab.refuse cascade");
      assert.deepEqual([codeOf(failure), failure.last], ["P0001", true]);
      assert.deepEqual((await lane.round(["begin", step("b"), "commit"])).tags.at(-1), "COMMIT");
      assert.deepEqual(await steps(), ["b"]);
    });

    await suite.test("a session that ends at any point of a round has done nothing, and the lane knows", async () => {
      const round = ["begin", step("a"), step("b"), value("c", "select 1"), "commit"];
      for (let at = 1; at < round.length; at++) {
        const failure = await failureOf(lane.round(round.toSpliced(at, 0, DIE)));
        assert.deepEqual([codeOf(failure), failure.last], ["57P01", false], `after ${at}`);
        await failureOf(lane.round(["rollback"]));
        assert.equal(lane.alive, false);
        await open();
      }
      assert.deepEqual(await steps(), []);
    });

    await suite.test("timeouts count for each statement of a round, not for the round", async () => {
      const nap = value("nap", "select pg_sleep(1)");
      const long = value("long", "select pg_sleep(60)");
      const limit = "set local statement_timeout = '2500ms'";
      assert.equal((await lane.round(["begin", limit, nap, nap, nap, "commit"])).tags.at(-1), "COMMIT");
      const failure = await failureOf(lane.round(["begin", limit, step("a"), long, "commit"]));
      assert.deepEqual([codeOf(failure), failure.last], ["57014", false]);
      await lane.round(["rollback"]);
      await database.sql("insert into lab.steps values ('held')");
      await outsiders.begin("select 1 from lab.steps where step = 'held' for update");
      const held = value("held", "select 1 from lab.steps where step = 'held' for update");
      const late = await failureOf(lane.round(["begin", "set local lock_timeout = '5ms'", held, step("a"), "commit"]));
      assert.deepEqual([codeOf(late), late.last], ["55P03", false]);
      await lane.round(["rollback"]);
      assert.deepEqual(await steps(), ["held"]);
    });

    await suite.test("warnings are their round's own", async () => {
      const warn = "do $$ begin raise warning 'look'; raise notice 'plain'; end $$";
      assert.deepEqual((await lane.round([warn])).warnings, ["look"]);
      assert.deepEqual((await lane.round(["begin", "commit"])).warnings, []);
    });
  });
}
