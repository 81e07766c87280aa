/** Where a callback goes, and whether the bank wants it at all; signed anew at each attempt. */
import type { Pool } from "pg";
import type { Addressed, Delivery } from "../../deliveries/index.ts";
import type { Issuer } from "../../keys/index.ts";
import type { Callback } from "../callbacks/index.ts";
import { findAnyOrder } from "../orders/index.ts";
import { type Bank, findBank } from "./queries.ts";
import { createRender, pathOf, type RenderDeps, toldOf } from "./serialize.ts";

export type AddressDeps = RenderDeps & { readonly issuer: Issuer };

/** Of an answer that means something: a signed challenge is a token, which has no more either. */
const ANSWER_BYTES = 16 * 1_024;
const READ: ReadonlySet<Callback["type"]> = new Set(["link_creditor", "challenge"]);

export const createAddress = (deps: AddressDeps) => {
  const render = createRender(deps);
  return async (delivery: Delivery): Promise<Addressed> => {
    const told = toldOf(delivery);
    const bank = await findBank(deps.pool, delivery.endpoint);
    const base = bank?.callbackUrl ?? null;
    const unwanted = await whyUnwanted(deps.pool, bank, told);
    if (unwanted !== null) return { skip: unwanted };
    if (bank === null || base === null) return { unreachable: "the bank has no callback URL" };
    const unreachable = whyUnreachable(bank, told);
    if (unreachable !== null) return { unreachable };
    const url = below(base, pathOf(told));
    return {
      url,
      headers: { "content-type": "application/jwt" },
      body: await deps.issuer.signText(await render(told, delivery.eventId, url), "callback+jwt"),
      allowPrivate: bank.mode === "sandbox",
      answerBytes: READ.has(told.type) ? ANSWER_BYTES : 0,
    };
  };
};

/** What nobody waits for any more. A phone does not leave the house for a search that is over. */
const whyUnwanted = async (pool: Pool, bank: Bank | null, told: Callback): Promise<string | null> => {
  if (told.type === "challenge")
    return told.challenge === bank?.challenge ? null : "the challenge is not the present one";
  if (told.type !== "link_creditor") return null;
  const order = await findAnyOrder(pool, told.order_guid);
  return order?.state.status === "pending" ? null : "the search is over";
};

const whyUnreachable = (bank: Bank, told: Callback): string | null => {
  if (bank.state !== "active") return "the bank is suspended";
  const unproven = bank.mode === "production" && bank.callbackProvenAt === null && told.type !== "challenge";
  return unproven ? "the callback URL is not proven" : null;
};

/** As it was written, so that a bank finds in `aud` what it gave. */
const below = (base: string, path: string): string => {
  const query = base.indexOf("?");
  const place = query < 0 ? base : base.slice(0, query);
  return `${place.replace(/\/+$/, "")}/${path}${query < 0 ? "" : base.slice(query)}`;
};
