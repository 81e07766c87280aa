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

/** Accounts that are filled and emptied once: those that are empty again need not be remembered. */
const BRIEF = "escrow/%";

/** Transfers folded by one statement: some seconds. */
const AT_ONCE = 500_000n;

/** Rows that hold balances: accounts of their own, or a column of others, such as an order's escrow. */
export type Balances = {
  readonly table: string;
  readonly key: string;
  readonly type: "bigint" | "text";
  /** The account's name and its balance, as SQL of a row `a`. */
  readonly account: string;
  readonly balance: string;
  /** The key of the row that an account `n.account` has, as SQL; null when it is none of these. */
  readonly keyOf: string;
  /** Selects as `key` the rows whose accounts were moved by transfers, a condition on `id`. */
  readonly moved: (slice: string) => string;
};

export type Books = { readonly schema: string; readonly balances: readonly Balances[] };

/** Each account a row of its own. */
export const accountsOf = (schema: string): Balances => ({
  table: `${schema}.accounts`,
  key: "id",
  type: "text",
  account: "a.id",
  balance: "a.balance",
  keyOf: "n.account",
  moved: () => "select account as key from pg_temp.audit_folds",
});

export const booksProof = ({ schema, balances }: Books): Proof => ({
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
      yield* session.faults(EXISTS, existsSql(schema, slice, balances));
      given += await givenBy(session, schema, slice);
    }
    await session.query("analyze pg_temp.audit_folds");
    yield* session.faults(SUM, sumSql(schema, balances, given, end));
    for (const each of balances) yield* proveBalances(session, schema, each, { start, end });
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
      f.account is not null${goesOn ? " or k.account is not null" : ""} or m.account not like '${BRIEF}' as known,
      coalesce(f.balance${goesOn ? ", k.balance" : ""}, 0) + sum(m.amount) over w as folded
    from sides m left join pg_temp.audit_folds f on f.account = m.account
    ${goesOn ? `left join ${schema}.audit_balances k on k.account = m.account` : ""}
    where m.account <> '${PLATFORM}' window w as (partition by m.account order by m.id)), kept as (
    insert into pg_temp.audit_folds select account, folded from folded where last and (folded <> 0 or known)
    on conflict (account) do update set balance = excluded.balance)
  select 'transfer ' || id || ' leaves ' || account || ' at ' || after || ', the fold at ' || folded as fault
  from folded where after <> folded`;

const existsSql = (schema: string, slice: string, balances: readonly Balances[]) => `
  select 'transfer ' || t.id || ' names ' || n.account as fault from ${schema}.transfers t,
    lateral (values (t.from_account, t.from_after), (t.to_account, t.to_after)) n(account, after)
  where ${slice} and n.after is not null
    ${balances.map(({ table, key, keyOf }) => `and not exists (select from ${table} a where a.${key} = ${keyOf})`).join(" ")}`;

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
const sumSql = (schema: string, balances: readonly Balances[], before: bigint, end: bigint) => `
  select 'accounts hold ' || held || ', system accounts gave ' || given as fault from
    (select ${balances
      .map(({ table, balance }) => `(select coalesce(sum(${balance}), 0) from ${table} a)`)
      .join(" + ")} as held) a,
    (select ${before} + ${given} as given from ${schema}.transfers where id > ${end}) t
  where held <> given`;

/** Likewise each balance. When the audit goes on from another one, those that were moved since. */
const proveBalances = (
  session: Session,
  schema: string,
  { table, key, type, account, balance, moved }: Balances,
  { start, end }: { readonly start: bigint; readonly end: bigint },
): AsyncGenerator<Fault> =>
  proveSlices(session, {
    table,
    key,
    type,
    changedSince: () => moved(`id > ${start}`),
    checks: [
      {
        name: BALANCE,
        sql: (within) => `
          with late as (select account, sum(amount) as amount from (${sides(schema, `id > ${end}`)}) s group by account)
          select ${account} || ' holds ' || ${balance} || ', its transfers come to ' || x.folded as fault
          from ${table} a left join pg_temp.audit_folds f on f.account = ${account}
          left join late l on l.account = ${account}
          cross join lateral (select coalesce(f.balance, 0) + coalesce(l.amount, 0) as folded) x
          where ${within(`a.${key}`)} and ${balance} <> x.folded`,
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
