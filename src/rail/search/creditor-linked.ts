/** Parses a bank's later answer to `link_creditor`, sent once its client has answered. */
import { Type } from "typebox";
import { type AnswerOf, Closed } from "../../http/index.ts";
import type { JsonObject } from "../../jws/index.ts";
import { isRefusal, type RefusalOf, refuse } from "../../kernel/index.ts";
import { findWrongConsentType, parseConsent, sealConsent } from "../aliases/index.ts";
import type { RailDeps } from "../deps.ts";
import { invalid } from "../errors.ts";
import { findWrongType, ownerOf, parseGuid, parseOwnAccount } from "../parsers/index.ts";
import { Guid } from "../schemas.ts";
import type { ParseRequest, PreparedCommand } from "../signed-calls.ts";
import { type Answered, type AnswerSearch, answerSearch } from "./answer-search.ts";

export const CreditorLinkedAnswer = Closed({ request_guid: Guid, linked: Type.Boolean() });

const TYPES = { request_guid: "string", result: "string", account: "string", consent: "object" } as const;

export type CreditorLinkedDeps = Pick<RailDeps, "phones" | "settings" | "followAliases">;

type Caller = Parameters<ParseRequest<AnswerSearch, Answered>>[0];

/** What it says no with, before the command does. */
export const CREDITOR_LINKED_REFUSALS = ["INVALID_REQUEST", "INVALID_CREDITOR_ACCOUNT"] as const;

/** For `POST /api/v1/p2p/callbacks` of the type `creditor_linked`. */
export const parseCreditorLinked =
  ({ phones, settings, followAliases }: CreditorLinkedDeps) =>
  (
    { participant }: Caller,
    payload: JsonObject,
  ): RefusalOf<typeof CREDITOR_LINKED_REFUSALS> | PreparedCommand<AnswerSearch, Answered> => {
    const wrong = findWrongType(payload, TYPES);
    if (wrong !== undefined) return invalid(wrong);
    const inConsent = findWrongConsentType(payload);
    if (inConsent !== null) return inConsent;
    const requestGuid = parseGuid(payload.get("request_guid"));
    if (requestGuid === null) return invalid("request_guid");
    const result = payload.get("result");
    if (result !== "success" && result !== "failure") return invalid("result");
    const { guid: participantGuid } = participant;
    const account = parseOwnAccount(payload.get("account"), ownerOf(participant));
    if (result === "success" && account === null) return refuse("INVALID_CREDITOR_ACCOUNT", { field: "account" });
    const consent = result === "success" ? parseConsent(payload) : null;
    if (isRefusal(consent)) return consent;
    const yes =
      account === null || consent === null ? null : { account, consent: sealConsent(phones, participantGuid, consent) };
    return {
      command: answerSearch,
      input: { participantGuid, requestGuid, yes, phonesPerAccount: settings.phonesPerAccount },
      present({ linked }) {
        followAliases();
        const body: AnswerOf<typeof CreditorLinkedAnswer> = { request_guid: requestGuid, linked };
        return { status: 200, body };
      },
    };
  };
