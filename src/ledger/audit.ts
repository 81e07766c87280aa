/**
 * Proves the books: transfers are folded in the order of their ids, in slices, and the folds compared with what the
 * transfers and the accounts say. The folds up to a fixed transfer are kept for the next audit, which goes on from there.
 */
import { type Fault, type Proof, proveSlices, type Session } from "../database/index.ts";
import { PLATFORM } from "./ledger.ts";

const SUM = "all balances sum to zero";
const BALANCE = "each balance is the fold of its transfers";
const AFTER = "each transfer has the balances after it";
const EXISTS = "each account of a transfer exists, but for the system's";

/** Transfers folded by one statement: some seconds. */
const AT_ONCE = 200_000n;

export type Books = {
  readonly schema: string;
  /** What all balances come to, as a scalar of SQL. */
  readonly held: string;
  /** Whether the account `n.account` of a transfer `t` is one that another row keeps, as a condition of SQL. */
  readonly kept: string;
};

export const booksProof = ({ schema, held, kept }: Books): Proof => ({
  checks: [SUM, BALANCE, AFTER, EXISTS],
  async *run(session) {
    const start = session.since?.get("transfers") ?? 0n;
    const end = await lastTransfer(session, schema);
    let given = session.since?.get("given") ?? 0n;
    await session.query("drop table if exists pg_temp.audit_folds");
    await session.query("create temp table audit_folds (account text primary key, balance bigint not null)");
    for (let after = start; after < end; after += AT_ONCE) {
      const slice = `id > ${after} and id <= ${after + AT_ONCE < end ? after + AT_ONCE : end}`;
      yield* session.faults(AFTER, foldSql(schema, slice, session.since !== null));
      yield* session.faults(EXISTS, existsSql(schema, slice, kept));
      given += await givenBy(session, schema, slice);
    }
    await session.query("analyze pg_temp.audit_folds");
    yield* session.faults(SUM, sumSql(schema, held, given, end));
    yield* proveBalances(session, schema, end);
    session.reach("transfers", end);
    session.reach("given", given);
    keepFolds(session, schema);
  },
});

/** A transfer up to it is there for good, or never will be: whoever drew an id before has ended. */
const lastTransfer = async (session: Session, schema: string): Promise<bigint> => {
  const [row] = await session.query<{ last: string }>(
    `select coalesce(pg_sequence_last_value(pg_get_serial_sequence('${schema}.transfers', 'id')::regclass), 0)::text as last`,
  );
  await session.settle();
  return BigInt(row?.last ?? 0);
};

/** Each transfer twice: what it does to either account. */
const sides = (schema: string, slice: string) =>
  `select id, to_account as account, amount, to_after as after from ${schema}.transfers where ${slice}
   union all select id, from_account, -amount, from_after from ${schema}.transfers where ${slice}`;

/** Goes on from the folds so far, and keeps those after this slice. */
const foldSql = (schema: string, slice: string, goesOn: boolean) => `
  with sides as (${sides(schema, slice)}), folded as (
    select m.id, m.account, m.after, lead(m.id) over w is null as last,
      coalesce(f.balance${goesOn ? ", k.balance" : ""}, 0) + sum(m.amount) over w as folded
    from sides m left join pg_temp.audit_folds f on f.account = m.account
    ${goesOn ? `left join ${schema}.audit_balances k on k.account = m.account` : ""}
    where m.account <> '${PLATFORM}' window w as (partition by m.account order by m.id)), kept as (
    insert into pg_temp.audit_folds select account, folded from folded where last
    on conflict (account) do update set balance = excluded.balance)
  select 'transfer ' || id || ' leaves ' || account || ' at ' || after || ', the fold at ' || folded as fault
  from folded where after <> folded`;

const existsSql = (schema: string, slice: string, kept: string) => `
  select 'transfer ' || t.id || ' names ' || n.account as fault from ${schema}.transfers t,
    lateral (values (t.from_account, t.from_after), (t.to_account, t.to_after)) n(account, after)
  where ${slice} and n.after is not null and not exists (select from ${schema}.accounts a where a.id = n.account)
    and not (${kept})`;

/** What the system's accounts gave, without what they got. */
const given = `coalesce(sum(case when from_after is null then amount else 0 end)
  - sum(case when to_after is null then amount else 0 end), 0)`;

const givenBy = async (session: Session, schema: string, slice: string): Promise<bigint> => {
  const [row] = await session.query<{ given: string }>(
    `select ${given}::text as given from ${schema}.transfers where ${slice}`,
  );
  return BigInt(row?.given ?? 0);
};

/** Balances change all the time: they are summed in one moment, with the transfers that came since the folding. */
const sumSql = (schema: string, held: string, before: bigint, end: bigint) => `
  select 'accounts hold ' || held || ', system accounts gave ' || given as fault from
    (select ${held} as held) a,
    (select ${before} + ${given} as given from ${schema}.transfers where id > ${end}) t
  where held <> given`;

/** Likewise each balance. When the audit goes on from another one, those that were moved since. */
const proveBalances = (session: Session, schema: string, end: bigint): AsyncGenerator<Fault> =>
  proveSlices(session, {
    table: `${schema}.accounts`,
    key: "id",
    type: "text",
    changedSince: () => "select account as key from pg_temp.audit_folds",
    checks: [
      {
        name: BALANCE,
        sql: (within) => `
          with late as (select account, sum(amount) as amount from (${sides(schema, `id > ${end}`)}) s group by account)
          select a.id || ' holds ' || a.balance || ', its transfers come to ' || x.folded as fault
          from ${schema}.accounts a left join pg_temp.audit_folds f on f.account = a.id and ${within("f.account")}
          left join late l on l.account = a.id
          cross join lateral (select coalesce(f.balance, 0) + coalesce(l.amount, 0) as folded) x
          where ${within("a.id")} and a.balance <> x.folded`,
      },
    ],
  });

const keepFolds = (session: Session, schema: string) => {
  if (session.since === null)
    session.keep(`delete from ${schema}.audit_balances k
    where not exists (select from pg_temp.audit_folds f where f.account = k.account)`);
  session.keep(`insert into ${schema}.audit_balances (account, balance) select account, balance from pg_temp.audit_folds
    on conflict (account) do update set balance = excluded.balance where audit_balances.balance <> excluded.balance`);
};
