/** Whom a bank pays: by an order of its own, or by a pay request that it holds. */
import type { Pool } from "pg";

/** @property debtorAccount who would pay @property creditorGuid the bank that knows the name @property over the order has ended */
export type PaidTo = {
  readonly debtorAccount: string;
  readonly creditorGuid: string;
  readonly account: string;
  readonly over: boolean;
};

/** Null: it is not the asking bank's to pay. */
export const findPaidTo = async (pool: Pool, bank: string, orderGuid: string): Promise<PaidTo | null> => {
  const { rows } = await pool.query<PaidTo>({
    name: "who is paid",
    text: `select r.debtor_account as "debtorAccount",
        coalesce(s.creditor_participant_guid, o.participant_guid) as "creditorGuid",
        coalesce(o.creditor_account, s.creditor_account) as account,
        o.expires_at <= now() or s.status_reason is not null as over
      from rail.orders o join rail.order_states s on s.order_guid = o.guid
        join rail.pay_requests r on r.order_guid = o.guid and r.participant_guid = $2 and r.status <> 'failed'
      where o.guid = $1 and (s.status = 'processing' or o.type = 'link')
      order by r.created_at desc limit 1`,
    values: [orderGuid, bank],
  });
  return rows[0] ?? null;
};
