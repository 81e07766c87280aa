/** What the serving role may do in the schema of identity: no more than its acts need. */
import type { Grants } from "../database/index.ts";

export const IDENTITY_GRANTS: Grants = {
  schemas: ["identity"],
  tables: [],
  journals: [],
  partitioned: [],
  further: [
    "select, insert, update (login, name, password_hash, roles, second_factor) on identity.people",
    `select, insert, update (secret_hash, last_seen_at, stepped_up_until, password_again_at), delete
      on identity.sessions`,
    "select, insert, update (secret, made_at, on_since, last_step), delete on identity.totp",
    "select, insert, delete on identity.recovery_codes",
    "select, insert, update (counter, last_used_at), delete on identity.passkeys",
    // A delete that skips what is held locks rows, which takes a column that may be changed.
    "select, insert, update (expires_at), delete on identity.challenges",
    "select, insert, update (expires_at), delete on identity.half_sessions",
    "select, insert, update (failed_at, last_at), delete on identity.attempts",
    "select, update (position) on identity.changes_head",
    "select, insert, delete on identity.changes",
    "select, insert, update (used_by, used_at) on identity.invites",
    "select, insert on identity.acts",
    "select, insert, update (answer), delete on identity.keys",
    "select, insert, delete on identity.notices",
    "select, insert, update (expires_at), delete on identity.resets",
    "select, insert, update (last_used_at), delete on identity.tokens",
    "select, insert, update (attempts, due_at), delete on identity.recovery_mails",
  ],
};
