/** Reading returns and requests for them: both banks of a payment, and nobody else. */
import type { Pool } from "pg";
import { guidPlaceOf, instantOf, type ListQuery, listPage, OLDEST_GUID, rowOf } from "../../database/index.ts";
import { type Return, type ReturnRequest, returnRequests, returns } from "../tables/index.ts";

/** For callbacks: whoever reads it is one of its banks. */
export const findReturn = async (pool: Pool, guid: string): Promise<Return | null> => {
  const { rows } = await pool.query({
    name: "rail return",
    text: "select * from rail.returns where guid = $1",
    values: [guid],
  });
  return rows[0] === undefined ? null : rowOf(returns, rows[0]);
};

/** For a bank: null where it is neither side. */
export const findReturnOf = async (pool: Pool, bank: string, guid: string): Promise<Return | null> => {
  const found = await findReturn(pool, guid);
  return found !== null && [found.participantGuid, found.debtorParticipantGuid].includes(bank) ? found : null;
};

/** Of one payment, oldest first. */
export const listReturns = async (pool: Pool, bank: string, paymentGuid: string, query: ListQuery) => {
  const { rank, id } = guidPlaceOf(query, OLDEST_GUID);
  const { rows } = await pool.query({
    name: "rail returns",
    text: `select * from rail.returns
      where payment_guid = $2 and (participant_guid = $1 or debtor_participant_guid = $1)
        and (created_at, guid) > (${instantOf("$5")}, $6)
      order by created_at, guid limit $3 offset $4`,
    values: [bank, paymentGuid, query.limit + 1, query.offset, rank, id],
  });
  const found = rows.map((row) => rowOf(returns, row));
  return listPage(found, query, ({ createdAt, guid }) => ({ rank: createdAt, id: guid }));
};

/** For callbacks. */
export const findReturnRequest = async (pool: Pool, paymentGuid: string): Promise<ReturnRequest | null> => {
  const { rows } = await pool.query({
    name: "rail return request",
    text: "select * from rail.return_requests where payment_guid = $1",
    values: [paymentGuid],
  });
  return rows[0] === undefined ? null : rowOf(returnRequests, rows[0]);
};

/** For a bank: null where it is neither side. */
export const findReturnRequestOf = async (
  pool: Pool,
  bank: string,
  paymentGuid: string,
): Promise<ReturnRequest | null> => {
  const found = await findReturnRequest(pool, paymentGuid);
  return found !== null && [found.participantGuid, found.creditorParticipantGuid].includes(bank) ? found : null;
};
