/** HTTP for where somebody is signed in, and for ending that. */
import { Type } from "typebox";
import { type AnswerOf, Closed, CursorPage, callerOf, cursorPaging, invalid, Text } from "../../http/index.ts";
import { instant, refuse, toRfc3339 } from "../../kernel/index.ts";
import { runAct, sessionOf } from "../act.ts";
import type { IdentityDeps } from "../deps.ts";
import { errorResponses } from "../errors.ts";
import { addNotice } from "../notices.ts";
import { endOthers, endSession } from "./begin.ts";
import { deviceOf } from "./devices.ts";
import { listSessions } from "./rows.ts";

const tags = ["Identity"];
const config = { access: "trader" } as const;
const path = "/api/v1/identity/sessions";
const MAX_ID = 64;

const Time = (description: string) => Type.String({ format: "date-time", description });
const SessionItem = Closed({
  id: Type.String(),
  device: Type.String({ description: "browser and system, as the browser says" }),
  address: Type.String({ description: "where it was begun: an address, or the network of one" }),
  since: Time("when it began"),
  last: Time("when it was last used, to the minute"),
  current: Type.Boolean({ description: "whether it is the caller's own" }),
});
const Sessions = CursorPage(SessionItem);

/** A cursor is the time and the id of the last one that was shown. */
const CURSOR = /^(\d{1,15})_(s_[a-z0-9]{1,32})$/;

const readCursor = (cursor: string): { readonly at: number; readonly id: string } => {
  const [, at, id] = CURSOR.exec(cursor) ?? [];
  if (id === undefined) throw invalid([{ in: "query", pointer: "/cursor", message: "is no cursor of this list" }]);
  return { at: Number(at), id };
};

type Query = { readonly limit: number; readonly offset: number; readonly cursor?: string };

const pageOf = async ({ pool }: IdentityDeps, person: string, current: string | null, query: Query) => {
  const { limit, offset, cursor } = query;
  const after = cursor === undefined ? null : readCursor(cursor);
  // One person has few: all are read, and the page is cut out of them.
  const all = await listSessions(pool, person);
  const rest =
    after === null ? all : all.filter(({ created_at: at, id }) => at < after.at || (at === after.at && id > after.id));
  const shown = rest.slice(offset, offset + limit);
  const last = shown.at(-1);
  const more = rest.length > offset + limit;
  return {
    items: shown.map(({ id, agent, address, created_at, last_seen_at }) => ({
      id,
      device: deviceOf(agent),
      address,
      since: toRfc3339(instant(created_at)),
      last: toRfc3339(instant(last_seen_at)),
      current: id === current,
    })),
    limit,
    offset,
    has_more: more,
    next: more && last !== undefined ? `${last.created_at}_${last.id}` : null,
  } satisfies AnswerOf<typeof Sessions>;
};

export const registerSessionRoutes = (deps: IdentityDeps): void => {
  const { server, acts, sessions } = deps;

  server.get(
    path,
    {
      config,
      schema: {
        summary: "Where the caller is signed in, the newest first",
        operationId: "listSignInSessions",
        tags,
        querystring: Closed(cursorPaging()),
        response: { 200: Sessions },
      },
    },
    (request) => {
      const { traderId, session } = callerOf(request);
      return pageOf(deps, traderId, session?.id ?? null, request.query);
    },
  );

  server.delete(
    `${path}/:id`,
    {
      config,
      schema: {
        summary: "End one of the caller's sessions, everywhere within a second, its streams too",
        operationId: "endSignInSession",
        tags,
        params: Closed({ id: Text({ minLength: 1, maxLength: MAX_ID }) }),
        response: { 204: Type.Null({ description: "done" }), ...errorResponses(["FORBIDDEN", "NOT_FOUND"]) },
      },
    },
    async (request, reply) => {
      sessionOf(request);
      const { traderId } = callerOf(request);
      await runAct({ acts }, request, reply, async (client) => {
        if (!(await endSession(client, traderId, request.params.id))) return refuse("NOT_FOUND");
        await addNotice(client, traderId, "sessions_ended");
        return null;
      });
      sessions.forget(traderId);
    },
  );

  server.delete(
    path,
    {
      config,
      schema: {
        summary: "End all of the caller's sessions but this one",
        operationId: "endOtherSignInSessions",
        tags,
        response: { 204: Type.Null({ description: "done" }), ...errorResponses(["FORBIDDEN"]) },
      },
    },
    async (request, reply) => {
      const { id } = sessionOf(request);
      const { traderId } = callerOf(request);
      await runAct({ acts }, request, reply, async (client) => {
        if ((await endOthers(client, traderId, id)) > 0) await addNotice(client, traderId, "sessions_ended");
        return null;
      });
      sessions.forget(traderId);
    },
  );
};
