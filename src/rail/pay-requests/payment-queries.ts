/** Reading payments: both banks of one, and nobody else. */
import type { Pool } from "pg";
import { guidPlaceOf, instantOf, type ListQuery, listPage, OLDEST_GUID, select } from "../../database/index.ts";
import { type Instant, toRfc3339OrNull } from "../../kernel/index.ts";
import { type Payment, payments } from "../tables/index.ts";

/** @property account the creditor's @property orderExternalId of the bank that made the order */
export type FoundPayment = Payment & {
  readonly account: string;
  readonly purpose: string;
  readonly orderBank: string;
  readonly orderExternalId: string;
};

const PAYMENT = select(payments, "p");

/** @param from rows of payments, called `p` */
const selectFrom = (from: string): string => `select ${PAYMENT.list},
    coalesce(o.creditor_account, s.creditor_account) as account, o.purpose, o.participant_guid as "orderBank",
    o.external_id as "orderExternalId"
  from ${from} join rail.orders o on o.guid = p.order_guid join rail.order_states s on s.order_guid = p.order_guid`;

type Joined = Omit<FoundPayment, keyof Payment>;
type Found = Joined & Readonly<Record<string, unknown>>;

const foundIn = ({ account, purpose, orderBank, orderExternalId, ...row }: Found): FoundPayment => ({
  ...PAYMENT.rowOf(row),
  account,
  purpose,
  orderBank,
  orderExternalId,
});

const ONE = `${selectFrom("rail.payments p")} where p.guid = $1`;

/** For callbacks: whoever reads it is one of its banks. */
export const findPayment = async (pool: Pool, guid: string): Promise<FoundPayment | null> => {
  const { rows } = await pool.query<Found>({ name: "rail payment", text: ONE, values: [guid] });
  return rows[0] === undefined ? null : foundIn(rows[0]);
};

/** For a bank: null where it is neither side. */
export const findPaymentOf = async (pool: Pool, bank: string, guid: string): Promise<FoundPayment | null> => {
  const found = await findPayment(pool, guid);
  return found !== null && [found.participantGuid, found.creditorParticipantGuid].includes(bank) ? found : null;
};

/** Which of a bank's payments. @property from, until when they were announced; `until` is not among them */
export type PaymentFilter = {
  readonly orderGuid: string | null;
  readonly externalId: string | null;
  readonly from: Instant | null;
  readonly until: Instant | null;
};

/** After the place where a page ended, and within the period that was asked for. */
const WITHIN = `(created_at, guid) > (${instantOf("$4")}, $5)
    and ($6::timestamptz is null or created_at >= $6) and ($7::timestamptz is null or created_at < $7)`;

const walk = (whose: string): string => `(select * from rail.payments where ${whose} and ${WITHIN}
    order by created_at, guid limit $2::int8 + $3::int8)`;

/** Both sides walk an index of their own; a bank that pays itself is found on the first. */
const EITHER_SIDE = `(${walk("participant_guid = $1")}
    union all ${walk("creditor_participant_guid = $1 and participant_guid <> $1")}
    order by created_at, guid limit $2 offset $3) p`;

/** Few have one order, or one external id. */
const known = (which: string): string => `(select * from rail.payments
    where ${which} and (participant_guid = $1 or creditor_participant_guid = $1) and ${WITHIN}
    order by created_at, guid limit $2 offset $3) p`;

const LISTS = {
  all: EITHER_SIDE,
  "of an order": known("order_guid = $8 and ($9::text is null or external_id = $9)"),
  "by external id": known("external_id = $9 and $8::text is null"),
} as const;

const listFor = ({ orderGuid, externalId }: PaymentFilter): keyof typeof LISTS => {
  if (orderGuid !== null) return "of an order";
  return externalId === null ? "all" : "by external id";
};

/** Oldest first. */
export const listPayments = async (pool: Pool, bank: string, filter: PaymentFilter, query: ListQuery) => {
  const { rank, id } = guidPlaceOf(query, OLDEST_GUID);
  const list = listFor(filter);
  const names = list === "all" ? [] : [filter.orderGuid, filter.externalId];
  const { rows } = await pool.query<Found>({
    name: `rail payments ${list}`,
    text: `${selectFrom(LISTS[list])} order by p.created_at, p.guid`,
    values: [
      bank,
      query.limit + 1,
      query.offset,
      rank,
      id,
      toRfc3339OrNull(filter.from),
      toRfc3339OrNull(filter.until),
      ...names,
    ],
  });
  return listPage(rows.map(foundIn), query, ({ createdAt, guid }) => ({ rank: createdAt, id: guid }));
};
