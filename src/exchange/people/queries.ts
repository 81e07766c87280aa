/** Looks people up: by id, login or the beginning of a name, or those who are stopped. */
import type { Pool } from "pg";
import { type ListQuery, startingAfter, textPage } from "../../database/index.ts";
import type { AnswerOf } from "../../http/index.ts";
import { type Instant, instant, toNumber, toRfc3339, toRfc3339OrNull } from "../../kernel/index.ts";
import { rowOf, select } from "../rows.ts";
import { debts, operatorActs, type Trader, traders } from "../tables/index.ts";
import { displayName, fullProfileView, PROFILE_COLUMNS, strikesThatCount, suspensionOf } from "../traders/index.ts";
import type { Account, Accounts } from "./accounts.ts";
import type { FoundPersonSchema, PersonSchema } from "./schemas.ts";

type FoundPerson = AnswerOf<typeof FoundPersonSchema>;
type Person = AnswerOf<typeof PersonSchema>;

export type PeopleDeps = { readonly pool: Pool; readonly accounts: Accounts };

const FOUND = select(traders, "t", [...PROFILE_COLUMNS, "owed", "standing"]);
type Found = ReturnType<typeof FOUND.rowOf>;

const DEBTS_SHOWN = 100;
const JUDGEMENTS_SHOWN = 20;

/**
 * Whoever is asked for by id or login stands first, on the first page; then those whose names begin so, by name. Both ends
 * of the beginning are compared by bytes, as the index is: the last character that there is stands behind every name.
 */
const BY_NAME = `
  select 0 as rank, '' as place, ${FOUND.list} from exchange.traders t where t.id = $2 and not $4::bool
  union all (
  select 1, lower(t.name), ${FOUND.list} from exchange.traders t
  where t.name is not null and t.id is distinct from $2
    and lower(t.name) ~>=~ lower($1) and lower(t.name) ~>=~ coalesce($5, lower($1)) and lower(t.name) ~<~ (lower($1) || chr(1114111))
    and (lower(t.name) ~>~ coalesce($5, lower($1)) or t.id > $3)
  order by lower(t.name) using ~<~, t.id limit $6::int + $7::int)
  order by rank, place using ~<~, t_id limit $6 offset $7`;

const STOPPED = `
  select ${FOUND.list} from exchange.traders t
  where (t.standing = 'suspended' or t.owed > 0) and t.id > $1 order by t.id limit $2 offset $3`;

/** @param asked an id, a login, or how a name begins; null: those who are stopped or owe */
export const findPeople = async (deps: PeopleDeps, asked: string | null, query: ListQuery) => {
  const rows = asked === null ? await findStopped(deps.pool, query) : await findAsked(deps, asked, query);
  const found = textPage(rows, query, ({ id }) => id);
  const accounts = await deps.accounts.of(found.items.map(({ id }) => id));
  const now = instant(Date.now());
  return { ...found, items: found.items.map((trader) => foundView(trader, accounts.get(trader.id), now)) };
};

const findStopped = async (pool: Pool, query: ListQuery): Promise<readonly Found[]> => {
  const { rows } = await pool.query({
    name: "people who are stopped",
    text: STOPPED,
    values: [startingAfter(query) ?? "", query.limit + 1, query.offset],
  });
  return rows.map((row) => FOUND.rowOf(row));
};

const findAsked = async (
  { pool, accounts }: PeopleDeps,
  asked: string,
  query: ListQuery,
): Promise<readonly Found[]> => {
  const after = startingAfter(query);
  const exact = await idOf(pool, accounts, asked);
  const place = after === null || after === exact ? null : await nameOf(pool, after);
  const { rows } = await pool.query({
    name: "people by name",
    text: BY_NAME,
    values: [asked, exact, place === null ? "" : after, after !== null, place, query.limit + 1, query.offset],
  });
  return rows.map((row) => FOUND.rowOf(row));
};

