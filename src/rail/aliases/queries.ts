/** Reading aliases: whether a phone is linked to an account that is known, and nothing else. */
import type { Pool } from "pg";
import type { Holder } from "./alias.ts";

export const isLinked = async (pool: Pool, hash: string, { participantGuid, account }: Holder): Promise<boolean> => {
  const { rows } = await pool.query({
    name: "alias",
    text: "select from rail.phones where hash = $1 and participant_guid = $2 and account = $3",
    values: [hash, participantGuid, account],
  });
  return rows.length > 0;
};
