/** What could not be delivered to a bank: it looks at its own, and has them sent again. */
import { Type } from "typebox";
import { page } from "../../database/index.ts";
import type { Dead } from "../../deliveries/index.ts";
import { unchanged } from "../../engine/index.ts";
import { Closed, Id, Nullable, Page } from "../../http/index.ts";
import { instant, isRefusal, type Refusal, refuse, toRfc3339 } from "../../kernel/index.ts";
import type { ParseRequest } from "../calls.ts";
import { defineCommand } from "../command.ts";
import type { RailDeps } from "../deps.ts";
import { errorResponses, invalid } from "../errors.ts";
import { type AskedPage, PAGING_QUERY, readPage, wholeNumber } from "../parsers/index.ts";
import { described, Jti, signedBody } from "../schemas.ts";
import { quotas } from "../tables/index.ts";
import { isDeliveryOf } from "./queries.ts";
import { eventOf } from "./serialize.ts";

const DELIVERIES = "/api/v1/p2p/deliveries";

const DeadDelivery = Closed({
  id: Id(),
  event_id: Type.String({ description: "the same at every attempt" }),
  type: Type.String({
    description: "as in the callback's body; `link_creditor` and `challenge` have paths of their own",
  }),
  attempts: Type.Integer(),
  last_error: Nullable(Type.String()),
  created_at: Type.String({ format: "date-time" }),
});

const documentOf = (dead: Dead) => ({
  id: dead.id,
  event_id: dead.eventId,
  type: eventOf(dead).type,
  attempts: dead.attempts,
  last_error: dead.lastError,
  created_at: toRfc3339(instant(dead.createdAt)),
});

/** Uses up what the request came with. Attempts are no row of the engine's: what is to be done comes after it. */
const askForResend = defineCommand<{ readonly participantGuid: string }, null>()({
  name: "ask-for-resend",
  refuses: [],
  needs: ({ participantGuid }) => [quotas.at(participantGuid)],
  decide: () => unchanged(null),
});

export const registerDeliveriesRoutes = ({ server, calls, pool, deliveries }: RailDeps): void => {
  server.get(
    DELIVERIES,
    {
      config: { access: "signed" },
      schema: {
        summary: "Your callbacks that could not be delivered, newest first",
        tags: ["Callbacks"],
        querystring: {
          type: "object",
          required: ["state"],
          properties: {
            state: { type: "string", enum: ["dead"] },
            ...PAGING_QUERY,
          },
        },
        response: { 200: described("a page of them", Page(DeadDelivery)), ...errorResponses(["INVALID_REQUEST"]) },
      },
    },
    calls.read(async ({ participant }, request) => {
      const asked = readDeadPage(request.query as object);
      if (isRefusal(asked)) return asked;
      const dead = await deliveries.dead(asked.limit + 1, asked.offset, participant.guid);
      return JSON.stringify(page(dead.map(documentOf), asked));
    }),
  );

  const resend: ParseRequest<{ readonly participantGuid: string }, null> = ({ participant: { guid } }, _, request) => {
    const id = wholeNumber(Reflect.get(request.params as object, "id"), 1, Number.MAX_SAFE_INTEGER);
    if (id === null) return refuse("NOT_FOUND");
    return {
      command: askForResend,
      input: { participantGuid: guid },
      async present(_result, replayed) {
        const resent = await deliveries.resend(id, guid);
        // The request that is repeated may have sent it already.
        const known = resent || (replayed && (await isDeliveryOf(pool, id, guid)));
        if (!known) return refuse("NOT_FOUND");
        return { status: 202, text: JSON.stringify({ id, state: "waiting" }) };
      },
    };
  };

  server.post(
    `${DELIVERIES}/:id/resend`,
    {
      config: { access: "signed" },
      schema: {
        summary: "Have a dead callback sent again, with ten more attempts",
        tags: ["Callbacks"],
        body: signedBody(Type.Object({ jti: Jti })),
        response: {
          202: described("it waits for its next attempt", Closed({ id: Id(), state: Type.Literal("waiting") })),
          ...errorResponses(["NOT_FOUND"]),
        },
      },
    },
    calls.write(resend),
  );
};

const readDeadPage = (query: object): AskedPage | Refusal<"INVALID_REQUEST"> =>
  Reflect.get(query, "state") === "dead" ? readPage(query) : invalid("state");
