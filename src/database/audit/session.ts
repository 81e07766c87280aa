/**
 * What one audit knows: the connection, how far the last one had proven everything, and how far this one comes. Every
 * statement has a snapshot of its own, so that none keeps old rows alive for long; a proof that needs several says what
 * may change between them.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import { MINUTE, SECOND } from "../../kernel/index.ts";

/** @property fault what is wrong, in words */
export type Fault = { readonly check: string; readonly fault: string };

/** Proves what its checks say, and yields what breaks them as soon as it is found. */
export type Proof = { readonly checks: readonly string[]; run(session: Session): AsyncGenerator<Fault> };

/** How far the rows were proven, by name: `at` in milliseconds since 1970, and what the proofs themselves count by. */
export type Marks = ReadonlyMap<string, bigint>;

export type Session = {
  query<Row extends object>(sql: string): Promise<readonly Row[]>;
  /** Faults of a statement that selects them as `fault`. */
  faults(check: string, sql: string): AsyncGenerator<Fault>;
  /** Where the last audit that found nothing came to; null: everything is to be proven. */
  readonly since: Marks | null;
  /** Rows that carry a time may have come since then, an instant as SQL; only where there is a `since`. */
  readonly changedSince: string;
  /** Resolves when every transaction has ended that was writing to the system's tables when this was called. */
  settle(): Promise<void>;
  /** The next audit may begin there, if nothing is found. */
  reach(name: string, value: bigint): void;
  /** What else the next audit needs, if nothing is found; in one transaction with the marks. */
  keep(statement: string): void;
  /** Writes down what was proven. */
  save(): Promise<void>;
};

export type SessionOptions = {
  /** The schema: its marks are apart from the other system's. */
  readonly system: string;
  readonly whole: boolean;
};

/** Between the time that a row carries and the commit that shows it: a transaction of ours is given up long before. */
const MARGIN_MS = MINUTE;
/** An audit is to be in nobody's way: a statement that would hold its snapshot for longer is a fault of the audit. */
const STATEMENT_LIMIT_MS = MINUTE;
const SETTLE = { lookMs: 10, limitMs: 30 * SECOND } as const;

/** For this connection: everything that slices need is found by an index. */
const SETTINGS = `set timezone = 'UTC'; set jit = off; set random_page_cost = 1.1; set work_mem = '64MB';
  set statement_timeout = ${STATEMENT_LIMIT_MS}`;

export const openSession = async (client: pg.Client, { system, whole }: SessionOptions): Promise<Session> => {
  const query = async <Row extends object>(sql: string) => (await client.query<Row>(sql)).rows;
  await query(SETTINGS);
  const since = whole ? null : await readMarks(client, system);
  const reached = new Map<string, bigint>();
  const kept: string[] = [];
  const [{ now } = { now: "0" }] = await query<{ now: string }>(
    "select floor(extract(epoch from clock_timestamp()) * 1000)::int8::text as now",
  );
  reached.set("at", BigInt(now));

  return {
    query,
    async *faults(check, sql) {
      for (const { fault } of await query<{ fault: string }>(sql)) yield { check, fault };
    },
    since,
    changedSince: `to_timestamp(${Number(since?.get("at") ?? 0n) - MARGIN_MS} / 1000.0)`,
    settle: () => settle(client, system),
    reach(name, value) {
      reached.set(name, value);
    },
    keep(statement) {
      kept.push(statement);
    },
    async save() {
      await query("begin");
      for (const statement of kept) await query(statement);
      for (const [name, value] of reached) await saveMark(client, system, name, value);
      await query("commit");
    },
  };
};

/** One proof after the other. */
export async function* prove(session: Session, proofs: readonly Proof[]): AsyncGenerator<Fault> {
  for (const proof of proofs) yield* proof.run(session);
}

const readMarks = async (client: pg.Client, system: string): Promise<Marks | null> => {
  const { rows } = await client.query<{ name: string; value: string }>(
    "select name, value::text from engine.audit_marks where system = $1",
    [system],
  );
  return rows.length === 0 ? null : new Map(rows.map(({ name, value }) => [name, BigInt(value)]));
};

const saveMark = (client: pg.Client, system: string, name: string, value: bigint) =>
  client.query(
    `insert into engine.audit_marks (system, name, value) values ($1, $2, $3)
     on conflict (system, name) do update set value = excluded.value`,
    [system, name, value],
  );

/** Who writes holds such a lock on a table from the first row to the end of the transaction. */
const WRITERS = `select l.virtualtransaction as id from pg_locks l
  join pg_class c on c.oid = l.relation join pg_namespace n on n.oid = c.relnamespace
  where l.database = (select oid from pg_database where datname = current_database()) and n.nspname = $1
    and l.mode in ('RowShareLock', 'RowExclusiveLock') and l.pid is distinct from pg_backend_pid()`;

const settle = async (client: pg.Client, system: string): Promise<void> => {
  const writers = async (): Promise<readonly string[]> => {
    const { rows } = await client.query<{ id: string }>(WRITERS, [system]);
    return rows.map(({ id }) => id);
  };
  const giveUpAt = Date.now() + SETTLE.limitMs;
  let open = new Set(await writers());
  while (open.size > 0) {
    if (Date.now() > giveUpAt) throw new Error(`a transaction has been writing to the ${system} for too long`);
    await sleep(SETTLE.lookMs);
    open = new Set((await writers()).filter((id) => open.has(id)));
  }
};
