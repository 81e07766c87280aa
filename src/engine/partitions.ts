/**
 * The partitions of a feed's events: those of the coming days are made ahead, those older than a month are thrown away.
 * No step is in the way of whoever reads or writes the feed. Attaching a partition, and detaching one concurrently,
 * take no lock that conflicts with theirs; whatever cannot have its own lock at once is left for the next time, because
 * everybody who comes later would queue behind one that waits.
 *
 * A partition begins where the one before it ends and lasts until midnight (UTC), so that there is never a gap between
 * two. What is there is read from the catalog: a roll that was stopped half way is finished by the next one.
 */
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { DAY, type Instant, instant, MINUTE, SECOND, toRfc3339 } from "../kernel/index.ts";
import type { MaintenanceTask } from "./clock.ts";

/** For so long a feed can be written to although no roll succeeds. */
const MADE_AHEAD_MS = 7 * DAY;
/** For so long what happened can be looked up; streams go back less far. */
const KEPT_MS = 30 * DAY;
const LOCK_TIMEOUT = "100ms";
const LOCK_NOT_AVAILABLE = "55P03";
/** At the start, where nobody can write before there is a partition. */
const START = { limitMs: MINUTE, retryMs: SECOND / 5 } as const;

export type Roll = {
  /** Whether all that was to be done is done; what is not is tried again by the next roll. */
  readonly complete: boolean;
  /** Events until then have a partition to go to; null: there is none. */
  readonly until: Instant | null;
};

export type RollOptions = {
  /** Of the role that owns the table. */
  readonly connectionString: string;
  /** With its schema. */
  readonly table: string;
  /** The database's own clock, unless said otherwise. */
  readonly now?: Instant;
  /** How old what a partition holds has to be before it is thrown away; a month unless said otherwise. */
  readonly keptMs?: number;
};

export const rollPartitions = async ({
  connectionString,
  table,
  now,
  keptMs = KEPT_MS,
}: RollOptions): Promise<Roll> => {
  const client = new pg.Client({
    connectionString,
    application_name: "parley partitions",
    options: `-c timezone=UTC -c lock_timeout=${LOCK_TIMEOUT}`,
  });
  await client.connect();
  try {
    return await roll(client, table, now ?? (await databaseTime(client)), keptMs);
  } finally {
    await client.end();
  }
};

/** Resolves when events of now have a partition to go to. */
export const demandPartition = async (options: RollOptions): Promise<void> => {
  const giveUpAt = Date.now() + START.limitMs;
  for (;;) {
    const { until } = await rollPartitions(options);
    if (until !== null && until > (options.now ?? Date.now())) return;
    if (Date.now() > giveUpAt) throw new Error(`${options.table} has no partition for today: another session holds it`);
    await sleep(START.retryMs);
  }
};

/** Rolls each minute, so that what could not get its lock is soon tried again. Fails when partitions run out. */
export const partitionRolling = (options: RollOptions): MaintenanceTask => ({
  name: `roll the partitions of ${options.table}`,
  everyMs: MINUTE,
  async run() {
    const { until } = await rollPartitions(options);
    if (until !== null && until > Date.now() + DAY) return;
    throw new Error(`${options.table} has partitions until ${until === null ? "never" : toRfc3339(until)} only`);
  },
});

const roll = async (client: pg.Client, table: string, now: Instant, keptMs: number): Promise<Roll> => {
  // Nodes take turns; the lock ends with the session.
  const alone = await attempt(client, `select pg_advisory_lock(hashtext('partitions of ${table}'))`);
  const found = await readPartitions(client, table);
  if (!alone) return { complete: false, until: lastEnd(found) };
  const made = await makeMissing(client, table, found, now);
  const dropped = await dropOld(client, table, found, instant(now - keptMs));
  return { complete: made && dropped, until: lastEnd(await readPartitions(client, table)) };
};

const makeMissing = async (client: pg.Client, table: string, found: readonly Partition[], now: Instant) => {
  const midnight = now - (now % DAY);
  let begin = Math.max(midnight, lastEnd(found) ?? midnight);
  while (begin < now + MADE_AHEAD_MS) {
    const end = begin - (begin % DAY) + DAY;
    const [from, to] = [toRfc3339(instant(begin)), toRfc3339(instant(end))];
    // One message is one transaction: no partition is left lying about unattached.
    const name = `${table}_${from.replace(/\D/g, "").slice(0, 10)}`;
    const done = await attempt(
      client,
      `create table ${name} (like ${table} including all);
       alter table ${table} attach partition ${name} for values from ('${from}') to ('${to}')`,
    );
    if (!done) return false;
    begin = end;
  }
  return true;
};

const dropOld = async (client: pg.Client, table: string, found: readonly Partition[], before: Instant) => {
  let complete = true;
  for (const { name, pending, endsAt } of found) {
    const old = endsAt !== null && endsAt <= before;
    if (!pending && !old) continue;
    // It waits for the transactions that read the table; when one of them lasts, the next roll finalizes.
    complete &&= await attempt(
      client,
      `alter table ${table} detach partition ${name} ${pending ? "finalize" : "concurrently"}`,
    );
    // Only one may be on its way out at a time.
    if (!complete) break;
  }
  for (const name of await readDetached(client, table))
    complete = (await attempt(client, `drop table ${name}`)) && complete;
  return complete;
};

/** @returns whether the lock was to be had */
const attempt = async (client: pg.Client, statement: string): Promise<boolean> => {
  try {
    await client.query(statement);
    return true;
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code === LOCK_NOT_AVAILABLE) return false;
    throw error;
  }
};

/** @property pending it was being detached when something stopped that */
type Partition = { readonly name: string; readonly pending: boolean; readonly endsAt: Instant | null };

const readPartitions = async (client: pg.Client, table: string): Promise<readonly Partition[]> => {
  const { rows } = await client.query<{ name: string; pending: boolean; ends: string | null }>(
    `select c.oid::regclass::text as name, i.inhdetachpending as pending,
       (regexp_match(pg_get_expr(c.relpartbound, c.oid), 'TO \\(''([^'']+)''\\)$'))[1] as ends
     from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = $1::regclass order by c.relname`,
    [table],
  );
  return rows.map(({ name, pending, ends }) => ({
    name,
    pending,
    endsAt: ends === null ? null : instant(Date.parse(ends)),
  }));
};

const lastEnd = (partitions: readonly Partition[]): Instant | null => {
  const ends = partitions.flatMap(({ endsAt }) => (endsAt === null ? [] : [endsAt]));
  return ends.length === 0 ? null : instant(Math.max(...ends));
};

/** Partitions that were, by their names: detached, and not yet dropped. */
const readDetached = async (client: pg.Client, table: string): Promise<readonly string[]> => {
  const { rows } = await client.query<{ name: string }>(
    `select c.oid::regclass::text as name from pg_class c, pg_class p where p.oid = $1::regclass
       and c.relnamespace = p.relnamespace and c.relkind = 'r' and not c.relispartition
       and c.relname ~ ('^' || p.relname || '_[0-9]{8,10}$')`,
    [table],
  );
  return rows.map(({ name }) => name);
};

const databaseTime = async (client: pg.Client): Promise<Instant> => {
  const { rows } = await client.query<{ now: Date }>("select now() as now");
  return instant((rows[0]?.now ?? new Date()).getTime());
};
