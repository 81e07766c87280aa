/** The payment over the rail of an order that is paid so: its row, and what its parties see of it. */
import type { Ref, State } from "../../engine/index.ts";
import type { AnswerOf } from "../../http/index.ts";
import type { OrderId } from "../../kernel/index.ts";
import { RAIL_METHOD } from "../settings.ts";
import { type Order, type Role, type Settlement, settlements } from "../tables/index.ts";
import type { SettlementFacts } from "./schemas.ts";

type Known = { readonly id: OrderId } & Pick<Order, "paymentMethod">;

/** Nothing for an order that is paid by hand, so that it costs that order nothing. */
export const settlementNeeds = ({ id, paymentMethod }: Known): readonly Ref[] =>
  paymentMethod === RAIL_METHOD ? [settlements.at(id)] : [];

/** Null: it is paid by hand. */
export const settlementOf = (state: State, { id, paymentMethod }: Known): Settlement | null =>
  paymentMethod === RAIL_METHOD ? state.need(settlements.at(id)) : null;

/** Nobody has made a link to pay by yet: whoever settles is told of it, and finds it by its state. */
export const newSettlement = ({ id, buyerId, sellerId, paymentMethod }: Order): Settlement | null =>
  paymentMethod === RAIL_METHOD
    ? {
        orderId: id,
        buyerId,
        sellerId,
        state: "preparing",
        deeplinksPageUrl: null,
        qrCode: null,
        paymentGuid: null,
        reason: null,
      }
    : null;

export const SETTLEMENT_COLUMNS = [
  "state",
  "deeplinksPageUrl",
  "qrCode",
  "paymentGuid",
  "reason",
] as const satisfies readonly (keyof Settlement)[];
export type SettlementSource = Pick<Settlement, (typeof SETTLEMENT_COLUMNS)[number]>;

/** Where to pay is the buyer's to see. */
export const settlementFacts = (
  { state, deeplinksPageUrl, qrCode, paymentGuid, reason }: SettlementSource,
  role: Role,
): AnswerOf<typeof SettlementFacts> => {
  const isPayable = role === "buyer" && (state === "payable" || state === "paying");
  return {
    state,
    deeplinks_page_url: isPayable ? deeplinksPageUrl : null,
    qr_code: isPayable ? qrCode : null,
    payment_guid: paymentGuid,
    reason,
  };
};
