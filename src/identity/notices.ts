/**
 * What people are told of their own accounts. A notice is a row of the transaction that it tells of; it is handed on after
 * the commit, again and again until that has succeeded, and whoever takes it takes each id once.
 */
import type { Pool, PoolClient } from "pg";

export const CHANGES = [
  "session_began",
  "sessions_ended",
  "password_changed",
  "password_reset",
  "second_factor_on",
  "second_factor_off",
  "recovery_codes_made",
  "recovery_code_used",
  "passkey_added",
  "passkey_removed",
  "token_made",
  "token_ended",
  "roles_changed",
] as const;
export type Change = (typeof CHANGES)[number];

export type MadeBy = "owner" | "operator" | "installation";

/** What is said of it beside what it was: where from, or its name. */
export type NoticeDetails = { readonly device?: string; readonly address?: string; readonly name?: string };

export type Notice = NoticeDetails & {
  readonly id: number;
  readonly personId: string;
  readonly change: Change;
  readonly by: MadeBy;
  /** In milliseconds. */
  readonly at: number;
};

/** Resolves when it can no longer be lost. The same id twice is told once. */
export type Tell = (notice: Notice) => Promise<void>;

const AT_ONCE = 100;

export const addNotice = async (
  client: PoolClient,
  personId: string,
  change: Change,
  by: MadeBy = "owner",
  details: NoticeDetails = {},
): Promise<void> => {
  await client.query({
    name: "add a notice",
    text: "insert into identity.notices (person_id, change, made_by, details) values ($1, $2, $3, $4)",
    values: [personId, change, by, JSON.stringify(details)],
  });
};

type Row = {
  readonly id: number;
  readonly person_id: string;
  readonly change: Change;
  readonly made_by: MadeBy;
  readonly details: NoticeDetails;
  readonly at: number;
};

export const createNoticeDelivery = (pool: Pool, tell: Tell) => async (): Promise<void> => {
  const { rows } = await pool.query<Row>({
    name: "notices to hand on",
    text: `select id, person_id, change, made_by, details, at from identity.notices order by id limit ${AT_ONCE}`,
  });
  for (const { id, person_id: personId, change, made_by: by, details, at } of rows) {
    await tell({ id, personId, change, by, at, ...details });
    await pool.query({ name: "notice handed on", text: "delete from identity.notices where id = $1", values: [id] });
  }
};
