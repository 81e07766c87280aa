/** Somebody makes a token for a program: what it is called, what it may do, and for how long. */
import type { PoolClient } from "pg";
import type { Scope } from "../../http/index.ts";
import { type Refusal, refuse } from "../../kernel/index.ts";
import type { Refused } from "../errors.ts";
import { addNotice } from "../notices.ts";
import { randomText } from "../random-text.ts";
import { isSessionOf, lockPerson, newSecret } from "../sessions/index.ts";
import { TOKEN_PREFIX } from "./registry.ts";
import { countTokens, insertToken, type ListedToken } from "./rows.ts";

/** The contract's: more than one person has programs. */
export const MAX_TOKENS = 20;
const ID_LENGTH = 16;

export type MakeToken = {
  readonly personId: string;
  readonly sessionId: string;
  readonly name: string;
  readonly scope: Scope;
  readonly release: boolean;
  readonly days: number;
};

export type MadeToken = ListedToken & { readonly secret: string };

export const makeToken = async (client: PoolClient, given: MakeToken): Promise<MadeToken | Refusal<Refused>> => {
  const { personId, sessionId, name, scope, release, days } = given;
  await lockPerson(client, personId);
  // Whoever was signed out while this waited for the lock leaves no token behind.
  if (!(await isSessionOf(client, personId, sessionId))) return refuse("UNAUTHORIZED");
  if ((await countTokens(client, personId)) >= MAX_TOKENS) return refuse("TOO_MANY_TOKENS", { max: MAX_TOKENS });
  const secret = `${TOKEN_PREFIX}${newSecret()}`;
  const id = `t_${randomText(ID_LENGTH)}`;
  const row = await insertToken(client, { id, personId, name, scope, release, secret, days });
  await addNotice(client, personId, "token_made", "owner", { name });
  return { ...row, secret };
};
