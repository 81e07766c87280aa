/** HTTP for the list of chats. */
import { Closed, callerOf, cursorPaging } from "../../http/index.ts";
import type { ExchangeDeps } from "../deps.ts";
import { presentOrder } from "../orders/index.ts";
import { listSessions } from "./queries.ts";
import { SessionPage } from "./schemas.ts";

export const registerSessionRoutes = ({ server, pool, details }: ExchangeDeps) => {
  const present = presentOrder(details);
  server.get(
    "/api/v1/p2p/sessions",
    {
      config: { access: "trader" },
      schema: {
        summary: "One's orders as chats, newest activity first",
        tags: ["Chat"],
        querystring: Closed(cursorPaging()),
        response: { 200: SessionPage },
      },
    },
    async (request) => {
      const found = await listSessions(pool, callerOf(request).traderId, request.query);
      return { ...found, items: found.items.map((item) => ({ ...item, order: present(item.order) })) };
    },
  );
};
