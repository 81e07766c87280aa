/** Live updates: a stream of what concerns the caller, and a poll on the same feed. */
import { type Static, Type } from "typebox";
import type { Feed } from "../../engine/index.ts";
import { Closed, callerOf, sendRefusal } from "../../http/index.ts";
import { refuse } from "../../kernel/index.ts";
import type { ExchangeDeps } from "../deps.ts";
import { errorResponses } from "../errors.ts";
import { FrameSchema, resetFrame } from "../events.ts";
import { frameOf, placeText, readPlace } from "./frames.ts";
import { LIVE_LIMITS } from "./limits.ts";
import { openStream } from "./stream.ts";

/** Events of one poll. */
const POLL_LIMIT = 100;

const FramePage = Closed({
  items: Type.Array(FrameSchema),
  next: Type.String({ description: "`after` of the next page" }),
});

/** Two media types under one status: what a page is made of is what a stream's frames are. */
const FEED = {
  description:
    "a page, or a stream of frames: `id:` is an event's `id`, `event:` its `type`, `data:` its `data` as JSON",
  content: {
    "application/json": { schema: FramePage },
    "text/event-stream": { schema: FrameSchema },
  },
};

export const registerLiveRoutes = ({ server, feed }: ExchangeDeps) => {
  const streams = new Set<() => void>();
  const perCaller = new Map<string, number>();
  server.addHook("preClose", async () => {
    for (const end of [...streams]) end();
  });

  server.get(
    "/api/v1/p2p/events",
    {
      config: { access: "trader" },
      schema: {
        summary: "What concerns the caller, as Server-Sent Events; with `after`, as a page",
        description:
          "Without `after` the answer is a stream (`text/event-stream`) that resumes from `Last-Event-ID`. With `after` " +
          "(the `next` of the last page, or empty for now) it is a page of the same feed. A place that is not known any " +
          "more gives one `reset` event: read everything anew.",
        tags: ["Live updates"],
        querystring: Closed({ after: Type.Optional(Type.String({ maxLength: 40 })) }),
        response: {
          200: FEED,
          ...errorResponses(["RATE_LIMITED"]),
        },
      },
    },
    async (request, reply) => {
      const { traderId, expiresAt } = callerOf(request);
      const { after } = request.query;
      if (after !== undefined) {
        await reply.send(await poll(feed, traderId, after));
        return;
      }
      const open = perCaller.get(traderId) ?? 0;
      if (open >= LIVE_LIMITS.perCaller || streams.size >= LIVE_LIMITS.perNode) {
        sendRefusal(reply, refuse("RATE_LIMITED", { streams: LIVE_LIMITS.perCaller }));
        return;
      }
      reply.hijack();
      const last = request.headers["last-event-id"];
      const end = openStream(reply.raw, {
        feed,
        recipient: traderId,
        after: typeof last === "string" && last !== "" ? (readPlace(last) ?? "unknown") : null,
        expiresAt,
        onEnd() {
          streams.delete(end);
          const left = (perCaller.get(traderId) ?? 1) - 1;
          if (left === 0) perCaller.delete(traderId);
          else perCaller.set(traderId, left);
        },
      });
      streams.add(end);
      perCaller.set(traderId, open + 1);
    },
  );
};

const poll = async (feed: Feed, recipient: string, after: string): Promise<Static<typeof FramePage>> => {
  const { epoch, position } = feed.place();
  const now = placeText({ epoch, position });
  if (after === "") return { items: [], next: now };
  const place = readPlace(after);
  const found = place === null ? "gone" : await feed.history(recipient, place, POLL_LIMIT);
  if (found === "gone") return { items: [resetFrame(now)], next: now };
  return {
    items: found.events.map((event) => frameOf(event, epoch)),
    next: placeText({ epoch, position: found.next }),
  };
};
