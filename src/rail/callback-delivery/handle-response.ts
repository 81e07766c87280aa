/**
 * What banks' answers mean, with what follows from them. It is done before the delivery is settled: after a crash it is
 * asked again, and the commands act once.
 */
import { type Answered, DELIVERY_LIMITS, type Delivery, type Verdict } from "../../deliveries/index.ts";
import { type Command, type Executor, Unavailable } from "../../engine/index.ts";
import { isMembers, JsonFault, parseJson } from "../../jws/index.ts";
import type { Callback } from "../callbacks/index.ts";
import { type Directory, proveCallback } from "../participants/index.ts";
import { settlePayment } from "../pay-requests/index.ts";
import { refuseAsk } from "../search/index.ts";
import { answersChallenge } from "./challenge.ts";
import { toldOf } from "./serialize.ts";

export type JudgeDeps = { readonly executor: Executor; readonly directory: Pick<Directory, "byKid"> };

/** @property text the beginning of the body, where it was asked for */
type Answer = { readonly status: number; readonly text?: string };
type Of<Type extends Callback["type"]> = Extract<Callback, { readonly type: Type }>;

export const createJudge = ({ executor, directory }: JudgeDeps) => {
  /** A refusal is an end as well: there is nothing that asking again would change. */
  const follow = async <Input>(command: Command<Input, unknown>, input: Input, bank: string): Promise<Verdict> => {
    try {
      await executor.submit(command, input, { caller: `callbacks ${bank}` });
      return "done";
    } catch (error) {
      if (error instanceof Unavailable) return "again";
      throw error;
    }
  };

  const asked = async ({ order_guid }: Of<"link_creditor">, bank: string, answer: Answer): Promise<Verdict> => {
    if (answer.status === 202) return "done";
    if (answer.status !== 400 || codeOf(answer) !== "USER_NOT_FOUND") return "again";
    return follow(refuseAsk, { orderGuid: order_guid, participantGuid: bank }, bank);
  };

  /** Anything but 200 is no confirmation: money is only said to have come by who got it. */
  const paidIn = async ({ guid }: Of<"pay_in">, bank: string, { status }: Answer): Promise<Verdict> => {
    if (status === 202) return "done";
    if (status !== 200) return "again";
    return follow(settlePayment, { paymentGuid: guid, by: bank, result: "success" }, bank);
  };

  const challenged = async ({ challenge }: Of<"challenge">, bank: string, answer: Answer): Promise<Verdict> => {
    const text = answer.status === 200 ? (answer.text ?? "") : "";
    if (!(await answersChallenge({ directory, participantGuid: bank, challenge, answer: text }))) return "again";
    return follow(proveCallback, { participantGuid: bank, challenge }, bank);
  };

  /** Whoever cannot be reached is not asking its client: after the last attempt that is a no, like any other. */
  const ask = async (told: Of<"link_creditor">, delivery: Delivery, answered: Answered): Promise<Verdict> => {
    const { endpoint: bank, attempts } = delivery;
    const verdict = "error" in answered ? "again" : await asked(told, bank, answered);
    if (verdict === "again" && attempts >= DELIVERY_LIMITS.attempts)
      await follow(refuseAsk, { orderGuid: told.order_guid, participantGuid: bank }, bank);
    return verdict;
  };

  return async (delivery: Delivery, answered: Answered): Promise<Verdict> => {
    const told = toldOf(delivery);
    if (told.type === "link_creditor") return ask(told, delivery, answered);
    if ("error" in answered) return "again";
    if (told.type === "challenge") return challenged(told, delivery.endpoint, answered);
    if (told.type === "pay_in") return paidIn(told, delivery.endpoint, answered);
    return isTaken(answered) ? "done" : "again";
  };
};

const isTaken = ({ status }: Answer): boolean => status >= 200 && status < 300;

const codeOf = ({ text = "" }: Answer): unknown => {
  try {
    const value = parseJson(text);
    return isMembers(value) ? value.get("code") : undefined;
  } catch (error) {
    if (error instanceof JsonFault) return undefined;
    throw error;
  }
};
