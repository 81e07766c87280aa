/** HTTP for operators who look people up. Each look is in the audit trail. */
import { Type } from "typebox";
import { Closed, callerOf, cursorPaging, ENGINE_CODES, Ref, sendRefusal, Text } from "../../http/index.ts";
import { refuse } from "../../kernel/index.ts";
import type { ExchangeDeps } from "../deps.ts";
import { errorResponses } from "../errors.ts";
import { UserId } from "../schemas.ts";
import { lookUp } from "./look-up.ts";
import { findPeople, findPerson } from "./queries.ts";
import { FoundPeoplePage, PersonSchema } from "./schemas.ts";

const config = { access: "operator" } as const;
const tags = ["Operators"];
/** As long as the longest login, an e-mail address. */
const MAX_ASKED = 254;

export const registerPeopleRoutes = ({ server, pool, accounts, executor }: ExchangeDeps) => {
  const deps = { pool, accounts };

  server.get(
    "/api/v1/operator/users",
    {
      config,
      schema: {
        summary: "People by id, login or the beginning of their name; without one, those who are stopped or owe",
        tags,
        querystring: Closed({
          query: Type.Optional(
            Text({
              minLength: 1,
              maxLength: MAX_ASKED,
              format: "line",
              description: "capital letters make no difference",
            }),
          ),
          ...cursorPaging(),
        }),
        response: { 200: FoundPeoplePage, ...errorResponses([...lookUp.refuses, ...ENGINE_CODES]) },
      },
    },
    async (request) => {
      const { query: asked = null, ...paging } = request.query;
      const { traderId: operatorId } = callerOf(request);
      const found = await findPeople(deps, asked, paging);
      const shown = found.items.map(({ profile }) => profile.id);
      await executor.submit(lookUp, { operatorId, act: "read_people", asked, shown }, { caller: operatorId });
      return found;
    },
  );

  server.get(
    "/api/v1/operator/users/:id",
    {
      config,
      schema: {
        summary: "A person with record, debts, strikes, roles, and what operators said",
        tags,
        params: Closed({ id: UserId }),
        response: { 200: Ref(PersonSchema), ...errorResponses(["USER_NOT_FOUND", ...lookUp.refuses, ...ENGINE_CODES]) },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const { traderId: operatorId } = callerOf(request);
      const found = await findPerson(deps, id);
      const shown = found === null ? [] : [id];
      await executor.submit(lookUp, { operatorId, act: "read_person", asked: id, shown }, { caller: operatorId });
      return found === null ? sendRefusal(reply, refuse("USER_NOT_FOUND")) : reply.send(found);
    },
  );
};
