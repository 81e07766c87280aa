/**
 * The bank's app, as a page: what a link is to be paid with, and a button that pays it as one of the bank's clients. It is on
 * the listener of the controls, for this machine alone.
 */
import { hash, randomUUID } from "node:crypto";
import type { JsonObject, JsonValue } from "../../src/jws/index.ts";
import { accountOf } from "./accounts.ts";
import { APP_STYLE_HASH, brokenPage, type Payable, payPage, sentPage } from "./app-page.ts";
import { type Answer, type Client, outcomeOf } from "./client.ts";
import { jsonObject, objectMember, stringMember } from "./json.ts";
import { type HttpRequest, type Reply, refusal } from "./listen.ts";

export type AppOptions = {
  readonly name: string;
  readonly code: string;
  readonly client: Pick<Client, "call">;
  /** Where the page is. */
  readonly address: () => string;
  readonly log: (line: string) => void;
};

/** Where a link order's page sends the bank's clients, with the order's guid. */
export const APP_PATH = "/demo/app";
const PAY_REQUESTS = "/api/v1/p2p/pay-requests";
const PAYMENTS = "/api/v1/p2p/payment-messages";
/** Payments that are remembered, so that a page that is loaded anew shows what became of it. */
const REMEMBERED = 1_000;

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const page = (status: number, text: string): Reply => ({
  status,
  text,
  contentType: "text/html; charset=utf-8",
  headers: {
    "content-security-policy": `default-src 'none'; style-src '${APP_STYLE_HASH}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
    "cache-control": "no-store",
  },
});

/** @property externalId stays until the rail has refused it: whether a payment has arrived may not be known at once */
type Attempt = { readonly payable: Payable; readonly externalId: string; readonly paymentGuid: string | null };

export const createApp = (options: AppOptions) => {
  const { name, client, address, log } = options;
  const bank = `${name.slice(0, 1).toUpperCase()}${name.slice(1)} Bank`;
  const attempts = createAttempts();
  const broken = ({ status, body }: Answer): Reply =>
    page(status, brokenPage(bank, body === null ? "" : stringMember(body, "message")));

  const open = (orderGuid: string) => openLink(options, orderGuid);

  const announce = async (attempt: Attempt): Promise<Answer> => {
    const { payable } = attempt;
    attempts.keep(attempt);
    const payment = await client.call({ method: "POST", path: PAYMENTS, payload: paymentOf(attempt) });
    log(`payment of a link: ${outcomeOf(payment)}`);
    if (payment.status < 400 && payment.body !== null)
      attempts.keep({ ...attempt, paymentGuid: stringMember(payment.body, "guid") });
    else if (payment.status < 500) attempts.forget(payable.orderGuid);
    return payment;
  };

  return {
    async show(query: URLSearchParams): Promise<Reply> {
      const orderGuid = query.get("order_guid") ?? "";
      if (!GUID.test(orderGuid)) return page(404, brokenPage(bank, OPENED_FROM_NOTHING));
      const attempt = attempts.of(orderGuid);
      if (attempt !== undefined && attempt.paymentGuid !== null) {
        const status = await stateOf(client, attempt);
        if (status !== "failed") return page(200, sentPage(bank, attempt.payable, status === "completed"));
        attempts.forget(orderGuid);
      }
      const opened = await open(orderGuid);
      if (opened.body === null || opened.status >= 400) return broken(opened);
      return page(200, payPage(bank, payableOf(orderGuid, opened.body)));
    },

    /** From its own page alone: another page's form would pay as somebody who only looked at it. */
    async pay({ origin, body }: HttpRequest): Promise<Reply> {
      if (origin !== address()) return refusal(403, "CROSS_SITE", "Press the button on the bank's own page.");
      const form = new URLSearchParams(body);
      const orderGuid = form.get("order_guid") ?? "";
      if (!GUID.test(orderGuid)) return page(404, brokenPage(bank, OPENED_FROM_NOTHING));
      let attempt = attempts.of(orderGuid);
      if (attempt === undefined) {
        const opened = await open(orderGuid);
        if (opened.body === null || opened.status >= 400) return broken(opened);
        const payable = withAmount(payableOf(orderGuid, opened.body), form.get("amount"));
        // Pressed twice: the other press may have begun meanwhile.
        attempt = attempts.of(orderGuid) ?? { payable, externalId: randomUUID(), paymentGuid: null };
      }
      const answer = attempt.paymentGuid === null ? await announce(attempt) : null;
      if (answer !== null && answer.status >= 400) return broken(answer);
      const location = `${APP_PATH}?order_guid=${orderGuid}`;
      return { status: 303, text: "", contentType: "text/plain", headers: { location } };
    },
  };
};

/** As a client of ours wants to pay it: from then on whoever is to be paid knows. */
const openLink = ({ client, code }: AppOptions, orderGuid: string): Promise<Answer> => {
  const debtor = jsonObject({ account: payerOf(code, orderGuid) });
  return client.call({ method: "POST", path: PAY_REQUESTS, payload: jsonObject({ order_guid: orderGuid, debtor }) });
};

/** What became of it; one that the receiver's bank refused may be paid anew. */
const stateOf = async (client: AppOptions["client"], { paymentGuid }: Attempt): Promise<string> => {
  const { body } = await client.call({ method: "GET", path: `${PAYMENTS}/${paymentGuid}` });
  return body === null ? "" : stringMember(body, "status");
};

const OPENED_FROM_NOTHING = "Open it from a payment link.";

const createAttempts = () => {
  const kept = new Map<string, Attempt>();
  return {
    of: (orderGuid: string): Attempt | undefined => kept.get(orderGuid),
    keep(attempt: Attempt): void {
      kept.set(attempt.payable.orderGuid, attempt);
      const [oldest] = kept.keys();
      if (kept.size > REMEMBERED && oldest !== undefined) kept.delete(oldest);
    },
    forget: (orderGuid: string): void => void kept.delete(orderGuid),
  };
};

/** The same client for the same link, however often it is looked at. */
const payerOf = (code: string, orderGuid: string): string => {
  const digits = Number.parseInt(hash("sha256", orderGuid, "hex").slice(0, 8), 16) % 10_000_000;
  return accountOf(code, `+38067${String(digits).padStart(7, "0")}`);
};

const payableOf = (orderGuid: string, body: JsonObject): Payable => ({
  orderGuid,
  amount: textOf(body.get("amount")),
  currency: stringMember(body, "currency"),
  purpose: stringMember(body, "purpose"),
  account: stringMember(objectMember(body, "creditor"), "account"),
});

const textOf = (amount: JsonValue | undefined): string | null =>
  typeof amount === "object" && amount !== null && "number" in amount ? amount.number : null;

/** A link that names no amount takes what the payer writes. */
const withAmount = (payable: Payable, written: string | null): Payable =>
  payable.amount === null && written !== null && /^\d{1,12}(\.\d{1,2})?$/.test(written)
    ? { ...payable, amount: written }
    : payable;

const paymentOf = ({ payable: { orderGuid, amount, currency }, externalId }: Attempt): JsonObject =>
  jsonObject({
    order_guid: orderGuid,
    payment_message_external_id: externalId,
    amount: { number: amount ?? "0" },
    currency,
  });
