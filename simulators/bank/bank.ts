/** A simulated bank: what it does when the rail calls it, and what it asks of the rail, by the rules of its numbers. */
import { randomUUID } from "node:crypto";
import type { JsonMembers } from "../../src/jws/index.ts";
import { accountOf, masked, phoneOf } from "./accounts.ts";
import { conductOf, linkedFromTheStart } from "./behaviour.ts";
import { type Answer, type Client, outcomeOf } from "./client.ts";
import type { Events } from "./events.ts";
import { jsonReply, type Reply, refusal } from "./listen.ts";
import { members, objectOf, textOf } from "./members.ts";

export type BankOptions = {
  /** Tells which numbers are its clients'. */
  readonly name: string;
  /** The six digits inside its accounts. */
  readonly code: string;
  readonly client: Client;
  readonly events: Events;
  readonly say: (line: string) => void;
  /** Ends what the bank is still trying. */
  readonly stopping: AbortSignal;
};

export type Bank = {
  /** What the rail has sent, once its signature was found in order. Undefined: there is no such path. */
  take(path: string, payload: JsonMembers): Promise<Reply | undefined>;
  /** Null: the rail did not answer. */
  setAlias(phone: string, linked: boolean): Promise<Answer | null>;
  /** Links the clients that are linked from the start. */
  linkClients(): Promise<void>;
};

const CALLBACKS = "/api/v1/p2p/callbacks";
const ALIAS = "/api/v1/p2p/alias";

const given = (method: "otp" | "in_app"): JsonMembers =>
  members({ method, at: new Date().toISOString(), reference: randomUUID() });

export const createBank = ({ name, code, client, events, say, stopping }: BankOptions): Bank => {
  /** The rail gets to know what became of it, whatever is down at the moment. */
  const report = async (what: string, key: string, payload: JsonMembers): Promise<void> => {
    const answer = await client.insist({ method: "POST", path: CALLBACKS, key, payload }, stopping);
    say(`${what}: ${answer === null ? "no answer" : outcomeOf(answer)}`);
  };

  /** Clients that are being asked: the question may come again meanwhile. */
  const claiming = new Set<string>();
  const claim = async (requestGuid: string, phone: string): Promise<void> => {
    if (claiming.has(requestGuid)) return;
    claiming.add(requestGuid);
    await report(
      `creditor_linked for ${masked(phone)}`,
      randomUUID(),
      members({
        type: "creditor_linked",
        request_guid: requestGuid,
        result: "success",
        account: accountOf(code, phone),
        consent: given("in_app"),
      }),
    );
    claiming.delete(requestGuid);
  };

  const linkCreditor = (payload: JsonMembers): Reply => {
    const [phone, requestGuid] = [textOf(payload, "phone"), textOf(payload, "request_guid")];
    const { asked } = conductOf(name, phone);
    say(`link_creditor for ${masked(phone)}: the client ${asked}`);
    if (asked === "refuses") return refusal(400, "USER_NOT_FOUND", "Nobody here has this phone.");
    return asked === "claims" ? { ...ACCEPTED, after: () => claim(requestGuid, phone) } : ACCEPTED;
  };

  const setAlias = async (phone: string, linked: boolean): Promise<Answer | null> => {
    const account = accountOf(code, phone);
    const payload = members({ phone, account, linked, consent: given("otp") });
    const answer = await client.insist({ method: "PUT", path: ALIAS, key: randomUUID(), payload }, stopping);
    say(`${linked ? "link" : "unlink"} ${masked(phone)}: ${answer === null ? "no answer" : outcomeOf(answer)}`);
    return answer;
  };

  /** Who was found by a search has agreed to this one payment, and is a stranger to the next search. */
  const forget = async (phone: string | null): Promise<void> => {
    if (phone === null) return;
    const { asked, linked } = conductOf(name, phone);
    if (asked === "claims" && !linked) await setAlias(phone, false);
  };

  const payIn = (data: JsonMembers): Reply => {
    const phone = phoneOf(textOf(data, "account"));
    if (phone === null || conductOf(name, phone).confirms === "at once")
      return { ...jsonReply(200), after: () => forget(phone) };
    const guid = textOf(data, "guid");
    const payload = members({ type: "pay_in", guid, result: "success" });
    return { ...ACCEPTED, after: () => report("pay_in is confirmed now", `pay-in-${guid}`, payload) };
  };

  const callback = (payload: JsonMembers): Reply => {
    const [type, data] = [textOf(payload, "type"), objectOf(payload, "data")];
    const told = ["status", "reason"].map((member) => textOf(data, member)).filter((text) => text !== "");
    const reply = type === "pay_in" ? payIn(data) : jsonReply(200);
    say([type, ...told, `answered ${reply.status}`].join(", "));
    return reply;
  };

  const challenge = async (payload: JsonMembers): Promise<Reply> => {
    say("challenge: answered");
    const answer = members({ challenge: textOf(payload, "challenge") });
    return { status: 200, text: await client.sign(answer), contentType: "application/jwt" };
  };

  return {
    async take(path, payload) {
      switch (path) {
        case "/link_creditor":
          events.record("link_creditor", payload, `ask_${textOf(payload, "request_guid")}`);
          return linkCreditor(payload);
        case "/callbacks":
          events.record(textOf(payload, "type"), objectOf(payload, "data"), textOf(payload, "event_id"));
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
