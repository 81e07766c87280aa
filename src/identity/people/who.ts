/** Who calls, and what this installation offers to whoever comes. */
import type { AnswerOf, Caller } from "../../http/index.ts";
import { instant, toRfc3339, toRfc3339OrNull } from "../../kernel/index.ts";
import type { IdentityDeps } from "../deps.ts";
import { siteOf, takesPasskeys } from "../passkeys/index.ts";
import { findHalfSession } from "../sessions/index.ts";
import type { SessionDocument } from "./schemas.ts";

export type SessionAnswer = AnswerOf<typeof SessionDocument>;

type WhoDeps = Pick<IdentityDeps, "pool" | "settings" | "sessions" | "shownName">;

type Own = { readonly login: string | null; readonly has_password: boolean };
const NOTHING: Own = { login: null, has_password: false };

/** What somebody signs in with. */
const ownOf = async ({ pool }: WhoDeps, { traderId, session }: Caller): Promise<Own> => {
  if (session === null) return NOTHING;
  const { rows } = await pool.query<Own>({
    name: "what a person signs in with",
    text: "select login, password_hash is not null as has_password from identity.people where id = $1",
    values: [traderId],
  });
  return rows[0] ?? NOTHING;
};

const personOf = async (deps: WhoDeps, caller: Caller): Promise<SessionAnswer["person"]> => ({
  id: caller.traderId,
  name: deps.shownName(caller.name),
  ...(await ownOf(deps, caller)),
  roles: [...caller.roles],
  second_factor: { enabled: caller.session?.hasSecondFactor === true },
  stepped_up_until: toRfc3339OrNull(caller.session?.steppedUpUntil ?? null),
  session_id: caller.session?.id ?? null,
  expires_at: toRfc3339(instant(Math.min(caller.expiresAt, LATEST))),
});

/** The last moment that RFC 3339 has a year for; a token may claim to live longer. */
const LATEST = Date.parse("9999-12-31T23:59:59Z");

const halfOf = async ({ pool }: WhoDeps, secret: string | null): Promise<SessionAnswer["half_signed_in"]> => {
  const half = secret === null ? null : await findHalfSession(pool, secret);
  return half === null ? null : { until: toRfc3339(instant(half.expiresAt)) };
};

/** @param secret what the caller's cookie holds; null: nothing */
export const describeSession = async (
  deps: WhoDeps,
  caller: Caller | null,
  secret: string | null,
): Promise<SessionAnswer> => ({
  person: caller === null ? null : await personOf(deps, caller),
  half_signed_in: caller === null ? await halfOf(deps, secret) : null,
  accounts: deps.settings.accounts,
  passkeys: deps.settings.accounts && takesPasskeys(siteOf(deps.sessions.origin())),
  recovery_mail: deps.settings.accounts && deps.settings.mail !== null,
  sign_up: deps.settings.signUp,
  demo: deps.settings.demoPeople.map(({ id, name, part }) => ({ person: id, name, part })),
  demo_traders: [...deps.settings.demoTraders],
  server_time: toRfc3339(instant(Date.now())),
});
