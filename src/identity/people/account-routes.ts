/** HTTP for what belongs to an account: its password, a new one for who forgot it, and the roles of others. */
import type { FastifyReply } from "fastify";
import { Type } from "typebox";
import { Choice, Closed, callerOf, ROLES, sendRefusal, Text } from "../../http/index.ts";
import { isRefusal, refuse } from "../../kernel/index.ts";
import { runAct, runPreparedAct, sessionOf } from "../act.ts";
import type { IdentityDeps } from "../deps.ts";
import { errorResponses } from "../errors.ts";
import { RecoveryCode } from "../factors/index.ts";
import { MAX_PASSWORD, prepareChange } from "../passwords/index.ts";
import { MAX_LOGIN } from "./logins.ts";
import { recoverByCode } from "./recover-by-code.ts";
import { recover } from "./reset.ts";
import { changeRole } from "./roles.ts";
import { NewPassword } from "./schemas.ts";

const tags = ["Identity"];
const MAX_CODE = 64;
const UserId = Type.String({ pattern: "^[!-~]{1,64}$" });

export const registerAccountRoutes = (deps: IdentityDeps): void => {
  const { server, acts, sessions } = deps;

  server.post(
    "/api/v1/identity/password",
    {
      config: { access: "trader" },
      schema: {
        summary: "Take another password; every other session of the caller ends",
        operationId: "changePassword",
        tags,
        body: Closed({
          current_password: Type.Optional(
            Text({
              minLength: 1,
              maxLength: MAX_PASSWORD,
              description: "who has none yet proves by a passkey, of the last five minutes, who it is",
            }),
          ),
          password: NewPassword,
        }),
        response: {
          204: Type.Null({ description: "done" }),
          ...errorResponses(["FORBIDDEN", "SIGN_IN_FAILED", "SECOND_FACTOR_REQUIRED"]),
        },
      },
    },
    async (request, reply) => {
      const session = sessionOf(request);
      const personId = callerOf(request).traderId;
      const { current_password: current = null, password } = request.body;
      const address = server.addressOf(request.raw);
      await runPreparedAct({ acts }, request, reply, () =>
        prepareChange(deps, { personId, session, current, password, address }),
      );
      sessions.forget(personId);
    },
  );

  server.post(
    "/api/v1/identity/reset",
    {
      config: { access: "public", ownPage: true },
      schema: {
        summary: "A new password by a link that works once; all sessions and tokens of its person end",
        operationId: "resetPassword",
        tags,
        body: Closed({ code: Text({ minLength: 1, maxLength: MAX_CODE }), password: NewPassword }),
        response: { 204: Type.Null({ description: "done" }), ...errorResponses(["LINK_OVER"]) },
      },
    },
    async (request, reply) => {
      const outcome = await recover(deps, { ...request.body, address: server.addressOf(request.raw) });
      if (isRefusal(outcome)) return void sendRefusal(reply, outcome);
      sessions.forget(outcome.personId);
      (reply as FastifyReply).code(204).send();
    },
  );

  server.post(
    "/api/v1/identity/reset/recovery-code",
    {
      config: { access: "public", ownPage: true },
      schema: {
        summary: "A new password by a recovery code; all sessions and tokens of its person end",
        description: "The second factor stays on: signing in asks for it, or for another recovery code.",
        operationId: "resetPasswordByRecoveryCode",
        tags,
        body: Closed({
          login: Text({ minLength: 1, maxLength: MAX_LOGIN }),
          code: RecoveryCode,
          password: NewPassword,
        }),
        response: { 204: Type.Null({ description: "done" }), ...errorResponses(["RECOVERY_REFUSED"]) },
      },
    },
    async (request, reply) => {
      const outcome = await recoverByCode(deps, { ...request.body, address: server.addressOf(request.raw) });
      if (isRefusal(outcome)) return void sendRefusal(reply, outcome);
      sessions.forget(outcome.personId);
      (reply as FastifyReply).code(204).send();
    },
  );

  server.post(
    "/api/v1/operator/users/:id/roles",
    {
      config: { access: "operator", stepUp: "always" },
      schema: {
        summary:
          "Give a role to somebody with an account here, or take it; never one's own, and only by a rail_operator",
        operationId: "changeRole",
        tags: ["Operators"],
        params: Closed({ id: UserId }),
        body: Closed({ role: Choice(ROLES), act: Choice(["add", "remove"]) }),
        response: {
          200: Closed({ user_id: Type.String(), roles: Type.Array(Choice(ROLES)) }),
          ...errorResponses(["FORBIDDEN", "USER_NOT_FOUND"]),
        },
      },
    },
    async (request, reply) => {
      const { traderId: actor, roles } = callerOf(request);
      const personId = request.params.id;
      await runAct({ acts }, request, reply, async (client) =>
        roles.has("rail_operator")
          ? changeRole(client, { ...request.body, personId, actor, by: "operator" })
          : refuse("FORBIDDEN"),
      );
      sessions.forget(personId);
    },
  );
};
