/**
 * What a bank's response to a callback means, with the command that follows from it. The command runs before the delivery
 * is settled: after a crash the callback is sent again, and the command acts once.
 */
import { type Answered, DELIVERY_LIMITS, type Delivery, type Verdict } from "../../deliveries/index.ts";
import { type Command, type Executor, Unavailable } from "../../engine/index.ts";
import { isJsonObject, JsonFault, type JsonValue, parseJson } from "../../jws/index.ts";
import { hearNotice } from "../aliases/index.ts";
import type { CallbackEvent } from "../callbacks/index.ts";
import { parseReason } from "../parsers/index.ts";
import { type Directory, proveCallback } from "../participants/index.ts";
import { settlePayment, silencePayment } from "../pay-requests/index.ts";
import { type SettleAsk, settleAsk } from "../search/index.ts";
import { answersChallenge } from "./challenge.ts";
import { eventOf } from "./serialize.ts";

export type HandleResponseDeps = {
  readonly executor: Executor;
  readonly directory: Pick<Directory, "byKid">;
  /** See `RailDeps`: a search may have ended. */
  readonly followAliases: () => void;
};

/** @property text the beginning of the body, where it is read */
type Answer = { readonly status: number; readonly text?: string };
type Of<Type extends CallbackEvent["type"]> = Extract<CallbackEvent, { readonly type: Type }>;

export const createHandleResponse = ({ executor, directory, followAliases }: HandleResponseDeps) => {
  const follow = createFollow(executor);
  const { tellOfMoney, tellOfAlias } = createTellers(follow);

  const asked = async ({ request_guid }: Of<"link_creditor">, bank: string, answer: Answer): Promise<Verdict> => {
    const outcome = outcomeOf(answer);
    return outcome === null ? "again" : follow(settleAsk, { requestGuid: request_guid, bank, outcome }, bank);
  };

  const challenged = async ({ challenge }: Of<"challenge">, bank: string, answer: Answer): Promise<Verdict> => {
    const text = answer.status === 200 ? (answer.text ?? "") : "";
    if (!(await answersChallenge({ directory, participantGuid: bank, challenge, answer: text }))) return "again";
    return follow(proveCallback, { participantGuid: bank, challenge }, bank);
  };

  /** A bank that cannot be reached is not asking its client: after the last attempt it counts as silent. */
  const ask = async (event: Of<"link_creditor">, delivery: Delivery, answered: Answered): Promise<Verdict> => {
    const { endpoint: bank, attempts } = delivery;
    const verdict = "error" in answered ? "again" : await asked(event, bank, answered);
    if (verdict === "again" && attempts >= DELIVERY_LIMITS.attempts)
      await follow(settleAsk, { requestGuid: event.request_guid, bank, outcome: "silent" }, bank);
    followAliases();
    return verdict;
  };

  return async (delivery: Delivery, answered: Answered): Promise<Verdict> => {
    const event = eventOf(delivery);
    if (event.type === "link_creditor") return ask(event, delivery, answered);
    if (event.type === "pay_in") return tellOfMoney(event, delivery, answered);
    if ("error" in answered) return "again";
    if (event.type === "alias_updated") return tellOfAlias(event, delivery.endpoint, answered);
    if (event.type === "challenge") return challenged(event, delivery.endpoint, answered);
    return isTaken(answered) ? "done" : "again";
  };
};

type Follow = <Input>(command: Command<Input, unknown>, input: Input, bank: string) => Promise<Verdict>;

/** A refusal is final as well: sending it again would change nothing. */
const createFollow =
  (executor: Executor): Follow =>
  async (command, input, bank) => {
    try {
      await executor.submit(command, input, { caller: `callbacks ${bank}` });
      return "done";
    } catch (error) {
      if (error instanceof Unavailable) return "again";
      throw error;
    }
  };

/** What is noted beside the delivery: of money whether its bank confirms it, of a move that it was announced. */
const createTellers = (follow: Follow) => {
  /** Only 200 confirms the payment: only the bank that received the money can say so. */
  const paidIn = async ({ guid }: Of<"pay_in">, bank: string, answer: Answered): Promise<Verdict> => {
    if ("error" in answer) return "again";
    if (answer.status === 202) return "done";
    const settlement = { paymentGuid: guid, by: bank };
    if (answer.status === 200) return follow(settlePayment, { ...settlement, result: "success" }, bank);
    const reason = refusedBecause(answer);
    return reason === null ? "again" : follow(settlePayment, { ...settlement, result: "failure", reason }, bank);
  };

  /** Nobody tells its bank any more that money is on its way: the payer's bank, and the operator, have to know. */
  const tellOfMoney = async (event: Of<"pay_in">, delivery: Delivery, answer: Answered): Promise<Verdict> => {
    const { endpoint: bank, attempts } = delivery;
    const verdict = await paidIn(event, bank, answer);
    if (verdict === "again" && attempts >= DELIVERY_LIMITS.attempts)
      await follow(silencePayment, { paymentGuid: event.guid }, bank);
    return verdict;
  };

  /** Whether a move was announced is noted with the move. */
  const tellOfAlias = async ({ move }: Of<"alias_updated">, bank: string, answer: Answer): Promise<Verdict> => {
    if (!isTaken(answer)) return "again";
    return move === undefined ? "done" : follow(hearNotice, { guid: move }, bank);
  };

  return { tellOfMoney, tellOfAlias };
};

/** Null: it means nothing, and is asked again. */
const outcomeOf = (answer: Answer): SettleAsk["outcome"] | null => {
  if (answer.status === 202) return "asks";
  return answer.status === 400 && codeOf(answer) === "USER_NOT_FOUND" ? "refuses" : null;
};

/** They are about the call, whoever answers it: no money is refused because a bank could not verify who called. */
const OF_THE_CALL: ReadonlySet<number> = new Set([401, 407, 408, 425, 429]);

/** The code with which a bank refuses money; null: it does not refuse it. */
const refusedBecause = (answer: Answer): string | null => {
  const refuses = answer.status >= 400 && answer.status < 500 && !OF_THE_CALL.has(answer.status);
  return refuses ? parseReason(codeOf(answer)) : null;
};

const isTaken = ({ status }: Answer): boolean => status >= 200 && status < 300;

const codeOf = ({ text = "" }: Answer): JsonValue | undefined => {
  try {
    const value = parseJson(text);
    return isJsonObject(value) ? value.get("code") : undefined;
  } catch (error) {
    if (error instanceof JsonFault) return undefined;
    throw error;
  }
};
