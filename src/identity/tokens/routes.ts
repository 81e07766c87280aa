/** HTTP for personal tokens: they are made, shown and ended by somebody who is signed in, never by a token. */
import { Type } from "typebox";
import { type AnswerOf, Choice, Closed, callerOf, invalid, Nullable, SCOPES, Text } from "../../http/index.ts";
import { instant, isRefusal, refuse, toRfc3339 } from "../../kernel/index.ts";
import { runAct, sessionOf } from "../act.ts";
import type { IdentityDeps } from "../deps.ts";
import { errorResponses } from "../errors.ts";
import { addNotice } from "../notices.ts";
import { lockPerson } from "../sessions/index.ts";
import { MAX_TOKENS, makeToken } from "./make.ts";
import { endToken, type ListedToken, listTokens } from "./rows.ts";

const tags = ["Identity"];
const path = "/api/v1/identity/tokens";
const MAX_ID = 64;
const MAX_NAME = 64;
/** The contract's: a year, so that what was forgotten is over some day. */
const MAX_DAYS = 365;

const Time = (description: string) => Type.String({ format: "date-time", description });
const Release = { description: "whether it may release escrow: `confirm-received` and `honour`; with `trade` alone" };

const ITEM = {
  id: Type.String(),
  name: Type.String({ description: "what its owner calls it" }),
  scope: Choice(SCOPES, { description: "`read`: what GET reads; `trade`: ads, orders and chat as well" }),
  release: Type.Boolean(Release),
  created_at: Time("when it was made"),
  expires_at: Time("then it is over"),
  last_used_at: Nullable(Time("when it was last used, to the minute; null: never")),
};
const TokenItem = Closed(ITEM);
const Tokens = Closed({ items: Type.Array(TokenItem, { description: `${MAX_TOKENS} at most` }) });
const NewToken = Closed({
  ...ITEM,
  token: Nullable(
    Type.String({ description: "the token, shown this once; null: the answer to a request that was repeated" }),
  ),
});
const NewTokenBody = Closed({
  name: Text({ minLength: 1, maxLength: MAX_NAME, format: "line", description: "what its owner calls it" }),
  scope: Choice(SCOPES),
  expires_in_days: Type.Integer({ minimum: 1, maximum: MAX_DAYS }),
  release: Type.Optional(Type.Boolean(Release)),
});

const viewOf = ({ id, name, scope, release, ...times }: ListedToken): AnswerOf<typeof TokenItem> => ({
  id,
  name,
  scope,
  release,
  created_at: toRfc3339(instant(times.created_at)),
  expires_at: toRfc3339(instant(times.expires_at)),
  last_used_at: times.last_used_at === null ? null : toRfc3339(instant(times.last_used_at)),
});

const RELEASE_NEEDS_TRADE = {
  in: "body",
  pointer: "/release",
  message: "goes with the scope trade: a token that only reads releases nothing",
} as const;

export const registerTokenRoutes = (deps: IdentityDeps): void => {
  const { server, acts, pool, sessions } = deps;

  server.get(
    path,
    {
      config: { access: "trader" },
      schema: {
        summary: "The caller's personal tokens that are good, the newest first; never the secret",
        operationId: "listPersonalTokens",
        tags,
        response: { 200: Tokens },
      },
    },
    async (request) => ({ items: (await listTokens(pool, callerOf(request).traderId)).map(viewOf) }),
  );

  server.post(
    path,
    {
      config: { access: "trader", stepUp: "always" },
      schema: {
        summary: "Make a token for a program of one's own: it is shown once",
        description:
          "Sent as `Authorization: Bearer pat_…`. It acts as its owner without any role, and never where an account is " +
          "opened or looked after. One with the scope `trade` releases no escrow unless it was made with `release`.",
        operationId: "makePersonalToken",
        tags,
        body: NewTokenBody,
        response: { 201: NewToken, ...errorResponses(["FORBIDDEN", "TOO_MANY_TOKENS"]) },
      },
    },
    async (request, reply) => {
      const { id: sessionId } = sessionOf(request);
      const personId = callerOf(request).traderId;
      const { name, scope, expires_in_days: days, release = false } = request.body;
      if (release && scope !== "trade") throw invalid([RELEASE_NEEDS_TRADE]);
      const keep = (answer: object) => ({ ...answer, token: null });
      await runAct({ acts, status: 201, keep }, request, reply, async (client) => {
        const made = await makeToken(client, { personId, sessionId, name: name.trim(), scope, release, days });
        if (isRefusal(made)) return made;
        return { ...viewOf(made), token: made.secret } satisfies AnswerOf<typeof NewToken>;
      });
    },
  );

  server.delete(
    `${path}/:id`,
    {
      config: { access: "trader" },
      schema: {
        summary: "End one of the caller's tokens, everywhere within a second, its streams too",
        operationId: "endPersonalToken",
        tags,
        params: Closed({ id: Text({ minLength: 1, maxLength: MAX_ID }) }),
        response: { 204: Type.Null({ description: "done" }), ...errorResponses(["FORBIDDEN", "NOT_FOUND"]) },
      },
    },
    async (request, reply) => {
      sessionOf(request);
      const { traderId } = callerOf(request);
      await runAct({ acts }, request, reply, async (client) => {
        await lockPerson(client, traderId);
        const name = await endToken(client, traderId, request.params.id);
        if (name === null) return refuse("NOT_FOUND");
        await addNotice(client, traderId, "token_ended", "owner", { name });
        return null;
      });
      sessions.forget(traderId);
    },
  );
};
