/** HTTP for the payer's bank: where to pay, and that it has paid. */
import { Type } from "typebox";
import { uuidv7 } from "../../engine/index.ts";
import type { AnswerOf } from "../../http/index.ts";
import { isRefusal, refuse, toRfc3339 } from "../../kernel/index.ts";
import type { RailDeps } from "../deps.ts";
import { errorResponses } from "../errors.ts";
import { asWritten, optional } from "../json.ts";
import { parameterOf, parseGuid } from "../parsers/index.ts";
import { Account, Amount, described, Guid, Jti, signedBody } from "../schemas.ts";
import { defineQuery, type ParseRequest } from "../signed-calls.ts";
import type { Payment } from "../tables/index.ts";
import { type AnnouncedPayment, type AnnouncePayment, announcePayment } from "./announce-payment.ts";
import { type OpenedPayRequest, type OpenPayRequest, openPayRequest } from "./open-pay-request.ts";
import { PAY_REQUEST_REFUSALS, PAYMENT_REFUSALS, parsePayment, parsePayRequest } from "./payloads.ts";
import { findPayment } from "./payment-queries.ts";
import { type FoundPayRequest, findPayRequest } from "./queries.ts";
import { AnnouncedAnswer, PayRequestAnswer } from "./schemas.ts";

const PAY_REQUESTS = "/api/v1/p2p/pay-requests";
export const PAYMENTS = "/api/v1/p2p/payment-messages";
const tags = ["Payments"];
const config = { access: "signed" } as const;

const payRequestBody = Type.Object({ jti: Jti, order_guid: Guid, debtor: Type.Object({ account: Account }) });
const paymentBody = Type.Object({
  jti: Jti,
  order_guid: Guid,
  payment_message_external_id: Type.String({ pattern: "^[!-~]{1,64}$" }),
  amount: Amount,
  currency: Type.String({ pattern: "^[A-Z]{3}$" }),
});

const payRequestDocument = (found: FoundPayRequest): AnswerOf<typeof PayRequestAnswer> => ({
  guid: found.guid,
  order_guid: found.orderGuid,
  status: found.status,
  ...optional("reason", found.reason),
  ...optional("creditor", found.account === null ? null : { account: found.account }),
  ...optional("amount", found.amountText === null ? null : asWritten(found.amountText)),
  currency: found.currency,
  purpose: found.purpose,
  expires_at: found.expiresAtText ?? toRfc3339(found.expiresAt),
});

const announcedDocument = (
  { guid, late }: AnnouncedPayment,
  status: Payment["status"],
): AnswerOf<typeof AnnouncedAnswer> => ({
  guid,
  status,
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
      async present({ guid }) {
        const present = await findPayRequest(pool, participantGuid, guid);
        if (present === null) throw new Error("a pay request that was opened is not there");
        return { status: 202, body: payRequestDocument(present), location: `${PAY_REQUESTS}/${guid}` };
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
      async present(announced, replayed) {
        const { guid, again } = announced;
        const present = again || replayed ? await findPayment(pool, guid) : null;
        return {
          status: again ? 200 : 201,
          body: announcedDocument(announced, present?.status ?? "created"),
          location: `${PAYMENTS}/${guid}`,
        };
      },
    };
  };

  const readPayRequest = defineQuery(["INVALID_ORDER_GUID", "NOT_FOUND"], async ({ participant }, request) => {
    const guid = parseGuid(parameterOf(request.params, "guid"));
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
          202: described("opened: all that your client must see before it pays", PayRequestAnswer),
          ...errorResponses([...PAY_REQUEST_REFUSALS, ...openPayRequest.refuses]),
        },
      },
    },
    calls.write(open),
  );

  server.post(
    PAYMENTS,
    {
      config,
      schema: {
        summary: "Say that the money was sent",
        description:
          "Of a phone order whose pay request was completed, or of a link that you have opened a pay request for and nobody has paid: however late. The same external id again is the same payment.",
        tags,
        body: signedBody(paymentBody),
        response: {
          200: described("you had announced it before: as it is now", AnnouncedAnswer),
          201: described("taken; `pay_out` tells later what the creditor's bank says", AnnouncedAnswer),
          ...errorResponses([...PAYMENT_REFUSALS, ...announcePayment.refuses]),
        },
      },
    },
    calls.write(announce),
  );
};
