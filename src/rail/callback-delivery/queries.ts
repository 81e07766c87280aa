/** Reads at the moment of sending: the bank as it is then, on any node, and phones. */
import type { Pool } from "pg";
import type { Instant } from "../../kernel/index.ts";
import type { Participant } from "../tables/index.ts";

export type Bank = Pick<
  Participant,
  "guid" | "mode" | "callbackUrl" | "callbackProvenAt" | "challenge" | "state" | "maintenance"
>;

/** Not from the directory in memory: a callback written together with a new address has to go there. */
export const findBank = async (pool: Pool, guid: string): Promise<Bank | null> => {
  const { rows } = await pool.query<Bank>({
    name: "bank to send to",
    text: `select guid, mode, callback_url as "callbackUrl", callback_proven_at as "callbackProvenAt", challenge, state,
        maintenance
      from rail.participants where guid = $1`,
    values: [guid],
  });
  return rows[0] ?? null;
};

/** @property sealed ciphertext */
export type SealedPhone = { readonly hash: string; readonly sealed: string };

export const findPhone = async (pool: Pool, hash: string): Promise<SealedPhone | null> => {
  const { rows } = await pool.query<SealedPhone>({
    name: "phone of a callback",
    text: "select hash, phone as sealed from rail.phones where hash = $1",
    values: [hash],
  });
  return rows[0] ?? null;
};

/** Whose receiver is searched for, and until when. */
export const findSearch = async (
  pool: Pool,
  requestGuid: string,
): Promise<(SealedPhone & { readonly until: Instant }) | null> => {
  const { rows } = await pool.query<SealedPhone & { readonly until: Instant }>({
    name: "search to ask for",
    text: `select p.hash, p.phone as sealed, s.until
      from rail.searches s join rail.phones p on p.hash = s.phone_hash where s.request_guid = $1`,
    values: [requestGuid],
  });
  return rows[0] ?? null;
};

/** Whether a search waits for this bank's answer. */
export const isAsked = async (pool: Pool, requestGuid: string, bank: string): Promise<boolean> => {
  const { rows } = await pool.query({
    name: "whether a bank is asked",
    text: "select from rail.searches where request_guid = $1 and asking @> array[$2::text]",
    values: [requestGuid, bank],
  });
  return rows.length > 0;
};
