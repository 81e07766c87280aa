/** Where a callback goes and whether it is still wanted; signed anew at each attempt. */
import type { Pool } from "pg";
import type { Addressed, Delivery } from "../../deliveries/index.ts";
import type { Issuer } from "../../keys/index.ts";
import { type CallbackEvent, callbackAddress, hasCallback } from "../callbacks/index.ts";
import { isInMaintenance } from "../participants/index.ts";
import type { RailSettings } from "../settings.ts";
import { type Bank, findBank, isAsked } from "./queries.ts";
import { createSerialize, eventOf, pathOf, type SerializeDeps } from "./serialize.ts";

export type AddressDeps = SerializeDeps & {
  readonly issuer: Issuer;
  readonly settings: RailSettings;
};

/** Of an answer whose body is read. A signed challenge is a token, and no token is longer. */
const ANSWER_BYTES = 16 * 1_024;
const ANSWERS_THAT_MATTER: ReadonlySet<CallbackEvent["type"]> = new Set(["link_creditor", "challenge", "pay_in"]);

export const createAddress = (deps: AddressDeps) => {
  const render = createSerialize(deps);
  return async (delivery: Delivery): Promise<Addressed> => {
    const event = eventOf(delivery);
    const bank = await findBank(deps.pool, delivery.endpoint);
    const base = bank?.callbackUrl ?? null;
    const unwanted = await whyUnwanted(deps.pool, bank, event);
    if (unwanted !== null) return { skip: unwanted };
    if (bank?.state === "suspended") return { waits: "the bank is suspended" };
    if (bank !== null && isInMaintenance(bank, Date.now())) return { waits: "the bank has announced maintenance" };
    if (bank === null || base === null) return { unreachable: "the bank has no callback URL" };
    const unreachable = whyUnreachable(bank, event);
    if (unreachable !== null) return { unreachable };
    const url = callbackAddress(base, pathOf(event));
    return {
      url,
      headers: { "content-type": "application/jwt" },
      body: await deps.issuer.signText(await render(event, delivery, url), "callback+jwt"),
      // Production never is called back there.
      allowPrivate: bank.mode === "sandbox" && deps.settings.privateCallbacks,
      answerBytes: ANSWERS_THAT_MATTER.has(event.type) ? ANSWER_BYTES : 0,
    };
  };
};

/** What nobody waits for any more. No phone number is sent out for a search that is over, or to a bank that counts as a no. */
const whyUnwanted = async (pool: Pool, bank: Bank | null, event: CallbackEvent): Promise<string | null> => {
  if (event.type === "challenge")
    return event.challenge === bank?.challenge ? null : "the challenge is not the present one";
  if (event.type !== "link_creditor") return null;
  return bank !== null && (await isAsked(pool, event.request_guid, bank.guid)) ? null : "it is not asked any more";
};

const whyUnreachable = (bank: Bank, event: CallbackEvent): string | null => {
  return event.type !== "challenge" && !hasCallback(bank) ? "the callback URL is not proven" : null;
};
