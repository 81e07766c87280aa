/** Payments whose creditor's bank could not be told, for operators, on the exchange's listener. */
import type { Pool } from "pg";
import { Type } from "typebox";
import { Choice, Closed, CursorPage, cursorPaging, type Server } from "../../http/index.ts";
import { listSilent } from "./queries.ts";

const Bank = Closed({ guid: Type.String(), name: Type.String() });

const SilentPayment = Closed({
  guid: Type.String({ format: "uuid", description: "both banks know it by the same" }),
  order_guid: Type.String({ format: "uuid" }),
  mode: Choice(["sandbox", "production"]),
  debtor_bank: Bank,
  creditor_bank: Bank,
  amount: Type.String({ description: "as it was written" }),
  currency: Type.String(),
  late: Type.Boolean(),
  created_at: Type.String({ format: "date-time" }),
});

export const registerPaymentOperatorRoutes = ({
  server,
  pool,
}: {
  readonly server: Server;
  readonly pool: Pool;
}): void => {
  server.get(
    "/api/v1/operator/silent-payments",
    {
      config: { access: "rail_operator" },
      schema: {
        summary: "Payments that their creditor's bank could not be told of, oldest first",
        description: "Each goes from the list as soon as that bank says what became of the money.",
        tags: ["Rail participants"],
        querystring: Closed(cursorPaging()),
        response: { 200: CursorPage(SilentPayment) },
      },
    },
    (request) => listSilent(pool, request.query),
  );
};
