/** Live updates: a stream of what concerns the caller, and a poll on the same feed. */
import { Type } from "typebox";
import type { Feed } from "../../engine/index.ts";
import { Closed, callerOf, createRoom, sendRefusal } from "../../http/index.ts";
import { refuse } from "../../kernel/index.ts";
import type { ExchangeDeps } from "../deps.ts";
import { errorResponses } from "../errors.ts";
import { frameOf, placeText, readPlace } from "./frames.ts";
import { createHubs } from "./hubs.ts";
import { LIVE_LIMITS } from "./limits.ts";
import { type EndReason, FramePage, FrameSchema, resetFrame } from "./schemas.ts";
import { createShow, type Reader, readerOf, recipientsOf, type Show } from "./show.ts";
import { openStream } from "./stream.ts";

const MOST_STREAMS = LIVE_LIMITS.streams.each;

/** Events of one poll. */
const POLL_LIMIT = 100;

/** Two media types under one status: what a page is made of is what a stream's frames are. */
const FEED = {
  description:
    "a page, or a stream of frames: `id:` is an event's `id`, `event:` its `type`, `data:` its `data` as JSON",
  content: {
    "application/json": { schema: FramePage },
    "text/event-stream": { schema: FrameSchema },
  },
};

export const registerLiveRoutes = ({ server, feed, pool, details, settings }: ExchangeDeps) => {
  const show = createShow({ pool, details, settings });
  const hubs = createHubs(feed, show);
  const streams = new Set<(reason: EndReason) => void>();
  const room = createRoom(LIVE_LIMITS.streams);
  server.addHook("preClose", async () => {
    for (const end of [...streams]) end("server_stopping");
  });

  server.get(
    "/api/v1/p2p/events",
    {
      config: { access: "trader", unattended: true },
      schema: {
        summary: "What concerns the caller, as Server-Sent Events; with `after`, as a page",
        description:
          "Without `after` the answer is a stream (`text/event-stream`) that resumes from `Last-Event-ID`. Its first frame " +
          "bears the present `id` and nothing else; before the server ends it, it sends `end` with the reason. With `after` " +
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
      const { traderId, expiresAt, session, personalToken } = callerOf(request);
      const { after } = request.query;
      if (after !== undefined) {
        await reply.send(await poll({ feed, show }, readerOf(request), after));
        return;
      }
      const leave = room.enter(traderId);
      if (leave === "own" || leave === "full") {
        sendRefusal(reply, leave === "full" ? refuse("OVERLOADED") : refuse("RATE_LIMITED", { streams: MOST_STREAMS }));
        return;
      }
      reply.hijack();
      let unwatch: (() => void) | undefined;
      const last = request.headers["last-event-id"];
      const end = openStream(reply.raw, {
        feed,
        show,
        hubs,
        reader: readerOf(request),
        after: typeof last === "string" && last !== "" ? (readPlace(last) ?? "unknown") : null,
        expiresAt,
        onEnd() {
          unwatch?.();
          streams.delete(end);
          leave();
        },
      });
      streams.add(end);
      unwatch = session?.onEnd(() => end("session_ended")) ?? personalToken?.onEnd(() => end("token_expired"));
    },
  );
};

type PollDeps = { readonly feed: Feed; readonly show: Show };

const poll = async ({ feed, show }: PollDeps, reader: Reader, after: string): Promise<FramePage> => {
  const { epoch, position } = feed.place();
  const now = placeText({ epoch, position });
  if (after === "") return { items: [], next: now };
  const place = readPlace(after);
  const found = place === null ? "gone" : await feed.history(recipientsOf(reader), place, POLL_LIMIT);
  if (found === "gone") return { items: [resetFrame(now)], next: now };
  const shown = await show(reader, found.events);
  return { items: shown.map((one) => frameOf(one, epoch)), next: placeText({ epoch, position: found.next }) };
};
