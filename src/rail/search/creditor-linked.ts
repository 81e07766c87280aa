/** Reads what a bank answers to `link_creditor`, later, when its client has answered. */
import type { JsonMembers } from "../../jws/index.ts";
import { isRefusal, type RefusalOf, refuse } from "../../kernel/index.ts";
import { readConsent, sealConsent, wrongConsentType } from "../aliases/index.ts";
import type { ParseRequest, Writing } from "../calls.ts";
import type { RailDeps } from "../deps.ts";
import { invalid } from "../errors.ts";
import { objectText, text } from "../json.ts";
import { ownerOf, readGuid, readOwnAccount, wrongType } from "../parsers/index.ts";
import { type Answered, type AnswerSearch, answerSearch } from "./answer-search.ts";

const TYPES = { request_guid: "string", result: "string", account: "string", consent: "object" } as const;

export type CreditorLinkedDeps = Pick<RailDeps, "phones" | "followAliases">;

type Caller = Parameters<ParseRequest<AnswerSearch, Answered>>[0];

/** What it says no with, before the command does. */
export const CREDITOR_LINKED_REFUSALS = ["INVALID_REQUEST", "INVALID_CREDITOR_ACCOUNT"] as const;

/** For `POST /api/v1/p2p/callbacks` of the type `creditor_linked`. */
export const prepareCreditorLinked =
  ({ phones, followAliases }: CreditorLinkedDeps) =>
  (
    { participant }: Caller,
    payload: JsonMembers,
  ): RefusalOf<typeof CREDITOR_LINKED_REFUSALS> | Writing<AnswerSearch, Answered> => {
    const wrong = wrongType(payload, TYPES);
    if (wrong !== undefined) return invalid(wrong);
    const inConsent = wrongConsentType(payload);
    if (inConsent !== null) return inConsent;
    const requestGuid = readGuid(payload.get("request_guid"));
    if (requestGuid === null) return invalid("request_guid");
    const result = payload.get("result");
    if (result !== "success" && result !== "failure") return invalid("result");
    const { guid: participantGuid } = participant;
    const account = readOwnAccount(payload.get("account"), ownerOf(participant));
    if (result === "success" && account === null) return refuse("INVALID_CREDITOR_ACCOUNT", { field: "account" });
    const consent = result === "success" ? readConsent(payload) : null;
    if (isRefusal(consent)) return consent;
    const yes =
      account === null || consent === null ? null : { account, consent: sealConsent(phones, participantGuid, consent) };
    return {
      command: answerSearch,
      input: { participantGuid, requestGuid, yes },
      present({ linked }) {
        followAliases();
        const answer = objectText([
          ["request_guid", text(requestGuid)],
          ["linked", String(linked)],
        ]);
        return { status: 200, text: answer };
      },
    };
  };
