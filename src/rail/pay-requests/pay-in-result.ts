/** Parses the later result of a `pay_in` that the creditor's bank answered with 202. */
import { type AnswerOf, Choice, Closed } from "../../http/index.ts";
import { invalid } from "../errors.ts";
import { findWrongType, parseGuid, parsePurpose } from "../parsers/index.ts";
import { Guid } from "../schemas.ts";
import type { ParseRequest } from "../signed-calls.ts";
import { type SettledPayment, type SettlePayment, settlePayment } from "./settle-payment.ts";

export const SettledAnswer = Closed({ guid: Guid, status: Choice(["created", "completed", "failed"]) });

const TYPES = { guid: "string", result: "string", reason: "string" } as const;

/** For `POST /api/v1/p2p/callbacks` of the type `pay_in`. A reason is for people, as a purpose is, and like one. */
export const parsePayInResult: ParseRequest<SettlePayment, SettledPayment> = ({ participant }, payload) => {
  const wrong = findWrongType(payload, TYPES);
  if (wrong !== undefined) return invalid(wrong);
  const paymentGuid = parseGuid(payload.get("guid"));
  if (paymentGuid === null) return invalid("guid");
  const result = payload.get("result");
  if (result !== "success" && result !== "failure") return invalid("result");
  const reason = parsePurpose(payload.get("reason"));
  if (payload.has("reason") && reason === null) return invalid("reason");
  return {
    command: settlePayment,
    input: { paymentGuid, by: participant.guid, result, reason },
    present: ({ guid, status }) => ({ status: 200, body: { guid, status } satisfies AnswerOf<typeof SettledAnswer> }),
  };
};
