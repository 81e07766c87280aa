/** What others ask about accounts: whose login it is, and what somebody signs in with. */
import type { Pool } from "pg";
import type { Role } from "../../http/index.ts";
import { type Instant, instant } from "../../kernel/index.ts";

export type AccountFacts = {
  /** Null: somebody of the demo. */
  readonly login: string | null;
  readonly roles: readonly Role[];
  readonly since: Instant;
  readonly hasSecondFactor: boolean;
};

type Row = {
  readonly id: string;
  readonly login: string | null;
  readonly roles: readonly Role[];
  readonly second_factor: boolean;
  readonly created_at: number;
};

/** @param pool for reads */
export const createAccounts = (pool: Pool) => ({
  /** Null: nobody signs in with it. */
  async idOf(login: string): Promise<string | null> {
    const { rows } = await pool.query<{ id: string }>({
      name: "person by login",
      text: "select id from identity.people where login = lower($1)",
      values: [login],
    });
    return rows[0]?.id ?? null;
  },

  /** Of those who have one. */
  async of(ids: readonly string[]): Promise<ReadonlyMap<string, AccountFacts>> {
    if (ids.length === 0) return new Map();
    const { rows } = await pool.query<Row>({
      name: "accounts of people",
      text: "select id, login, roles, second_factor, created_at from identity.people where id = any($1)",
      values: [ids],
    });
    return new Map(
      rows.map(({ id, login, roles, second_factor: hasSecondFactor, created_at }) => [
        id,
        { login, roles, since: instant(created_at), hasSecondFactor },
      ]),
    );
  },
});
