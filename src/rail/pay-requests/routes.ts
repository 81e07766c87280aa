/** HTTP for the payer's bank: where to pay, and that it has paid. */
import { Type } from "typebox";
import { uuidv7 } from "../../engine/index.ts";
import { type AnswerOf, Choice, Closed } from "../../http/index.ts";
import { isRefusal, refuse } from "../../kernel/index.ts";
import type { RailDeps } from "../deps.ts";
import { errorResponses } from "../errors.ts";
import { optional } from "../json.ts";
import { parseGuid } from "../parsers/index.ts";
import { Account, Amount, described, Guid, Jti, signedBody } from "../schemas.ts";
import { defineQuery, type ParseRequest } from "../signed-calls.ts";
import { type AnnouncedPayment, type AnnouncePayment, announcePayment } from "./announce-payment.ts";
import { type OpenedPayRequest, type OpenPayRequest, openPayRequest } from "./open-pay-request.ts";
import { PAY_REQUEST_REFUSALS, PAYMENT_REFUSALS, parsePayment, parsePayRequest } from "./payloads.ts";
import { type FoundPayRequest, findPayRequest } from "./queries.ts";

const PAY_REQUESTS = "/api/v1/p2p/pay-requests";
const tags = ["Payments"];
const config = { access: "signed" } as const;

const status = Choice(["created", "completed", "failed"]);
const reason = Type.Optional(
  Choice(["EXPIRED", "ALIAS_CHANGED", "REJECTED", "PAID", "REPLACED", "PAYMENT_FAILED"], {
    description:
      "why it failed: the order is over, the phone leads elsewhere, no receiver was found, another bank paid first, " +
      "you opened another one, the creditor's bank says that no money came",
  }),
);
const creditor = Type.Optional(Closed({ account: Type.String({ description: "where to pay, while it may be paid" }) }));

const payRequestBody = Type.Object({ jti: Jti, order_guid: Guid, debtor: Type.Object({ account: Account }) });
const paymentBody = Type.Object({
  jti: Jti,
  order_guid: Guid,
  payment_message_external_id: Type.String({ pattern: "^[!-~]{1,64}$" }),
  amount: Amount,
  currency: Type.String({ pattern: "^[A-Z]{3}$" }),
});

const Announced = Closed({
  guid: Guid,
  status,
  late: Type.Optional(
    Type.Boolean({ description: "true: the order is over, or the phone has moved; the creditor's bank decides" }),
  ),
});

const PayRequestAnswer = Closed({ guid: Guid, order_guid: Guid, status, reason, creditor });
const OpenedAnswer = Closed({ guid: Guid, status, creditor });

const creditorOf = (account: string | null) => optional("creditor", account === null ? null : { account });

const payRequestDocument = (found: FoundPayRequest): AnswerOf<typeof PayRequestAnswer> => ({
  guid: found.guid,
  order_guid: found.orderGuid,
  status: found.status,
  ...optional("reason", found.reason),
  ...creditorOf(found.account),
});

type Opened = Pick<FoundPayRequest, "guid" | "status" | "account">;

const openedDocument = ({ guid, status, account }: Opened): AnswerOf<typeof OpenedAnswer> => ({
  guid,
  status,
  ...creditorOf(account),
});

const announcedDocument = ({ guid, late }: AnnouncedPayment): AnswerOf<typeof Announced> => ({
  guid,
  status: "created",
  ...optional("late", late ? true : null),
});

export const registerPayRequestRoutes = ({ server, calls, pool, settings }: RailDeps): void => {
  const open: ParseRequest<OpenPayRequest, OpenedPayRequest> = ({ participant }, payload) => {
    const form = parsePayRequest(payload, participant);
    if (isRefusal(form)) return form;
    const { guid: participantGuid, mode } = participant;
    return {
      command: openPayRequest,
      input: { participantGuid, mode, ...form, guid: uuidv7() },
      async present(opened, replayed) {
        const present = replayed ? await findPayRequest(pool, participantGuid, opened.guid) : opened;
        return { status: 202, body: openedDocument(present ?? opened), location: `${PAY_REQUESTS}/${opened.guid}` };
      },
    };
  };

  const announce: ParseRequest<AnnouncePayment, AnnouncedPayment> = ({ participant }, payload) => {
    const form = parsePayment(payload, settings);
    if (isRefusal(form)) return form;
    const { guid: participantGuid, mode } = participant;
    return {
      command: announcePayment,
      input: { participantGuid, mode, ...form, guid: uuidv7() },
      present: (announced) => ({ status: 201, body: announcedDocument(announced) }),
    };
  };

  const readPayRequest = defineQuery(["INVALID_ORDER_GUID", "NOT_FOUND"], async ({ participant }, request) => {
    const guid = parseGuid(Reflect.get(request.params as object, "guid"));
    if (guid === null) return refuse("INVALID_ORDER_GUID");
    const found = await findPayRequest(pool, participant.guid, guid);
    return found === null ? refuse("NOT_FOUND") : payRequestDocument(found);
  });

  server.get(
    `${PAY_REQUESTS}/:guid`,
    {
      config,
      schema: {
        summary: "A pay request of yours",
        description:
          "Of a phone order once it is `processing`. `creditor` is there while it may be paid, and once it is.",
        tags,
        response: {
          200: described("the pay request as it is now", PayRequestAnswer),
          ...errorResponses(readPayRequest.refuses),
        },
      },
    },
    calls.read(readPayRequest),
  );

  server.post(
    PAY_REQUESTS,
    {
      config,
      schema: {
        summary: "Ask to pay a link order that a client of yours was shown",
        description:
          "One per bank and link: the same account again is the same request, another account takes its place. The first payment closes the others.",
        tags,
        body: signedBody(payRequestBody),
        response: {
          202: described("opened: `creditor` says where to pay", OpenedAnswer),
          ...errorResponses([...PAY_REQUEST_REFUSALS, ...openPayRequest.refuses]),
        },
      },
    },
    calls.write(open),
  );

  server.post(
    "/api/v1/p2p/payment-messages",
    {
      config,
      schema: {
        summary: "Say that the money was sent",
        description:
          "Of a phone order whose pay request was completed, however late, or of a link that you have an open pay request for. The same external id again gives the first answer.",
        tags,
        body: signedBody(paymentBody),
        response: {
          201: described("taken; `pay_out` tells later what the creditor's bank says", Announced),
          ...errorResponses([...PAYMENT_REFUSALS, ...announcePayment.refuses]),
        },
      },
    },
    calls.write(announce),
  );
};