/** An id before a login: nobody is hidden by somebody who signs in by another's id. */
const idOf = async (pool: Pool, accounts: Accounts, asked: string): Promise<string | null> => {
  const { rows } = await pool.query({
    name: "whether there is a person",
    text: "select from exchange.traders where id = $1",
    values: [asked],
  });
  return rows.length > 0 ? asked : accounts.idOf(asked);
};

/** Where somebody stands among the names. */
const nameOf = async (pool: Pool, id: string): Promise<string | null> => {
  const { rows } = await pool.query<{ name: string | null }>({
    name: "place of a name",
    text: "select lower(name) as name from exchange.traders where id = $1",
    values: [id],
  });
  return rows[0]?.name ?? null;
};

const standingOf = (trader: Pick<Trader, "id" | "owed" | "standing">) => ({
  user_id: trader.id,
  suspended: suspensionOf(trader),
  owed: toNumber(trader.owed),
});

const foundView = (trader: Found, account: Account | undefined, now: Instant): FoundPerson => ({
  profile: fullProfileView(trader, now),
  login: account?.login ?? null,
  standing: standingOf(trader),
});

/** Null: there is nobody of this id. */
export const findPerson = async (deps: PeopleDeps, id: string): Promise<Person | null> => {
  const { pool, accounts } = deps;
  const { rows } = await pool.query({
    name: "person for operators",
    text: "select * from exchange.traders where id = $1",
    values: [id],
  });
  if (rows[0] === undefined) return null;
  const trader = rowOf(traders, rows[0]);
  const [owes, judgements, known] = await Promise.all([debtsOf(pool, id), judgementsOf(pool, id), accounts.of([id])]);
  const now = instant(Date.now());
  return {
    profile: fullProfileView(trader, now),
    account: accountView(known.get(id)),
    standing: standingOf(trader),
    debts: owes,
    strikes: strikesThatCount(trader, now).map(toRfc3339),
    struck_out_until: toRfc3339OrNull(trader.struckOutUntil),
    open_disputes: trader.openDisputes,
    judgements,
  };
};

const accountView = (account: Account | undefined): Person["account"] =>
  account === undefined
    ? null
    : {
        login: account.login,
        roles: account.roles,
        second_factor: account.hasSecondFactor,
        since: toRfc3339(account.since),
      };

const DEBT = select(debts, "d");
const CREDITOR = select(traders, "c", ["id", "name"]);

const debtsOf = async (pool: Pool, id: string): Promise<Person["debts"]> => {
  const { rows } = await pool.query({
    name: "debts of a person",
    text: `select ${DEBT.list}, ${CREDITOR.list} from exchange.debts d join exchange.traders c on c.id = d.creditor_id
      where d.debtor_id = $1 and d.outstanding > 0 order by d.created_at, d.order_id limit ${DEBTS_SHOWN}`,
    values: [id],
  });
  return rows.map((row) => {
    const debt = DEBT.rowOf(row);
    return {
      order_id: debt.orderId,
      creditor: CREDITOR.rowOf(row),
      amount: toNumber(debt.amount),
      outstanding: toNumber(debt.outstanding),
      since: toRfc3339(debt.createdAt),
    };
  });
};

const ACT = select(operatorActs, "a", ["act", "details", "at"]);
const OPERATOR = select(traders, "o", ["name"]);

/** The condition on the act is the partial index's own. */
const judgementsOf = async (pool: Pool, id: string): Promise<Person["judgements"]> => {
  const { rows } = await pool.query({
    name: "judgements of a person",
    text: `select ${ACT.list}, ${OPERATOR.list} from exchange.operator_acts a join exchange.traders o on o.id = a.operator_id
      where a.act in ('suspend', 'resume') and a.details ->> 'user_id' = $1 order by a.id desc limit ${JUDGEMENTS_SHOWN}`,
    values: [id],
  });
  return rows.map((row) => {
    const { act, details, at } = ACT.rowOf(row);
    const said = details as { readonly reason: string; readonly despite_debt?: boolean };
    return {
      act: act as Person["judgements"][number]["act"],
      by: displayName(OPERATOR.rowOf(row)),
      reason: said.reason,
      despite_debt: said.despite_debt === true,
      at: toRfc3339(at),
    };
  });
};
