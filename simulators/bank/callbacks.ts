/** How a simulated bank answers the rail's calls, by the rules of its numbers. */
import type { JsonObject } from "../../src/jws/index.ts";
import { clientNameOf, masked, phoneOf } from "./accounts.ts";
import { conductOf } from "./behaviour.ts";
import type { Client } from "./client.ts";
import { encryptFor } from "./encrypt.ts";
import { jsonObject, objectMember, stringMember } from "./json.ts";
import { jsonReply, type Reply, refusal } from "./listen.ts";
import type { Reporter } from "./reporter.ts";

export type CallbackOptions = {
  /** Determines which numbers are its clients'. */
  readonly name: string;
  readonly client: Pick<Client, "sign">;
  readonly reporter: Reporter;
  readonly log: (line: string) => void;
};

export type Callbacks = {
  linkCreditor(payload: JsonObject): Reply;
  callback(payload: JsonObject): Reply;
  challenge(payload: JsonObject): Promise<Reply>;
  creditorData(payload: JsonObject): Promise<Reply>;
};

/** The answer comes later. */
const ACCEPTED = jsonReply(202);

export const createCallbacks = ({ name, client, reporter, log }: CallbackOptions): Callbacks => {
  /** A client found by a search agreed to this one payment alone: the next search starts without the link. */
  const unlinkSearched = async (phone: string): Promise<void> => {
    const { asked, linked } = conductOf(name, phone);
    if (asked === "claims" && !linked) await reporter.setAlias(phone, false);
  };

  const payIn = (data: JsonObject): Reply => {
    const phone = phoneOf(stringMember(data, "account"));
    if (phone === null) return jsonReply(200);
    if (conductOf(name, phone).confirms === "at once") return { ...jsonReply(200), after: () => unlinkSearched(phone) };
    const guid = stringMember(data, "guid");
    return { ...ACCEPTED, after: () => reporter.confirmPayIn(guid) };
  };

  return {
    linkCreditor(payload) {
      const [phone, requestGuid] = [stringMember(payload, "phone"), stringMember(payload, "request_guid")];
      const { asked } = conductOf(name, phone);
      log(`link_creditor for ${masked(phone)}: the client ${asked}`);
      if (asked === "refuses") return refusal(400, "USER_NOT_FOUND", "Nobody here has this phone.");
      return asked === "claims" ? { ...ACCEPTED, after: () => reporter.claimReceiver(requestGuid, phone) } : ACCEPTED;
    },
    callback(payload) {
      const [type, data] = [stringMember(payload, "type"), objectMember(payload, "data")];
      const details = ["status", "reason"].map((member) => stringMember(data, member)).filter((text) => text !== "");
      const reply = type === "pay_in" ? payIn(data) : jsonReply(200);
      log([type, ...details, `answered ${reply.status}`].join(", "));
      return reply;
    },
    async creditorData(payload) {
      const phone = phoneOf(stringMember(payload, "account"));
      if (phone === null) return refusal(404, "NOT_FOUND", "Nobody here has this account.");
      log(`creditor_data for ${masked(phone)}: told the asking bank alone`);
      const text = await encryptFor(objectMember(payload, "key"), JSON.stringify({ name: clientNameOf(phone) }));
      return { status: 200, text, contentType: "application/jose" };
    },
    async challenge(payload) {
      log("challenge: answered");
      const answer = jsonObject({ challenge: stringMember(payload, "challenge") });
      return { status: 200, text: await client.sign(answer), contentType: "application/jwt" };
    },
  };
};
