/** From a simulated request to a command with its claims, as the routes make them. */
import type { Claim, Command } from "../../src/engine/index.ts";
import { commandsOf, type Settings } from "../../src/exchange/index.ts";
import { traders } from "../../src/exchange/tables/index.ts";
import { type AdId, amount, DAY, type OrderId, refuse, traderId } from "../../src/kernel/index.ts";
import {
  type Credit,
  callerOf,
  contentOf,
  type Debit,
  type GivenTerms,
  HOST,
  NOTHING,
  type Request,
  type Sent,
  type Wager,
} from "./requests.ts";

/** Ids of the store by the handles of the model, once they are known. */
export type Ids = { readonly ads: number[]; readonly orders: number[] };

export type Submission = {
  readonly command: Command<never, unknown>;
  readonly input: never;
  readonly caller: string;
  readonly claims: readonly Claim[];
};

const NO_SUCH_ID = 2 ** 50;

/** Nothing is sealed here: what is said is what is kept. */
const OPEN_BOX = {
  seal: () => null,
  open: () => ({}),
  same: (a: string | null, b: string | null) => a === b,
};

const keyClaim = (caller: string, { request, key }: Sent): readonly Claim[] => {
  if (key === null) return [];
  const isHost = callerOf(request) === HOST;
  return [
    {
      scope: `key ${caller}`,
      key,
      fingerprint: JSON.stringify(request),
      mismatch: refuse("IDEMPOTENCY_KEY_REUSED"),
      keeps: "answers",
      lifetimeMs: DAY,
      guard: isHost ? null : traders.at(traderId(caller)),
    },
  ];
};

const externalClaim = (run: string, request: Credit | Debit | Wager): Claim => ({
  scope: `external ${request.kind}s`,
  key: `${run} ${request.external}`,
  fingerprint: contentOf(request),
  mismatch: refuse("EXTERNAL_ID_REUSED"),
  keeps: "results",
  lifetimeMs: null,
  guard: null,
});

const unitsOf = (value: number | null | undefined) => (value === null || value === undefined ? value : amount(value));

const termsOf = ({ min, max, total, rate, methods, details, windowMinutes }: GivenTerms) => ({
  minAmount: unitsOf(min),
  maxAmount: unitsOf(max),
  totalAmount: unitsOf(total),
  exchangeRate: rate,
  paymentMethods: methods,
  paymentDetails: details,
  paymentWindowMinutes: windowMinutes,
});

export const createTranslator = (run: string, settings: Settings, ids: Ids) => {
  const commands = commandsOf({ settings, details: OPEN_BOX });
  const acts = {
    "confirm-paid": commands.confirmPaid,
    "confirm-received": commands.confirmReceived,
    cancel: commands.cancel,
    "call-operator": commands.callOperator,
  };
  const idOf = (name: string) => traderId(`${run}-${name}`);
  const adOf = (handle: number) => (handle === NOTHING ? NO_SUCH_ID : ids.ads[handle]) as AdId;
  const orderOf = (handle: number) => (handle === NOTHING ? NO_SUCH_ID : ids.orders[handle]) as OrderId;

  const pair = <Input>(command: Command<Input, unknown>, input: Input) =>
    ({ command, input }) as unknown as Pick<Submission, "command" | "input">;

  const byHost = (request: Credit | Debit | Wager) => {
    const input = { traderId: idOf(request.user), amount: amount(request.amount), externalId: request.external };
    if (request.kind === "wager") return pair(commands.wager, input);
    const moving = { ...input, by: idOf("host") };
    if (request.kind === "debit") return pair(commands.debit, { ...moving, kind: request.entry });
    const wageringRequired = request.wagering === undefined ? undefined : amount(request.wagering);
    return pair(commands.credit, { ...moving, kind: request.entry, wageringRequired });
  };

  const commandOf = (request: Request): Pick<Submission, "command" | "input"> => {
    switch (request.kind) {
      case "create-ad": {
        const { exchangeRate, ...terms } = termsOf(request.terms) as Required<ReturnType<typeof termsOf>>;
        const given = { ...terms, exchangeRate, instructions: "", fiatCurrency: "RUB", type: request.type };
        return pair(commands.createAd, { ...given, makerId: idOf(request.who) } as never);
      }
      case "edit-ad": {
        const { type, status, terms } = request;
        const who = { adId: adOf(request.ad), callerId: idOf(request.who) };
        return pair(commands.editAd, { ...who, type, status, terms: termsOf(terms) as never });
      }
      case "delete-ad":
        return pair(commands.deleteAd, { adId: adOf(request.ad), callerId: idOf(request.who) });
      case "create-order":
        return pair(commands.createOrder, {
          takerId: idOf(request.who),
          adId: adOf(request.ad),
          amount: request.inFiat ? { fiat: amount(request.amount) } : { usdt: amount(request.amount) },
          paymentMethod: request.method,
          adVersion: request.version,
          paymentDetails: request.details,
        });
      case "act": {
        const { action, order, who, expected: expectedStatus } = request;
        return pair(acts[action], { orderId: orderOf(order), callerId: idOf(who), expectedStatus });
      }
      case "deadline":
        return pair(commands.meetDeadline, { orderId: orderOf(request.order) });
      case "claim":
      case "honour": {
        const { kind, order, who, expected: expectedStatus } = request;
        return pair(commands[kind], { orderId: orderOf(order), callerId: idOf(who), expectedStatus });
      }
      case "compensate":
      case "dismiss":
        return pair(commands.decideClaim, {
          orderId: orderOf(request.order),
          operatorId: idOf(request.who),
          outcome: request.kind,
          amount: unitsOf(request.amount) ?? null,
          reason: "as the receipts show",
        });
      case "collect":
        return pair(commands.collectDebt, { orderId: orderOf(request.order) });
      case "suspend":
      case "resume": {
        const { user, who, despiteDebt } = request;
        const said = { traderId: idOf(user), operatorId: idOf(who), reason: "as the file shows" };
        return request.kind === "suspend"
          ? pair(commands.suspendTrader, said)
          : pair(commands.resumeTrader, { ...said, despiteDebt });
      }
      case "assign":
        return pair(commands.assignDispute, {
          orderId: orderOf(request.order),
          operatorId: idOf(request.who),
          takeOver: request.takeOver,
          reason: null,
        });
      case "resolve": {
        const { outcome, share } = request;
        const buyerAmount = outcome === "split" ? amount(share) : null;
        const operatorId = idOf(request.who);
        const said = { outcome, buyerAmount, reason: "as the model says" };
        return pair(commands.resolveDispute, { orderId: orderOf(request.order), operatorId, ...said });
      }
      case "lift":
        return pair(commands.liftStrikes, { traderId: idOf(request.user) });
      default:
        return byHost(request);
    }
  };

  return (sent: Sent): Submission => {
    const caller = `${run}-${callerOf(sent.request)}`;
    const external = "external" in sent.request ? [externalClaim(run, sent.request)] : [];
    return { ...commandOf(sent.request), caller, claims: [...keyClaim(caller, sent), ...external] };
  };
};
