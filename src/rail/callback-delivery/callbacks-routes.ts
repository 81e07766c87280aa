/** What banks answer later, by type: `creditor_linked`, `pay_in` and `return_request`. */
import { Type } from "typebox";
import { Choice } from "../../http/index.ts";
import { consentBody } from "../aliases/index.ts";
import type { RailDeps } from "../deps.ts";
import { errorResponses, invalid } from "../errors.ts";
import { parsePayInResult, SettledAnswer, settlePayment } from "../pay-requests/index.ts";
import { parseReturnRefusal, RefusedReturnAnswer, refuseReturn } from "../returns/index.ts";
import { Account, described, Guid, Jti, Purpose, signedBody } from "../schemas.ts";
import { answerSearch, CREDITOR_LINKED_REFUSALS, CreditorLinkedAnswer, parseCreditorLinked } from "../search/index.ts";
import type { ParseRequest } from "../signed-calls.ts";

const result = Choice(["success", "failure"]);
const creditorLinked = Type.Object({
  jti: Jti,
  type: Type.Literal("creditor_linked"),
  request_guid: Guid,
  result,
  account: Type.Optional(Account),
  consent: Type.Optional(consentBody),
});
const payIn = Type.Object({
  jti: Jti,
  type: Type.Literal("pay_in"),
  guid: Guid,
  result,
  reason: Type.Optional(described("why not, as a purpose is written: the payer's bank is told", Purpose)),
});

const noReturn = Type.Object({
  jti: Jti,
  type: Type.Literal("return_request"),
  payment_guid: Guid,
  result: Choice(["failure"], { description: "whoever says yes makes the return" }),
  reason: Type.Optional(described("why not, as a purpose is written: the payer's bank is told", Purpose)),
});

/** One for each type of later answer. */
type CallbackParser = ParseRequest<unknown, unknown>;

export const registerCallbackRoutes = (deps: RailDeps): void => {
  const { server, calls } = deps;
  const types: ReadonlyMap<unknown, CallbackParser> = new Map<unknown, CallbackParser>([
    ["creditor_linked", parseCreditorLinked(deps)],
    ["pay_in", parsePayInResult],
    ["return_request", parseReturnRefusal],
  ]);

  server.post(
    "/api/v1/p2p/callbacks",
    {
      config: { access: "signed" },
      schema: {
        summary:
          "Tell us what you answered with 202: the client's answer to `link_creditor`, the money of `pay_in`, or that you return nothing",
        tags: ["Callbacks"],
        body: signedBody(Type.Union([creditorLinked, payIn, noReturn])),
        response: {
          200: described(
            "what became of it: of `creditor_linked` whether the phone is linked, of `pay_in` the payment, of `return_request` the request",
            Type.Union([CreditorLinkedAnswer, SettledAnswer, RefusedReturnAnswer]),
          ),
          ...errorResponses([
            ...CREDITOR_LINKED_REFUSALS,
            ...answerSearch.refuses,
            ...settlePayment.refuses,
            ...refuseReturn.refuses,
          ]),
        },
      },
    },
    calls.write<unknown, unknown>((caller, payload, request) => {
      const parse = types.get(payload.get("type"));
      return parse === undefined ? invalid("type") : parse(caller, payload, request);
    }),
  );
};
