/** From a simulated request to a command with its claims, as the routes make them; and back, for what the clock submits. */
import type { Claim, Command } from "../../src/engine/index.ts";
import { DAY, type Instant, instant, refuse } from "../../src/kernel/index.ts";
import {
  completeMove,
  decideMove,
  hearNotice,
  leavePlace,
  linkAlias,
  objectToMove,
  unlinkAlias,
} from "../../src/rail/aliases/index.ts";
import { payerId } from "../../src/rail/budgets/index.ts";
import { createOrder, expireOrder, type OrderDraft, settleSearch } from "../../src/rail/orders/index.ts";
import { editParticipant } from "../../src/rail/participants/index.ts";
import { announcePayment } from "../../src/rail/pay-requests/announce-payment.ts";
import { dropPayRequest, settlePayment, silencePayment } from "../../src/rail/pay-requests/index.ts";
import { openPayRequest } from "../../src/rail/pay-requests/open-pay-request.ts";
import { askForReturn, lapseReturnRequest, makeReturn, refuseReturn } from "../../src/rail/returns/index.ts";
import { answerSearch, endAsk, meetSearchDeadline, settleAsk } from "../../src/rail/search/index.ts";
import { type Mode, quotas } from "../../src/rail/tables/index.ts";
import { ACK_MS } from "./rail-model-searches.ts";
import {
  type AnswerSearch,
  type ChangeAlias,
  callerOf,
  contentOf,
  guidOf,
  type MaintenanceTask,
  type OpenPayRequest,
  type OrderByLink,
  type OrderByPhone,
  type Pay,
  type Request,
  type ReturnMoney,
  type Seen,
  type Sent,
} from "./rail-requests.ts";
import type { Rules } from "./rail-world.ts";

export type Submission = {
  readonly command: Command<never, unknown>;
  readonly input: never;
  readonly caller: string;
  readonly claims: readonly Claim[];
};

type Pair = Pick<Submission, "command" | "input">;

const pair = <Input>(command: Command<Input, unknown>, input: Input): Pair => ({ command, input }) as unknown as Pair;

const consentAt = (now: number) => ({ method: "otp", at: new Date(now).toISOString(), reference: "sealed" }) as const;

const OPERATOR = { id: "olena", production: true };
const NOBODY: Seen = { candidates: [], doubtful: [], unavailable: [] };

const amountOf = (amount: number) => ({ minor: BigInt(amount) * 100n, text: `${amount}.00` });
const instantOf = (at: number | null): Instant | null => (at === null ? null : instant(at));

const keyClaim = ({ request, key }: Sent): readonly Claim[] => {
  if (key === null) return [];
  const caller = callerOf(request);
  return [
    {
      scope: `key ${caller}`,
      key,
      fingerprint: contentOf(request),
      mismatch: refuse("IDEMPOTENCY_KEY_REUSED"),
      keeps: "answers",
      lifetimeMs: DAY,
      guard: quotas.at(caller),
    },
  ];
};

const draftOf = (request: OrderByPhone | OrderByLink): OrderDraft => {
  const { expiresAt, amount, external } = request;
  return {
    type: request.kind === "order-by-phone" ? "phone" : "link",
    phone: request.kind === "order-by-phone" ? request.phone : null,
    debtorAccount: request.kind === "order-by-phone" ? request.debtor : null,
    creditorAccount: request.kind === "order-by-link" ? request.account : null,
    expiresAt: instantOf(expiresAt),
    expiresAtText: expiresAt === null ? null : new Date(expiresAt).toISOString(),
    amount: amount === null ? null : amountOf(amount),
    currency: "UAH",
    externalId: external,
    purpose: "a gift",
    afterExpiry: null,
  };
};

export const modeOf = ({ holdMs, outsider }: Rules, bank?: string): Mode =>
  (holdMs === 0) === (bank !== outsider) ? "sandbox" : "production";

