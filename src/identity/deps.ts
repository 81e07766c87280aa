/** What the routes of identity are given. Rows are locked in one order: keys, attempts, people, factors, passkeys, invites and resets, half sessions, sessions, changes. */
import type { Pool, PoolClient } from "pg";
import type { Role, Server } from "../http/index.ts";
import type { MailSettings } from "./mail/transport.ts";
import type { Hashing } from "./passwords/index.ts";
import type { SessionRegistry } from "./sessions/index.ts";

export const SIGN_UP_MODES = ["open", "invite", "closed"] as const;
export type SignUpMode = (typeof SIGN_UP_MODES)[number];

export const DEMO_PARTS = ["buyer", "seller", "operator"] as const;

export const DEMO_IDS = ["vera", "anna", "olga"] as const;
export type DemoId = (typeof DEMO_IDS)[number];

/** Somebody of the sample market, whom everybody may be by a click. */
export type DemoPerson = {
  readonly id: DemoId;
  readonly name: string;
  readonly part: (typeof DEMO_PARTS)[number];
  readonly roles: readonly Role[];
};

export type IdentitySettings = {
  /** Whether people sign in here; else only tokens say who calls. */
  readonly accounts: boolean;
  readonly signUp: SignUpMode;
  /** Null: no mail is sent. */
  readonly mail: MailSettings | null;
  /** Empty where there is real money: then nobody signs in by a click. */
  readonly demoPeople: readonly DemoPerson[];
  /** Whom a program plays there. */
  readonly demoTraders: readonly string[];
};

/** Texts at rest: structurally a part of `keys`' Sealing. */
export type Seal = {
  seal(plaintext: string, context: string): string;
  open(sealed: string, context: string): string;
};

export type IdentityDeps = {
  readonly server: Server;
  readonly settings: IdentitySettings;
  /** Reads. */
  readonly pool: Pool;
  /** Writes, each act in one transaction. */
  readonly acts: Pool;
  readonly sessions: SessionRegistry;
  readonly hashing: Hashing;
  readonly seal: Seal;
  /** In the transaction that resets somebody's password: ends what else opens the account, such as tokens. */
  readonly onReset: (client: PoolClient, personId: string) => Promise<void>;
  /** A name as others see it. */
  readonly shownName: (name: string | null) => string | null;
};
