/** Recovery codes: for who has lost the telephone. Ten, shown once, each good once; kept as hashes. */
import { hash } from "node:crypto";
import type { Pool, PoolClient } from "pg";
import { randomText } from "../random-text.ts";

export const RECOVERY_CODES = 10;
/** 75 bits in three groups that are read out: no list of hashes is worth going through. */
const GROUPS = 3;
const GROUP_LENGTH = 5;

/** As people type them: capital letters, other separators or none. Told from a one-time code by its form. */
export const RECOVERY_CODE_PATTERN = `[A-Za-z2-9]{${GROUP_LENGTH}}([ -]?[A-Za-z2-9]{${GROUP_LENGTH}}){${GROUPS - 1}}`;

const newCode = (): string => Array.from({ length: GROUPS }, () => randomText(GROUP_LENGTH)).join("-");

/** A hash holds whose it is, so that equal codes of two people would look different. */
const hashOf = (personId: string, code: string): Buffer =>
  hash("sha256", `${personId} ${code.toLowerCase().replaceAll(/[ -]/g, "")}`, "buffer");

/** New ones in place of all that are left. The caller holds the person's row. */
export const makeRecoveryCodes = async (client: PoolClient, personId: string): Promise<readonly string[]> => {
  const codes = Array.from({ length: RECOVERY_CODES }, newCode);
  await endRecoveryCodes(client, personId);
  await client.query({
    text: "insert into identity.recovery_codes (person_id, code_hash) select $1, unnest($2::bytea[])",
    values: [personId, codes.map((code) => hashOf(personId, code))],
  });
  return codes;
};

/** Of two who come with the same one, the second waits and finds it gone. @returns whether it was one of those left */
export const useRecoveryCode = async (client: PoolClient, personId: string, code: string): Promise<boolean> => {
  const { rowCount } = await client.query({
    name: "use a recovery code",
    text: "delete from identity.recovery_codes where person_id = $1 and code_hash = $2",
    values: [personId, hashOf(personId, code)],
  });
  return rowCount === 1;
};

export const endRecoveryCodes = async (client: PoolClient, personId: string): Promise<void> => {
  await client.query({ text: "delete from identity.recovery_codes where person_id = $1", values: [personId] });
};

export const countRecoveryCodes = async (pool: Pool, personId: string): Promise<number> => {
  const { rows } = await pool.query<{ left: number }>({
    name: "recovery codes of a person",
    text: `select count(*)::int as "left" from identity.recovery_codes where person_id = $1`,
    values: [personId],
  });
  return rows[0]?.left ?? 0;
};
