/** Parses the answer of a bank that returns nothing. Whoever says yes makes the return. */
import { type AnswerOf, Closed } from "../../http/index.ts";
import { invalid } from "../errors.ts";
import { findWrongType, parseGuid, parsePurpose } from "../parsers/index.ts";
import { Guid, PaymentStatus } from "../schemas.ts";
import type { ParseRequest } from "../signed-calls.ts";
import { type RefusedReturn, type RefuseReturn, refuseReturn } from "./refuse-return.ts";

export const RefusedReturnAnswer = Closed({ payment_guid: Guid, status: PaymentStatus });

const TYPES = { payment_guid: "string", result: "string", reason: "string" } as const;

/** For `POST /api/v1/p2p/callbacks` of the type `return_request`. A reason is for people, as a purpose is, and like one. */
export const parseReturnRefusal: ParseRequest<RefuseReturn, RefusedReturn> = ({ participant }, payload) => {
  const wrong = findWrongType(payload, TYPES);
  if (wrong !== undefined) return invalid(wrong);
  const paymentGuid = parseGuid(payload.get("payment_guid"));
  if (paymentGuid === null) return invalid("payment_guid");
  if (payload.get("result") !== "failure") return invalid("result");
  const reason = parsePurpose(payload.get("reason"));
  if (payload.has("reason") && reason === null) return invalid("reason");
  return {
    command: refuseReturn,
    input: { paymentGuid, by: participant.guid, reason },
    present: ({ status }) => ({
      status: 200,
      body: { payment_guid: paymentGuid, status } satisfies AnswerOf<typeof RefusedReturnAnswer>,
    }),
  };
};
