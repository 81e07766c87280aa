/**
 * Reading the books of a day. A payment is of the day on which its creditor's bank said that the money had come, a return
 * of the day on which it was made: neither ever changes, so that a day that is over says the same for ever.
 */
import type { Pool } from "pg";
import { guidPlaceOf, instantOf, type ListQuery, listPage, OLDEST_GUID } from "../../database/index.ts";
import { type Instant, toRfc3339 } from "../../kernel/index.ts";
import type { Mode } from "../tables/index.ts";
import type { Day } from "./day.ts";
import type { Kind, Sum } from "./sums.ts";

/** Money moved, of either kind, in the same words. */
type Moved = {
  readonly kind: Kind;
  readonly table: string;
  readonly sender: string;
  readonly receiver: string;
  readonly at: string;
};
const MOVED: readonly Moved[] = [
  {
    kind: "payment",
    table: "rail.payments",
    sender: "participant_guid",
    receiver: "creditor_participant_guid",
    at: "completed_at",
  },
  {
    kind: "return",
    table: "rail.returns",
    sender: "participant_guid",
    receiver: "debtor_participant_guid",
    at: "created_at",
  },
];

const sides = ({ sender, receiver }: Moved) => [`${sender} = $1`, `${receiver} = $1 and ${sender} <> $1`];

const ofTheDay = ({ at }: Moved, from: string, until: string) =>
  `${at} >= ${from}::timestamptz and ${at} < ${until}::timestamptz`;

const movedBy = (moved: Moved, which: string) =>
  `select '${moved.kind}' as kind, ${moved.sender} as sender, ${moved.receiver} as receiver, currency, amount
    from ${moved.table} where ${which} and ${ofTheDay(moved, "$2", "$3")}`;

const summed = (rows: readonly string[]) => `select kind, sender, receiver, currency, count(*)::int8 as count,
    sum(amount)::text as amount from (${rows.join(" union all ")}) m group by kind, sender, receiver, currency`;

const SUMS = {
  "of a bank": summed(MOVED.flatMap((moved) => sides(moved).map((side) => movedBy(moved, side)))),
  "of a world": summed(
    MOVED.map((moved) => movedBy(moved, `${moved.sender} in (select guid from rail.participants where mode = $1)`)),
  ),
} as const;

const sumsOf = async (
  pool: Pool,
  which: keyof typeof SUMS,
  whose: string,
  { from, until }: Day,
): Promise<readonly Sum[]> => {
  const { rows } = await pool.query<Omit<Sum, "amount"> & { readonly amount: string }>({
    name: `rail sums ${which}`,
    text: SUMS[which],
    values: [whose, toRfc3339(from), toRfc3339(until)],
  });
  return rows.map((row) => ({ ...row, amount: BigInt(row.amount) }));
};

export const sumsOfBank = (pool: Pool, bank: string, day: Day) => sumsOf(pool, "of a bank", bank, day);
export const sumsOfWorld = (pool: Pool, mode: Mode, day: Day) => sumsOf(pool, "of a world", mode, day);

/** As the bank sees it. @property paymentGuid of a return, what it gives back */
export type Entry = {
  readonly kind: Kind;
  readonly guid: string;
  readonly paymentGuid: string;
  readonly orderGuid: string;
  readonly externalId: string;
  readonly sender: string;
  readonly receiver: string;
  readonly amountText: string;
  readonly currency: string;
  readonly at: Instant;
};

const walk = (moved: Moved, side: string) => `(select '${moved.kind}' as kind, guid,
      ${moved.kind === "payment" ? "guid" : "payment_guid"} as "paymentGuid", order_guid as "orderGuid",
      external_id as "externalId", ${moved.sender} as sender, ${moved.receiver} as receiver,
      amount_text as "amountText", currency, ${moved.at} as at
    from ${moved.table} where ${side} and ${ofTheDay(moved, "$6", "$7")}
      and (${moved.at}, guid) > (${instantOf("$4")}, $5)
    order by ${moved.at}, guid limit $2::int8 + $3::int8)`;

const ENTRIES = `${MOVED.flatMap((moved) => sides(moved).map((side) => walk(moved, side))).join(" union all ")}
  order by at, guid limit $2 offset $3`;

/** Oldest first. */
export const listEntries = async (pool: Pool, bank: string, { from, until }: Day, query: ListQuery) => {
  const { rank, id } = guidPlaceOf(query, OLDEST_GUID);
  const { rows } = await pool.query<Entry>({
    name: "rail register",
    text: ENTRIES,
    values: [bank, query.limit + 1, query.offset, rank, id, toRfc3339(from), toRfc3339(until)],
  });
  return listPage(rows, query, ({ at, guid }) => ({ rank: at, id: guid }));
};

export type Named = { readonly guid: string; readonly name: string };

export const namesOf = async (pool: Pool, guids: readonly string[]): Promise<ReadonlyMap<string, string>> => {
  const { rows } = await pool.query<Named>({
    name: "names of banks",
    text: "select guid, name from rail.participants where guid = any($1)",
    values: [guids],
  });
  return new Map(rows.map(({ guid, name }) => [guid, name]));
};

/** By the clock that dated everything in the books. */
export const databaseTime = async (pool: Pool): Promise<Instant> => {
  const { rows } = await pool.query<{ readonly now: Instant }>("select clock_timestamp() as now");
  const [row] = rows;
  if (row === undefined) throw new Error("the database tells no time");
  return row.now;
};
