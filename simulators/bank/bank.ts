/** A simulated bank: what it does when the rail calls it, and what it asks of the rail, by the rules of its numbers. */
import { randomUUID } from "node:crypto";
import type { JsonObject } from "../../src/jws/index.ts";
import { accountOf, masked, phoneOf } from "./accounts.ts";
import { conductOf, linkedFromTheStart } from "./behaviour.ts";
import { type Answer, type Client, outcomeOf } from "./client.ts";
import type { Events } from "./events.ts";
import { jsonObject, objectMember, stringMember } from "./json.ts";
import { jsonReply, type Reply, refusal } from "./listen.ts";

export type BankOptions = {
  /** Tells which numbers are its clients'. */
  readonly name: string;
  /** The six digits inside its accounts. */
  readonly code: string;
  readonly client: Client;
  readonly events: Events;
  readonly log: (line: string) => void;
  /** Ends what the bank is still trying. */
  readonly stopping: AbortSignal;
};

export type Bank = {
  /** What the rail has sent, once its signature was found in order. Undefined: there is no such path. */
  handle(path: string, payload: JsonObject): Promise<Reply | undefined>;
  /** Null: the rail did not answer. */
  setAlias(phone: string, linked: boolean): Promise<Answer | null>;
  /** Links the clients that are linked from the start. */
  linkClients(): Promise<void>;
};

const CALLBACKS = "/api/v1/p2p/callbacks";
const ALIAS = "/api/v1/p2p/alias";

const given = (method: "otp" | "in_app"): JsonObject =>
  jsonObject({ method, at: new Date().toISOString(), reference: randomUUID() });

export const createBank = ({ name, code, client, events, log, stopping }: BankOptions): Bank => {
  /** The rail gets to know what became of it, whatever is down at the moment. */
  const report = async (what: string, key: string, payload: JsonObject): Promise<void> => {
    const answer = await client.callUntilAnswered({ method: "POST", path: CALLBACKS, key, payload }, stopping);
    log(`${what}: ${answer === null ? "no answer" : outcomeOf(answer)}`);
  };

  /** Clients that are being asked: the question may come again meanwhile. */
  const claiming = new Set<string>();
  const claim = async (requestGuid: string, phone: string): Promise<void> => {
    if (claiming.has(requestGuid)) return;
    claiming.add(requestGuid);
    await report(
      `creditor_linked for ${masked(phone)}`,
      randomUUID(),
      jsonObject({
        type: "creditor_linked",
        request_guid: requestGuid,
        result: "success",
        account: accountOf(code, phone),
        consent: given("in_app"),
      }),
    );
    claiming.delete(requestGuid);
  };

  const linkCreditor = (payload: JsonObject): Reply => {
    const [phone, requestGuid] = [stringMember(payload, "phone"), stringMember(payload, "request_guid")];
    const { asked } = conductOf(name, phone);
    log(`link_creditor for ${masked(phone)}: the client ${asked}`);
    if (asked === "refuses") return refusal(400, "USER_NOT_FOUND", "Nobody here has this phone.");
    return asked === "claims" ? { ...ACCEPTED, after: () => claim(requestGuid, phone) } : ACCEPTED;
  };

  const setAlias = async (phone: string, linked: boolean): Promise<Answer | null> => {
    const account = accountOf(code, phone);
    const payload = jsonObject({ phone, account, linked, consent: given("otp") });
    const answer = await client.callUntilAnswered({ method: "PUT", path: ALIAS, key: randomUUID(), payload }, stopping);
    log(`${linked ? "link" : "unlink"} ${masked(phone)}: ${answer === null ? "no answer" : outcomeOf(answer)}`);
    return answer;
  };

  /** Who was found by a search has agreed to this one payment, and is a stranger to the next search. */
  const forget = async (phone: string | null): Promise<void> => {
    if (phone === null) return;
    const { asked, linked } = conductOf(name, phone);
    if (asked === "claims" && !linked) await setAlias(phone, false);
  };

  const payIn = (data: JsonObject): Reply => {
    const phone = phoneOf(stringMember(data, "account"));
    if (phone === null || conductOf(name, phone).confirms === "at once")
      return { ...jsonReply(200), after: () => forget(phone) };
    const guid = stringMember(data, "guid");
    const payload = jsonObject({ type: "pay_in", guid, result: "success" });
    return { ...ACCEPTED, after: () => report("pay_in is confirmed now", `pay-in-${guid}`, payload) };
  };

  const callback = (payload: JsonObject): Reply => {
    const [type, data] = [stringMember(payload, "type"), objectMember(payload, "data")];
    const told = ["status", "reason"].map((member) => stringMember(data, member)).filter((text) => text !== "");
    const reply = type === "pay_in" ? payIn(data) : jsonReply(200);
    log([type, ...told, `answered ${reply.status}`].join(", "));
    return reply;
  };

  const challenge = async (payload: JsonObject): Promise<Reply> => {
    log("challenge: answered");
    const answer = jsonObject({ challenge: stringMember(payload, "challenge") });
    return { status: 200, text: await client.sign(answer), contentType: "application/jwt" };
  };

  return {
    async handle(path, payload) {
      switch (path) {
        case "/link_creditor":
          events.record("link_creditor", payload, `ask_${stringMember(payload, "request_guid")}`);
          return linkCreditor(payload);
        case "/callbacks":
          events.record(
            stringMember(payload, "type"),
            objectMember(payload, "data"),
            stringMember(payload, "event_id"),
          );
          return callback(payload);
        case "/challenge":
          events.record("challenge", payload);
          return challenge(payload);
        default:
          return undefined;
      }
    },
    setAlias,
    async linkClients() {
      for (const phone of linkedFromTheStart(name)) {
        const query = new URLSearchParams({ phone, account: accountOf(code, phone) });
        const known = await client.call({ method: "GET", path: `${ALIAS}?${query}` });
        if (known.body?.get("linked") !== true) await setAlias(phone, true);
      }
    },
  };
};

/** "Asking the client", or "later". */
const ACCEPTED = jsonReply(202);
