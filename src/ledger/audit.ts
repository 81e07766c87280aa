/** What must be true of the books. Each check selects what breaks it; none selects anything when all is well. */
import type { Check } from "../database/index.ts";

/** @param kept selects `id` and `balance` of accounts that other rows keep */
export const ledgerChecks = (schema: string, kept: string): readonly Check[] => [
  {
    name: "all balances sum to zero",
    sql: `select 'accounts hold ' || held || ', system accounts gave ' || given as fault from
        (select coalesce(sum(balance), 0) as held from (
          select balance from ${schema}.accounts union all select balance from (${kept}) k) b) a,
        (select coalesce(sum(case when from_after is null then amount else 0 end)
                       - sum(case when to_after is null then amount else 0 end), 0) as given from ${schema}.transfers) t
      where held <> given`,
  },
  {
    name: "each balance is the fold of its transfers",
    sql: `select a.id || ' holds ' || a.balance || ', its transfers come to ' || coalesce(f.folded, 0) as fault
      from (select id, balance from ${schema}.accounts union all ${kept}) a left join (
        select account, sum(amount) as folded from (
          select to_account as account, amount from ${schema}.transfers
          union all select from_account, -amount from ${schema}.transfers) m group by account) f on f.account = a.id
      where a.balance <> coalesce(f.folded, 0)`,
  },
  {
    name: "each transfer has the balances after it",
    sql: `select 'transfer ' || id || ' leaves ' || account || ' at ' || after || ', the fold at ' || folded as fault from (
        select id, account, after, sum(amount) over (partition by account order by id) as folded from (
          select id, to_account as account, amount, to_after as after from ${schema}.transfers where to_after is not null
          union all
          select id, from_account, -amount, from_after from ${schema}.transfers where from_after is not null) m) f
      where after <> folded`,
  },
  {
    name: "each account of a transfer exists, but for the system's",
    sql: `select 'transfer ' || t.id || ' names ' || n.account as fault from ${schema}.transfers t,
        lateral (values (t.from_account, t.from_after), (t.to_account, t.to_after)) n(account, after)
        left join (select id from ${schema}.accounts union all select id from (${kept}) k) a on a.id = n.account
      where n.after is not null and a.id is null`,
  },
];
