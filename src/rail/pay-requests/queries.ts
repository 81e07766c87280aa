/** Reading pay requests, a bank's own only; and for operators the payments that nobody could be told of. */
import type { Pool } from "pg";
import { guidPlaceOf, instantOf, type ListQuery, listPage, OLDEST_GUID } from "../../database/index.ts";
import { type Instant, toRfc3339 } from "../../kernel/index.ts";
import { type Mode, type PayRequestReason, type PayRequestStatus, SILENT } from "../tables/index.ts";

export type FoundPayRequest = {
  readonly guid: string;
  readonly orderGuid: string;
  readonly status: PayRequestStatus;
  readonly reason: PayRequestReason | null;
  /** The creditor's, while the payer's bank may pay to it or has. */
  readonly account: string | null;
  readonly amountText: string | null;
  readonly currency: string;
  readonly purpose: string;
  readonly expiresAt: Instant;
  readonly expiresAtText: string | null;
};

/** A phone order's is there once its receiver was found; before that, and without one, it is as if it were not. */
export const findPayRequest = async (
  pool: Pool,
  participantGuid: string,
  guid: string,
): Promise<FoundPayRequest | null> => {
  const { rows } = await pool.query<FoundPayRequest>({
    name: "rail pay request",
    text: `select r.guid, r.order_guid as "orderGuid", r.status, r.reason,
        case when r.status <> 'failed' then coalesce(o.creditor_account, s.creditor_account) end as account,
        o.amount_text as "amountText", o.currency, o.purpose, o.expires_at as "expiresAt",
        o.expires_at_text as "expiresAtText"
      from rail.pay_requests r join rail.orders o on o.guid = r.order_guid
        join rail.order_states s on s.order_guid = r.order_guid
      where r.guid = $1 and r.participant_guid = $2 and s.status in ('processing', 'created')`,
    values: [guid, participantGuid],
  });
  return rows[0] ?? null;
};

type SilentRow = {
  readonly guid: string;
  readonly orderGuid: string;
  readonly mode: Mode;
  readonly debtorGuid: string;
  readonly debtorName: string;
  readonly creditorGuid: string;
  readonly creditorName: string;
  readonly amount: string;
  readonly currency: string;
  readonly late: boolean;
  readonly createdAt: Instant;
};

/** Oldest first. */
export const listSilent = async (pool: Pool, query: ListQuery) => {
  const { rank, id } = guidPlaceOf(query, OLDEST_GUID);
  const { rows } = await pool.query<SilentRow>({
    name: "silent payments",
    text: `select p.guid, p.order_guid as "orderGuid", p.mode, d.guid as "debtorGuid", d.name as "debtorName",
        c.guid as "creditorGuid", c.name as "creditorName", p.amount_text as amount, p.currency, p.late,
        p.created_at as "createdAt"
      from rail.payments p join rail.participants d on d.guid = p.participant_guid
        join rail.participants c on c.guid = p.creditor_participant_guid
      where p.status = 'created' and p.reason = '${SILENT}' and (p.created_at, p.guid) > (${instantOf("$3")}, $4)
      order by p.created_at, p.guid limit $1 offset $2`,
    values: [query.limit + 1, query.offset, rank, id],
  });
  const found = listPage(rows, query, ({ createdAt, guid }) => ({ rank: createdAt, id: guid }));
  const items = found.items.map((row) => ({
    guid: row.guid,
    order_guid: row.orderGuid,
    mode: row.mode,
    debtor_bank: { guid: row.debtorGuid, name: row.debtorName },
    creditor_bank: { guid: row.creditorGuid, name: row.creditorName },
    amount: row.amount,
    currency: row.currency,
    late: row.late,
    created_at: toRfc3339(row.createdAt),
  }));
  return { ...found, items };
};
