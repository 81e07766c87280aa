/** Reading pay requests. A bank's own only. */
import type { Pool } from "pg";
import type { PayRequestReason, PayRequestStatus } from "../tables/index.ts";

export type FoundPayRequest = {
  readonly guid: string;
  readonly orderGuid: string;
  readonly status: PayRequestStatus;
  readonly reason: PayRequestReason | null;
  /** The creditor's, while the payer's bank may pay to it or has. */
  readonly account: string | null;
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
        case when r.status <> 'failed' then coalesce(o.creditor_account, s.creditor_account) end as account
      from rail.pay_requests r join rail.orders o on o.guid = r.order_guid
        join rail.order_states s on s.order_guid = r.order_guid
      where r.guid = $1 and r.participant_guid = $2 and s.status in ('processing', 'created')`,
    values: [guid, participantGuid],
  });
  return rows[0] ?? null;
};
