/** HTTP for money that goes back: the creditor's bank returns it, the payer's bank asks for it, both read it. */
import { Type } from "typebox";
import { uuidv7 } from "../../engine/index.ts";
import { Choice, CursorPage, Ref } from "../../http/index.ts";
import { isRefusal, refuse } from "../../kernel/index.ts";
import { ReturnComponent, ReturnRequestComponent } from "../callbacks/index.ts";
import type { RailDeps } from "../deps.ts";
import { errorResponses } from "../errors.ts";
import { found } from "../found.ts";
import { PAGING_QUERY, parameterOf, parseGuid, readPage } from "../parsers/index.ts";
import { Amount, described, Guid, Jti, signedBody } from "../schemas.ts";
import { defineQuery, type ParseRequest } from "../signed-calls.ts";
import { RETURN_REASONS } from "../tables/index.ts";
import { type AskedForReturn, type AskForReturn, askForReturn } from "./ask-for-return.ts";
import { type MadeReturn, type MakeReturn, makeReturn } from "./make-return.ts";
import { ASK_REFUSALS, parseAsk, parseReturn, RETURN_REFUSALS } from "./payloads.ts";
import { findReturn, findReturnOf, findReturnRequest, findReturnRequestOf, listReturns } from "./queries.ts";
import { returnDocument, returnRequestDocument } from "./views.ts";

const RETURNS = "/api/v1/p2p/returns";
const REQUESTS = "/api/v1/p2p/return-requests";
const tags = ["Payments"];
const config = { access: "signed" } as const;
const reason = Choice(RETURN_REASONS);

const returnBody = Type.Object({
  jti: Jti,
  payment_guid: Guid,
  return_external_id: Type.String({ pattern: "^[!-~]{1,64}$" }),
  amount: Amount,
  reason,
});
const requestBody = Type.Object({ jti: Jti, payment_guid: Guid, amount: Type.Optional(Amount), reason });

export const registerReturnRoutes = (deps: RailDeps): void => {
  for (const component of [ReturnComponent, ReturnRequestComponent]) deps.server.addSchema(component);
  registerReturning(deps);
  registerReadingReturns(deps);
  registerRequests(deps);
};

const registerReturning = ({ server, calls, pool }: RailDeps): void => {
  const make: ParseRequest<MakeReturn, MadeReturn> = ({ participant }, payload) => {
    const form = parseReturn(payload);
    if (isRefusal(form)) return form;
    return {
      command: makeReturn,
      input: { participantGuid: participant.guid, ...form, guid: uuidv7() },
      async present({ guid, again }) {
        const body = returnDocument(found(await findReturn(pool, guid), "return"));
        return { status: again ? 200 : 201, body, location: `${RETURNS}/${guid}` };
      },
    };
  };

  server.post(
    RETURNS,
    {
      config,
      schema: {
        summary: "Return money that came to you",
        description:
          "Of a completed payment, up to what is not yet returned. The same external id again is the same return. It answers the payer's bank, where it had asked for one.",
        tags,
        body: signedBody(returnBody),
        response: {
          200: described("you had returned it before", Ref(ReturnComponent)),
          201: described("taken; the payer's bank is told by `return`", Ref(ReturnComponent)),
          ...errorResponses([...RETURN_REFUSALS, ...makeReturn.refuses]),
        },
      },
    },
    calls.write(make),
  );
};

const registerReadingReturns = ({ server, calls, pool }: RailDeps): void => {
  const readReturn = defineQuery(["INVALID_ORDER_GUID", "NOT_FOUND"], async ({ participant }, request) => {
    const guid = parseGuid(parameterOf(request.params, "guid"));
    if (guid === null) return refuse("INVALID_ORDER_GUID");
    const made = await findReturnOf(pool, participant.guid, guid);
    return made === null ? refuse("NOT_FOUND") : returnDocument(made);
  });

  server.get(
    `${RETURNS}/:guid`,
    {
      config,
      schema: {
        summary: "A return that you made, or that was made to you",
        tags,
        response: { 200: described("the return", Ref(ReturnComponent)), ...errorResponses(readReturn.refuses) },
      },
    },
    calls.read(readReturn),
  );

  const refuses = ["INVALID_REQUEST", "INVALID_ORDER_GUID"] as const;
  const readReturns = defineQuery(refuses, async ({ participant }, request) => {
    const asked = readPage(request.query as object);
    if (isRefusal(asked)) return asked;
    const payment = parseGuid(parameterOf(request.query, "payment_guid"));
    if (payment === null) return refuse("INVALID_ORDER_GUID", { field: "payment_guid" });
    const listed = await listReturns(pool, participant.guid, payment, asked);
    return { ...listed, items: listed.items.map(returnDocument) };
  });

  server.get(
    RETURNS,
    {
      config,
      schema: {
        summary: "What was returned of a payment of yours, oldest first",
        tags,
        querystring: {
          type: "object",
          required: ["payment_guid"],
          properties: { payment_guid: { type: "string", format: "uuid" }, ...PAGING_QUERY },
        },
        response: {
          200: described("a page of them", CursorPage(Ref(ReturnComponent))),
          ...errorResponses(readReturns.refuses),
        },
      },
    },
    calls.read(readReturns),
  );
};

const registerRequests = ({ server, calls, pool }: RailDeps): void => {
  const ask: ParseRequest<AskForReturn, AskedForReturn> = ({ participant }, payload) => {
    const form = parseAsk(payload);
    if (isRefusal(form)) return form;
    return {
      command: askForReturn,
      input: { participantGuid: participant.guid, ...form },
      async present({ paymentGuid, again }) {
        const body = returnRequestDocument(found(await findReturnRequest(pool, paymentGuid), "return request"));
        return { status: again ? 200 : 201, body, location: `${REQUESTS}/${paymentGuid}` };
      },
    };
  };

  server.post(
    REQUESTS,
    {
      config,
      schema: {
        summary: "Ask for money back that you sent",
        description:
          "Once for a payment. The creditor's bank returns something, or says no by `POST /callbacks`, or the request lapses after seven days.",
        tags,
        body: signedBody(requestBody),
        response: {
          200: described("you had asked for it before: as it is now", Ref(ReturnRequestComponent)),
          201: described("the creditor's bank is told by `return_request`", Ref(ReturnRequestComponent)),
          ...errorResponses([...ASK_REFUSALS, ...askForReturn.refuses]),
        },
      },
    },
    calls.write(ask),
  );

  const readRequest = defineQuery(["INVALID_ORDER_GUID", "NOT_FOUND"], async ({ participant }, request) => {
    const guid = parseGuid(parameterOf(request.params, "payment_guid"));
    if (guid === null) return refuse("INVALID_ORDER_GUID");
    const asked = await findReturnRequestOf(pool, participant.guid, guid);
    return asked === null ? refuse("NOT_FOUND") : returnRequestDocument(asked);
  });

  server.get(
    `${REQUESTS}/:payment_guid`,
    {
      config,
      schema: {
        summary: "What was asked back of a payment of yours",
        tags,
        response: {
          200: described("the request as it is now", Ref(ReturnRequestComponent)),
          ...errorResponses(readRequest.refuses),
        },
      },
    },
    calls.read(readRequest),
  );
};
