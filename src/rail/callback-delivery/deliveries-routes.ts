/** What could not be delivered to a bank: it looks at its own, and has them sent again. */
import { Type } from "typebox";
import { listPage, NEWEST, placeOf } from "../../database/index.ts";
import { type Dead, letters, sendAgain } from "../../deliveries/index.ts";
import { type AnswerOf, Closed, CursorPage, Id, Nullable } from "../../http/index.ts";
import { instant, isRefusal, type Refusal, refuse, toRfc3339 } from "../../kernel/index.ts";
import type { CallbackEvent } from "../callbacks/index.ts";
import { defineCommand } from "../command.ts";
import type { RailDeps } from "../deps.ts";
import { errorResponses, invalid } from "../errors.ts";
import { type AskedPage, PAGING_QUERY, readPage, wholeNumber } from "../parsers/index.ts";
import { described, Jti, signedBody } from "../schemas.ts";
import { CHANNEL } from "../settings.ts";
import { defineQuery, type ParseRequest } from "../signed-calls.ts";
import { quotas } from "../tables/index.ts";
import { eventOf } from "./serialize.ts";

const DELIVERIES = "/api/v1/p2p/deliveries";

const GuidOf = (description: string) => Type.String({ format: "uuid", description });

const DeadDelivery = Closed({
  id: Id(),
  event_id: Type.String({ description: "the same at every attempt" }),
  type: Type.String({
    description: "as in the callback's body; `link_creditor` and `challenge` have paths of their own",
  }),
  order_guid: Nullable(GuidOf("of the order that it is about, where you know it")),
  payment_guid: Nullable(GuidOf("of the payment, of `pay_in`, `pay_out`, `return` and `return_request`")),
  request_guid: Nullable(GuidOf("of the search, of `link_creditor` and `link_cancelled`")),
  attempts: Type.Integer(),
  last_error: Nullable(Type.String()),
  created_at: Type.String({ format: "date-time" }),
});

const Resent = Closed({ id: Id(), state: Type.Literal("waiting") });

type About = Pick<AnswerOf<typeof DeadDelivery>, "order_guid" | "payment_guid" | "request_guid">;

/** What it was about, by the names that its bank knows: whoever was asked for a receiver does not know the order. */
const aboutOf = (event: CallbackEvent): About => ({
  order_guid: "order_guid" in event ? event.order_guid : null,
  payment_guid: paymentOf(event),
  request_guid: "request_guid" in event ? event.request_guid : null,
});

const paymentOf = (event: CallbackEvent): string | null => {
  if (event.type === "pay_in" || event.type === "pay_out") return event.guid;
  return "payment_guid" in event ? event.payment_guid : null;
};

const documentOf = (dead: Dead): AnswerOf<typeof DeadDelivery> => ({
  id: dead.id,
  event_id: dead.eventId,
  type: eventOf(dead).type,
  ...aboutOf(eventOf(dead)),
  attempts: dead.attempts,
  last_error: dead.lastError,
  created_at: toRfc3339(instant(dead.createdAt)),
});

type Resend = { readonly participantGuid: string; readonly id: number };

const resendCallback = defineCommand<Resend, null>()({
  name: "resend-callback",
  refuses: ["NOT_FOUND"],
  needs: ({ participantGuid, id }) => [quotas.at(participantGuid), letters.at(id)],
  decide(state, { participantGuid, id }, { now }) {
    const again = sendAgain(state.get(letters.at(id)), { channel: CHANNEL, endpoint: participantGuid }, now);
    return again === null ? refuse("NOT_FOUND") : { result: null, writes: [again], events: [] };
  },
});

export const registerDeliveriesRoutes = ({ server, calls, deliveries }: RailDeps): void => {
  const readDead = defineQuery(["INVALID_REQUEST"], async ({ participant }, request) => {
    const asked = readDeadPage(request.query as object);
    if (isRefusal(asked)) return asked;
    const before = placeOf(asked, NEWEST).id;
    const dead = await deliveries.dead(asked.limit + 1, asked.offset, { endpoint: participant.guid, before });
    const found = listPage(dead, asked, ({ id }) => ({ rank: 0, id }));
    return { ...found, items: found.items.map(documentOf) };
  });

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
        response: { 200: described("a page of them", CursorPage(DeadDelivery)), ...errorResponses(readDead.refuses) },
      },
    },
    calls.read(readDead),
  );

  const resend: ParseRequest<Resend, null> = ({ participant: { guid } }, _, request) => {
    const id = wholeNumber(Reflect.get(request.params as object, "id"), 1, Number.MAX_SAFE_INTEGER);
    if (id === null) return refuse("NOT_FOUND");
    return {
      command: resendCallback,
      input: { participantGuid: guid, id },
      present() {
        const body: AnswerOf<typeof Resent> = { id, state: "waiting" };
        return { status: 202, body };
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
          202: described("it waits for its next attempt", Resent),
          ...errorResponses(resendCallback.refuses),
        },
      },
    },
    calls.write(resend),
  );
};

const readDeadPage = (query: object): AskedPage | Refusal<"INVALID_REQUEST"> =>
  Reflect.get(query, "state") === "dead" ? readPage(query) : invalid("state");
