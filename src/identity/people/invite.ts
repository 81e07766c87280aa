/** Invitations: a link that one person signs up with, for a week. */
import type { PoolClient } from "pg";
import { DAY } from "../../kernel/index.ts";
import { hashOf, newSecret } from "../sessions/index.ts";
import { addAct } from "../trail.ts";

const LIFETIME_MS = 7 * DAY;

/** @returns the code, which nobody can read again */
export const makeInvite = async (client: PoolClient, actor: string): Promise<string> => {
  const code = newSecret();
  await client.query({
    text: `insert into identity.invites (code_hash, made_by, expires_at)
      values ($1, $2, now() + interval '${LIFETIME_MS} milliseconds')`,
    values: [hashOf(code), actor],
  });
  await addAct(client, { actor, personId: null, act: "invite", details: {} });
  return code;
};
