/** HTTP for operators who stop a trader, or let one go on. Each act is in the audit trail, with its reason. */
import { Type } from "typebox";
import { Closed, callerOf, Ref } from "../../http/index.ts";
import type { ExchangeDeps } from "../deps.ts";
import { errorResponses } from "../errors.ts";
import { Reason, UserId } from "../schemas.ts";
import { StandingSchema } from "./schemas.ts";
import { resumeTrader, suspendTrader } from "./suspend-trader.ts";

const UserParams = Closed({ id: UserId });
const config = { access: "operator" } as const;
const tags = ["Operators"];

export const registerSuspensionRoutes = ({ server, submit }: ExchangeDeps) => {
  server.post(
    "/api/v1/operator/users/:id/suspend",
    {
      config,
      schema: {
        summary: "Stop a trader: no new ads or orders, and the trader's ads are hidden; open orders go on",
        tags,
        params: UserParams,
        body: Closed({ reason: Reason }),
        response: { 200: Ref(StandingSchema), ...errorResponses(suspendTrader.refuses) },
      },
    },
    (request, reply) => {
      const operatorId = callerOf(request).traderId;
      const input = { traderId: request.params.id, operatorId, reason: request.body.reason };
      return submit(request, reply, suspendTrader, input);
    },
  );

  server.post(
    "/api/v1/operator/users/:id/resume",
    {
      config,
      schema: {
        summary: "Let a trader go on; one who owes only when despite_debt says so",
        tags,
        params: UserParams,
        body: Closed({
          reason: Reason,
          despite_debt: Type.Optional(
            Type.Boolean({ description: "lets a debtor go on; the debt stays, and is collected as before" }),
          ),
        }),
        response: { 200: Ref(StandingSchema), ...errorResponses(resumeTrader.refuses) },
      },
    },
    (request, reply) => {
      const { reason, despite_debt: despiteDebt = false } = request.body;
      const operatorId = callerOf(request).traderId;
      return submit(request, reply, resumeTrader, { traderId: request.params.id, operatorId, reason, despiteDebt });
    },
  );
};