/** @param now clients agree when they are asked */
export const createTranslator = (rules: Rules, now: () => number): ((sent: Sent) => Submission) => {
  const { run, holdMs, phonesPerAccount, searchesPerDay } = rules;
  const mode = modeOf(rules);
  const link = linkAlias({ aliasMoveHoldMs: { sandbox: holdMs, production: holdMs }, phonesPerAccount });

  const ordering = (request: OrderByPhone | OrderByLink): Pair =>
    pair(createOrder, {
      participantGuid: request.who,
      mode,
      draft: draftOf(request),
      phone: request.kind === "order-by-phone" ? { hash: request.phone, sealed: "sealed" } : null,
      guid: guidOf(run, "order", request.number),
      payRequestGuid: guidOf(run, "request", request.number),
      requestGuid: guidOf(run, "search", request.number),
      ...(request.kind === "order-by-phone" ? request.seen : NOBODY),
      ackMs: ACK_MS,
      mostADay: searchesPerDay,
    });

  const changing = ({ kind, who, number, phone, account }: ChangeAlias): Pair => {
    const alias = { participantGuid: who, account, hash: phone, mode };
    return kind === "unlink"
      ? pair(unlinkAlias, alias)
      : pair(link, { ...alias, sealed: "sealed", consent: consentAt(now()), moveGuid: guidOf(run, "move", number) });
  };

  const answering = ({ who, search, account }: AnswerSearch): Pair =>
    pair(answerSearch, {
      participantGuid: who,
      requestGuid: search,
      yes: account === null ? null : { account, consent: consentAt(now()) },
      phonesPerAccount,
    });

  const opening = ({ who, number, order, debtor }: OpenPayRequest): Pair =>
    pair(openPayRequest, {
      participantGuid: who,
      mode: modeOf(rules, who),
      orderGuid: order,
      debtorAccount: debtor,
      guid: guidOf(run, "request", number),
    });

  const paying = ({ who, number, order, external, amount, currency }: Pay): Pair =>
    pair(announcePayment, {
      participantGuid: who,
      mode: modeOf(rules, who),
      orderGuid: order,
      externalId: external,
      amount: amountOf(amount),
      currency,
      guid: guidOf(run, "payment", number),
    });

  const returning = ({ who, number, payment, external, amount }: ReturnMoney): Pair =>
    pair(makeReturn, {
      participantGuid: who,
      paymentGuid: payment,
      externalId: external,
      amount: amountOf(amount),
      reason: "DUPLICATE",
      guid: guidOf(run, "return", number),
    });

  const commandOf = (request: Request): Pair => {
    switch (request.kind) {
      case "order-by-phone":
      case "order-by-link":
        return ordering(request);
      case "link":
      case "unlink":
        return changing(request);
      case "answer":
        return answering(request);
      case "settle-ask":
        return pair(settleAsk, { requestGuid: request.search, bank: request.who, outcome: request.outcome });
      case "search-deadline":
        return pair(meetSearchDeadline, { requestGuid: request.search, unheard: request.unheard });
      case "end-ask":
        return pair(endAsk, { requestGuid: request.search, bank: request.bank });
      case "edit-bank": {
        const { bank: guid, changes } = request;
        const known = { mode: modeOf(rules), bankCodes: [] };
        return pair(editParticipant, { operator: OPERATOR, guid, known, changes, challenge: "" });
      }
      case "open":
        return opening(request);
      case "pay":
        return paying(request);
      case "settle-payment": {
        const { payment: paymentGuid, who: by, result, reason } = request;
        return pair(settlePayment, { paymentGuid, by, result, reason });
      }
      case "return":
        return returning(request);
      case "ask-return":
        return pair(askForReturn, {
          participantGuid: request.who,
          paymentGuid: request.payment,
          amount: null,
          reason: "FRAUD",
        });
      case "refuse-return":
        return pair(refuseReturn, { paymentGuid: request.payment, by: request.who, reason: "no" });
      case "lapse-return":
        return pair(lapseReturnRequest, { paymentGuid: request.payment });
      case "complete-move":
        return pair(completeMove, { guid: request.move });
      case "hear-notice":
        return pair(hearNotice, { guid: request.move });
      case "decide-move":
        return pair(decideMove, { operator: OPERATOR, guid: request.move, decision: request.decision });
      case "object":
        return pair(objectToMove, { participantGuid: request.who, hash: request.phone });
      case "silence":
        return pair(silencePayment, { paymentGuid: request.payment });
      case "leave-place":
        return pair(leavePlace, {
          account: payerId({ participantGuid: "", mode, account: request.account }),
          hash: request.phone,
        });
      case "settle-search":
        return pair(settleSearch, { guid: request.order, unavailable: request.unavailable });
      case "expire":
        return pair(expireOrder, { guid: request.order, unavailable: request.unavailable });
      case "drop":
        return pair(dropPayRequest, { guid: request.request });
    }
  };

  return (sent) => ({ ...commandOf(sent.request), caller: callerOf(sent.request), claims: keyClaim(sent) });
};

type ChoreInput = {
  readonly [name in "guid" | "hash" | "account" | "requestGuid" | "bank" | "paymentGuid"]?: string;
} & {
  readonly unavailable?: readonly string[];
  readonly unheard?: readonly string[];
};

/** What a chore submitted, in the words of the simulation. */
export const choreOf = (command: { readonly name: string }, input: unknown): MaintenanceTask => {
  const { guid = "", hash = "", account = "", requestGuid: search = "", bank = "", ...rest } = input as ChoreInput;
  const { unavailable = [], unheard = [] } = rest;
  if (command.name === lapseReturnRequest.name) return { kind: "lapse-return", payment: rest.paymentGuid ?? "" };
  if (command.name === completeMove.name) return { kind: "complete-move", move: guid };
  // A place's account has its world before it.
  if (command.name === leavePlace.name)
    return { kind: "leave-place", account: account.slice(account.indexOf(" ") + 1), phone: hash };
  if (command.name === meetSearchDeadline.name) return { kind: "search-deadline", search, unheard };
  if (command.name === endAsk.name) return { kind: "end-ask", search, bank };
  if (command.name === expireOrder.name) return { kind: "expire", order: guid, unavailable };
  if (command.name === settleSearch.name) return { kind: "settle-search", order: guid, unavailable };
  if (command.name === dropPayRequest.name) return { kind: "drop", request: guid };
  throw new Error(`a chore submitted ${command.name}`);
};
