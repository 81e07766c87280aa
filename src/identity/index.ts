/**
 * Built-in accounts: who somebody is where no host platform says it. What comes of it is a caller like any other; no rule of
 * the exchange knows where a caller is from. Its tables are its own, and nobody else writes them; each act is one transaction.
 */
import type { Pool } from "pg";
import { createReadPool, createWritePool } from "../database/index.ts";
import type { Connecting, MaintenanceTask } from "../engine/index.ts";
import { type Server, type Sessions, sessionCookieFor, type Tokens } from "../http/index.ts";
import { HOUR, MINUTE, SECOND } from "../kernel/index.ts";
import { forgetKeys } from "./act.ts";
import type { IdentityDeps, IdentitySettings, Seal } from "./deps.ts";
import { forgetEnrolments, registerFactorRoutes } from "./factors/index.ts";
import { createMailer, createRecoveryMails, registerMailRoutes } from "./mail/index.ts";
import { createNoticeDelivery, type Tell } from "./notices.ts";
import { forgetChallenges, PASSKEY_FORMS } from "./passkeys/index.ts";
import { createHashing, forgetAttempts } from "./passwords/index.ts";
import { forgetResets, registerAccountRoutes, registerPeopleRoutes, SessionDocument } from "./people/index.ts";
import {
  createHearing,
  createSessionRegistry,
  forgetChanges,
  forgetHalfSessions,
  forgetSessions,
} from "./sessions/index.ts";
import { registerSessionRoutes } from "./sessions/routes.ts";
import { createTokenRegistry, endTokens, forgetTokens, registerTokenRoutes } from "./tokens/index.ts";

export { type DemoPerson, type IdentitySettings, SIGN_UP_MODES, type SignUpMode } from "./deps.ts";
export { IDENTITY_ERRORS } from "./errors.ts";
export { IDENTITY_GRANTS } from "./grants.ts";
export { createMailer, type MailSettings } from "./mail/index.ts";
export type { Notice } from "./notices.ts";
export { changeRole, createAccounts, findPerson, makeInvite, makeReset } from "./people/index.ts";

const CONNECTIONS = { acts: 4, changes: 1 } as const;
const READ_LIMIT_MS = 2 * SECOND;

export type IdentityOptions = Connecting & {
  /** For pages. */
  readonly pool: Pool;
  readonly settings: IdentitySettings;
  /** Of our own pages; asked once the server listens. */
  readonly origin: () => string;
  /** Whether pages reach us on their own machine, without https. */
  readonly isPlainLoopback: boolean;
  readonly shownName: IdentityDeps["shownName"];
  /** Seals what has to be read again, such as the secrets of one-time codes. */
  readonly seal: Seal;
  /** Hands a notice on to its owner. */
  readonly tell: Tell;
  readonly onFailure: (what: string, error: unknown) => void;
};

export type Identity = {
  /** For the listener that takes cookies. Null: it takes none. */
  readonly sessions: Sessions | null;
  /** What callers by tokens are found by: an issuer's, and personal ones where people sign in here. */
  tokens(issued: Tokens): Tokens;
  readonly chores: readonly MaintenanceTask[];
  routes(server: Server): void;
  /** Begins to hear of what other nodes do. */
  open(): void;
  close(): Promise<void>;
};

export const createIdentity = (options: IdentityOptions): Identity => {
  const { connectionString, pooled, pool, settings, shownName, seal, onFailure } = options;
  const applicationName = "parley identity";
  const acts = createWritePool({ connectionString, pooled, applicationName, connections: CONNECTIONS.acts });
  const changesPool = createReadPool({
    connectionString,
    pooled,
    applicationName,
    connections: CONNECTIONS.changes,
    limitMs: READ_LIMIT_MS,
  });
  const hearing = createHearing({
    pool,
    changesPool,
    onFailure: (error) => onFailure("hearing of sessions that ended", error),
  });
  const sessions = createSessionRegistry({
    cookie: sessionCookieFor(options.isPlainLoopback),
    origin: options.origin,
    hearing,
    pool,
    writePool: acts,
  });
  const tokens = createTokenRegistry({ hearing, pool, writePool: acts });
  const hashing = createHashing();
  return {
    sessions: settings.accounts ? sessions : null,
    tokens: (issued) => (settings.accounts ? tokens.beside(issued) : issued),
    chores: [
      { name: "note which sessions were seen", everyMs: 5 * SECOND, run: sessions.flush },
      { name: "note which tokens were used", everyMs: 5 * SECOND, run: tokens.flush },
      ...forgetting(acts),
      { name: "tell people of their accounts", everyMs: SECOND, run: createNoticeDelivery(acts, options.tell) },
      ...mailChores(options, acts),
    ],
    routes(server) {
      for (const form of [SessionDocument, ...PASSKEY_FORMS]) server.addSchema(form);
      const onReset = endTokens;
      const deps: IdentityDeps = { server, settings, pool, acts, sessions, hashing, seal, shownName, onReset };
      registerPeopleRoutes(deps);
      if (!settings.accounts) return;
      registerSessionRoutes(deps);
      registerTokenRoutes(deps);
      registerAccountRoutes(deps);
      if (settings.mail !== null) registerMailRoutes(deps);
      registerFactorRoutes(deps);
    },
    open: hearing.open,
    async close() {
      await hearing.close();
      await Promise.all([acts.end(), changesPool.end()]);
    },
  };
};

/** What is over and stands in nobody's way, thrown away. */
const forgetting = (acts: Pool): readonly MaintenanceTask[] => [
  { name: "forget tokens that are over", everyMs: MINUTE, run: () => forgetTokens(acts) },
  { name: "forget sessions that are over", everyMs: MINUTE, run: () => forgetSessions(acts) },
  { name: "forget challenges", everyMs: MINUTE, run: () => forgetChallenges(acts) },
  { name: "forget half sessions", everyMs: MINUTE, run: () => forgetHalfSessions(acts) },
  { name: "forget secrets that were shown and not used", everyMs: HOUR, run: () => forgetEnrolments(acts) },
  { name: "forget attempts", everyMs: MINUTE, run: () => forgetAttempts(acts) },
  { name: "forget links that are over", everyMs: MINUTE, run: () => forgetResets(acts) },
  { name: "forget keys of identity", everyMs: HOUR, run: () => forgetKeys(acts) },
  { name: "forget changes of sessions", everyMs: HOUR, run: () => forgetChanges(acts) },
];

const mailChores = ({ settings, origin, onFailure }: IdentityOptions, acts: Pool): readonly MaintenanceTask[] => {
  if (settings.mail === null || !settings.accounts) return [];
  const run = createRecoveryMails({
    acts,
    mailer: createMailer(settings.mail),
    origin,
    onFailure: (error) => onFailure("sending a mail", error),
  });
  return [{ name: "send mails with links", everyMs: SECOND, run }];
};
