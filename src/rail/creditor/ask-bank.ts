/**
 * Asks a creditor's bank for a name that is encrypted for somebody else. What comes back is looked at from outside alone, and
 * is kept nowhere: neither in a row nor in a log.
 */
import { randomUUID } from "node:crypto";
import { post } from "../../deliveries/index.ts";
import { createRoom } from "../../http/index.ts";
import { type EncryptionJwk, isJweFor, JWE_LIMIT } from "../../jws/index.ts";
import { SECOND } from "../../kernel/index.ts";
import { callbackAddress, isCallable } from "../callbacks/index.ts";
import type { RailDeps } from "../deps.ts";
import type { PaidTo } from "./queries.ts";

/** Each holds a connection and a caller's answer for some seconds: one bank that hangs keeps nobody from asking another. */
const UNDER_WAY = { all: 128, each: 16 };
const ANSWER_MS = 5 * SECOND;

export type CreditorQuestion = Pick<PaidTo, "creditorGuid" | "account"> & {
  readonly orderGuid: string;
  readonly key: EncryptionJwk;
};

/** @returns null: the bank does not say */
export type AskBank = (question: CreditorQuestion) => Promise<string | null>;

type Deps = Pick<RailDeps, "directory" | "issuer" | "publicUrl" | "settings" | "userAgent">;

export const createAskBank = ({ directory, issuer, publicUrl, settings, userAgent }: Deps): AskBank => {
  const room = createRoom(UNDER_WAY);

  const ask = async ({ creditorGuid, ...question }: CreditorQuestion): Promise<string | null> => {
    const bank = directory.participant(creditorGuid);
    if (bank === undefined || !isCallable(bank) || directory.isInMaintenance(bank.guid)) return null;
    const url = callbackAddress(bank.callbackUrl, "creditor_data");
    const payload = {
      jti: randomUUID(),
      iat: Math.floor(Date.now() / SECOND),
      iss: publicUrl(),
      aud: url,
      sub: bank.guid,
      order_guid: question.orderGuid,
      account: question.account,
      key: question.key,
    };
    const headers = { "content-type": "application/jwt" };
    const answered = await post(url, headers, await issuer.signText(JSON.stringify(payload), "callback+jwt"), {
      allowPrivate: bank.mode === "sandbox" && settings.privateCallbacks,
      userAgent,
      answerBytes: JWE_LIMIT + 1,
      answerMs: settings.callbackAnswerMs ?? ANSWER_MS,
    });
    const text = "status" in answered && answered.status === 200 ? (answered.text ?? "").trim() : "";
    return isJweFor(text, question.key) ? text : null;
  };

  return async (question) => {
    const leave = room.enter(question.creditorGuid);
    if (typeof leave === "string") return null;
    try {
      return await ask(question);
    } finally {
      leave();
    }
  };
};
