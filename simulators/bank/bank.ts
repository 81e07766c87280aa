/** A simulated bank: takes the rail's calls, records them as events, and links the phones of its clients. */
import type { JsonObject } from "../../src/jws/index.ts";
import { accountOf } from "./accounts.ts";
import { linkedFromTheStart } from "./behaviour.ts";
import { createCallbacks } from "./callbacks.ts";
import type { Answer } from "./client.ts";
import type { Events } from "./events.ts";
import { objectMember, stringMember } from "./json.ts";
import type { Reply } from "./listen.ts";
import { ALIAS, createReporter, type ReporterOptions } from "./reporter.ts";

export type BankOptions = ReporterOptions & {
  /** Determines which numbers are its clients'. */
  readonly name: string;
  readonly events: Events;
};

export type Bank = {
  /** A call whose signature has been verified. Undefined: there is no such path. */
  handle(path: string, payload: JsonObject): Promise<Reply | undefined>;
  /** Null: the rail did not answer. */
  setAlias(phone: string, linked: boolean): Promise<Answer | null>;
  /** Links the clients that are linked from the start. */
  linkClients(): Promise<void>;
};

export const createBank = (options: BankOptions): Bank => {
  const { name, code, client, events } = options;
  const reporter = createReporter(options);
  const callbacks = createCallbacks({ name, client, reporter, log: options.log });
  const { setAlias } = reporter;

  return {
    async handle(path, payload) {
      switch (path) {
        case "/link_creditor":
          events.record("link_creditor", payload, `ask_${stringMember(payload, "request_guid")}`);
          return callbacks.linkCreditor(payload);
        case "/callbacks":
          events.record(
            stringMember(payload, "type"),
            objectMember(payload, "data"),
            stringMember(payload, "event_id"),
          );
          return callbacks.callback(payload);
        case "/creditor_data":
          events.record("creditor_data", payload);
          return callbacks.creditorData(payload);
        case "/challenge":
          events.record("challenge", payload);
          return callbacks.challenge(payload);
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
