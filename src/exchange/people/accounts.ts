/**
 * What the exchange asks about the accounts that people sign in with, where it has any: a seam that `app.ts` fills, since
 * who somebody is and how they trade are two systems' business.
 */
import type { Role } from "../../http/index.ts";
import type { Instant } from "../../kernel/index.ts";

export type Account = {
  /** Null: somebody of the demo, who comes in by a click. */
  readonly login: string | null;
  readonly roles: readonly Role[];
  readonly since: Instant;
  readonly hasSecondFactor: boolean;
};

export type Accounts = {
  /** Whose login it is; null: nobody's. */
  idOf(login: string): Promise<string | null>;
  /** Of those who have one. */
  of(ids: readonly string[]): Promise<ReadonlyMap<string, Account>>;
};
