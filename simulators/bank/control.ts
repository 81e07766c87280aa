/**
 * The controls of a simulated bank for a person: order, link phones, pay, look at events. They have a listener of their own,
 * on this machine alone, apart from the address that the rail calls.
 */
import { randomInt, randomUUID } from "node:crypto";
import { type JsonObject, type JsonValue, writeJson } from "../../src/jws/index.ts";
import { SECOND } from "../../src/kernel/index.ts";
import { accountOf, masked } from "./accounts.ts";
import { APP_PATH, createApp } from "./app.ts";
import type { Bank } from "./bank.ts";
import { type Answer, type Client, outcomeOf } from "./client.ts";
import type { BankEvent, Events } from "./events.ts";
import { jsonObject, parseObject, stringMember } from "./json.ts";
import { type HttpRequest, jsonReply, type Reply, refusal } from "./listen.ts";

export type ControlOptions = {
  readonly name: string;
  readonly code: string;
  readonly client: Client;
  readonly bank: Bank;
  readonly events: Events;
  /** Its own, once it listens. */
  readonly address: () => string;
  readonly log: (line: string) => void;
};

const ORDERS = "/api/v1/p2p/orders";
const PAY_REQUESTS = "/api/v1/p2p/pay-requests";
const PAYMENTS = "/api/v1/p2p/payment-messages";
const RETURNS = "/api/v1/p2p/returns";
const RETURN_REQUESTS = "/api/v1/p2p/return-requests";
/** Proxies and people give up shortly after. */
const LONGEST_WAIT_SECONDS = 25;

type Action = (given: JsonObject) => Promise<Reply>;

/** What the made-up bank does when somebody asks it to. */
const actionsOf = ({ code, client, bank, log }: ControlOptions): Readonly<Record<string, Action>> => {
  const order: Action = async (given) => {
    const payload = orderPayload(code, given);
    const answer = await client.call({ method: "POST", path: ORDERS, payload });
    const phone = stringMember(given, "phone");
    log(`order ${phone === "" ? "by link" : `to ${masked(phone)}`}: ${outcomeOf(answer)} ${statusOf(answer)}`.trim());
    return passedOn(answer);
  };

  const pay: Action = async (given) => {
    const orderGuid = stringMember(given, "order_guid");
    if (given.get("link") === true) {
      const debtor = jsonObject({ account: accountOf(code, randomPhone()) });
      const payload = jsonObject({ order_guid: orderGuid, debtor });
      const opened = await client.call({ method: "POST", path: PAY_REQUESTS, payload });
      log(`pay request: ${outcomeOf(opened)}`);
      if (opened.status >= 400) return passedOn(opened);
    }
    const payload = jsonObject({
      order_guid: orderGuid,
      payment_message_external_id: randomUUID(),
      amount: given.get("amount"),
      currency: given.get("currency") ?? "UAH",
    });
    const answer = await client.call({ method: "POST", path: PAYMENTS, payload });
    log(`payment: ${outcomeOf(answer)}`);
    return passedOn(answer);
  };

  const link: Action = async (given) => {
    const answer = await bank.setAlias(stringMember(given, "phone"), given.get("linked") !== false);
    return answer === null ? refusal(502, "NO_ANSWER", "The rail did not answer.") : passedOn(answer);
  };

  /** What is given is what is sent: the rail knows whose payment it is. */
  const sending =
    (what: string, path: string, own: Readonly<Record<string, JsonValue>>): Action =>
    async (given) => {
      const answer = await client.call({ method: "POST", path, payload: new Map([...jsonObject(own), ...given]) });
      log(`${what}: ${outcomeOf(answer)}`);
      return passedOn(answer);
    };
  const giveBack: Action = (given) =>
    sending("return", RETURNS, { return_external_id: randomUUID(), reason: "CUSTOMER_REQUEST" })(given);
  const askBack = sending("return request", RETURN_REQUESTS, { reason: "CUSTOMER_REQUEST" });

  return {
    "POST /demo/orders": order,
    "POST /demo/payments": pay,
    "POST /demo/returns": giveBack,
    "POST /demo/return-requests": askBack,
    "PUT /demo/aliases": link,
  };
};

export const createControl = (options: ControlOptions) => {
  const { events } = options;
  const actions = actionsOf(options);
  const app = createApp(options);

  const look = async (query: URLSearchParams): Promise<Reply> => {
    const after = Number(query.get("after") ?? 0) || 0;
    const seconds = Math.min(LONGEST_WAIT_SECONDS, Number(query.get("wait") ?? 0) || 0);
    if (seconds > 0 && events.after(after).length === 0) await events.next(seconds * SECOND);
    return jsonReply(200, writeJson(jsonObject({ events: events.after(after).map(eventJson) })));
  };

  return async (asked: HttpRequest): Promise<Reply> => {
    const { method, path, query, contentType, body } = asked;
    if (method === "GET" && path === "/demo/events") return look(query);
    if (path === APP_PATH && method === "GET") return app.show(query);
    if (path === APP_PATH && method === "POST") return app.pay(asked);
    const action = actions[`${method} ${path}`];
    if (action === undefined)
      return refusal(404, "NOT_FOUND", `There is ${["GET /demo/events", ...Object.keys(actions)].join(", ")}.`);
    // A page in the browser cannot send this type to another site without asking it.
    if (contentType !== "application/json") return refusal(415, "NO_JSON", "Send application/json.");
    const given = parseObject(body);
    return given === null ? refusal(400, "NO_JSON", "Send a JSON object.") : action(given);
  };
};

const statusOf = ({ body }: Answer): string => (body === null ? "" : stringMember(body, "status"));

const passedOn = ({ status, text }: Answer): Reply => jsonReply(status, text === "" ? "{}" : text);

/** Each order has another payer: what one account may ask for is limited. */
const randomPhone = (): string => `+38067${String(randomInt(10_000_000)).padStart(7, "0")}`;

/** An order with sensible terms; whatever is given takes their place. */
export const orderPayload = (code: string, given: JsonObject): JsonObject => {
  const phone = given.get("phone");
  const own = jsonObject({ account: accountOf(code, randomPhone()) });
  const sides: Readonly<Record<string, JsonValue>> =
    phone === undefined
      ? { creditor: own, type: "link" }
      : { creditor: jsonObject({ phone }), debtor: own, type: "phone" };
  const rest = [...given].filter(([name]) => name !== "phone");
  const terms = { ...sides, currency: "UAH", external_id: randomUUID(), purpose: "Replenishment of own account" };
  return new Map([...jsonObject(terms), ...rest]);
};

const eventJson = ({ seq, at, type, data }: BankEvent): JsonValue =>
  jsonObject({ seq: { number: String(seq) }, at, type, data });
