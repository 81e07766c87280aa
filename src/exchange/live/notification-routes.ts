/** HTTP for notifications. */
import { Type } from "typebox";
import { Choice, Closed, CursorPage, callerOf, cursorPaging, Id, Nullable } from "../../http/index.ts";
import type { OrderId } from "../../kernel/index.ts";
import type { ExchangeDeps } from "../deps.ts";
import { errorResponses } from "../errors.ts";
import { markSeen } from "./mark-seen.ts";
import { listNotifications } from "./notifications.ts";
import { dataOf } from "./schemas.ts";
import { createShow, readerOf } from "./show.ts";

const NOTIFIED = ["order.updated", "message.created", "security.updated"] as const;

/** A position of the feed, which is a number; text, so that nobody counts with it. */
const Place = Type.String({ pattern: "^[1-9]\\d{0,14}$" });

const Notification = Closed({
  id: Place,
  read: Type.Boolean(),
  type: Choice(NOTIFIED),
  data: Type.Union(NOTIFIED.map(dataOf), { description: "as the feed's event of that type" }),
});

const config = { access: "trader" } as const;
const tags = ["For a front end"];
const path = "/api/v1/p2p/notifications";

export const registerNotificationRoutes = (deps: ExchangeDeps) => {
  const { server, pool, feed, submit } = deps;
  const show = createShow(deps);

  server.get(
    path,
    {
      config,
      schema: {
        summary:
          "What others did to the caller's orders, and what changed in how the caller comes in, of 30 days, newest first",
        description:
          "A page may hold fewer than asked for while `has_more` is true: `next` leads on from where it ended.",
        tags,
        querystring: Closed(cursorPaging()),
        response: { 200: CursorPage(Notification) },
      },
    },
    async (request) => (await listNotifications(pool, show, readerOf(request), request.query)) as never,
  );

  server.post(
    `${path}/read`,
    {
      config: { ...config, token: "trade" },
      schema: {
        summary: "Mark notifications as read: of one order or of all, up to one or up to now",
        tags,
        body: Closed({ order_id: Type.Optional(Id()), up_to: Type.Optional(Place) }),
        response: {
          200: Closed({ order_id: Nullable(Id()), up_to: Type.String() }),
          ...errorResponses(markSeen.refuses),
        },
      },
    },
    (request, reply) => {
      const { order_id: orderId = null, up_to: given } = request.body;
      // Nobody has seen what has not been told yet.
      const now = feed.place().position;
      const upTo = given === undefined ? now : Math.min(Number(given), now);
      return submit(request, reply, markSeen, {
        callerId: callerOf(request).traderId,
        orderId: orderId as OrderId,
        upTo,
        ofAccount: readerOf(request).ofAccount,
      });
    },
  );
};
