/** What a simulated bank sends to the rail on its own initiative, repeated until it is answered. */
import { randomUUID } from "node:crypto";
import type { JsonObject } from "../../src/jws/index.ts";
import { accountOf, masked } from "./accounts.ts";
import { type Answer, type Client, outcomeOf } from "./client.ts";
import { jsonObject } from "./json.ts";

export type ReporterOptions = {
  /** The six digits inside its accounts. */
  readonly code: string;
  readonly client: Client;
  readonly log: (line: string) => void;
  /** Ends what is still being repeated. */
  readonly stopping: AbortSignal;
};

export type Reporter = {
  /** Answers a `link_creditor` that was accepted with 202: the client has the phone. */
  claimReceiver(requestGuid: string, phone: string): Promise<void>;
  /** Answers a `pay_in` that was accepted with 202: the money has arrived. */
  confirmPayIn(guid: string): Promise<void>;
  /** Null: the rail did not answer. */
  setAlias(phone: string, linked: boolean): Promise<Answer | null>;
};

const CALLBACKS = "/api/v1/p2p/callbacks";
export const ALIAS = "/api/v1/p2p/alias";

const consent = (method: "otp" | "in_app"): JsonObject =>
  jsonObject({ method, at: new Date().toISOString(), reference: randomUUID() });

export const createReporter = ({ code, client, log, stopping }: ReporterOptions): Reporter => {
  const report = async (what: string, key: string, payload: JsonObject): Promise<void> => {
    const answer = await client.callUntilAnswered({ method: "POST", path: CALLBACKS, key, payload }, stopping);
    log(`${what}: ${answer === null ? "no answer" : outcomeOf(answer)}`);
  };

  /** The question may come again while it is being answered. */
  const claiming = new Set<string>();

  return {
    async claimReceiver(requestGuid, phone) {
      if (claiming.has(requestGuid)) return;
      claiming.add(requestGuid);
      const payload = jsonObject({
        type: "creditor_linked",
        request_guid: requestGuid,
        result: "success",
        account: accountOf(code, phone),
        consent: consent("in_app"),
      });
      await report(`creditor_linked for ${masked(phone)}`, randomUUID(), payload);
      claiming.delete(requestGuid);
    },
    confirmPayIn: (guid) =>
      report("pay_in is confirmed now", `pay-in-${guid}`, jsonObject({ type: "pay_in", guid, result: "success" })),
    async setAlias(phone, linked) {
      const payload = jsonObject({ phone, account: accountOf(code, phone), linked, consent: consent("otp") });
      const call = { method: "PUT", path: ALIAS, key: randomUUID(), payload } as const;
      const answer = await client.callUntilAnswered(call, stopping);
      log(`${linked ? "link" : "unlink"} ${masked(phone)}: ${answer === null ? "no answer" : outcomeOf(answer)}`);
      return answer;
    },
  };
};
