/**
 * A link order that a trade is paid by: to the account that the seller's phone leads to at that moment, whichever bank has
 * it. That bank confirms the payment, and not whoever made the link.
 */
import { unchanged } from "../../engine/index.ts";
import { type Instant, toRfc3339 } from "../../kernel/index.ts";
import { defineCommand } from "../command.ts";
import type { ParsedAmount } from "../parsers/index.ts";
import { externalIds, links, type Mode, type Order, phones, quotas, type StatusReason } from "../tables/index.ts";
import { openingOfLink, stateOf } from "./create-order.ts";
import { holderOf } from "./resolve-search.ts";
import { SETTLEMENT } from "./trades.ts";

export type CreateTradeLink = {
  readonly mode: Mode;
  /** The seller's. */
  readonly phoneHash: string;
  /** Of the trade: a repeat is the same link. */
  readonly externalId: string;
  readonly amount: ParsedAmount;
  readonly currency: string;
  readonly purpose: string;
  readonly expiresAt: Instant;
  readonly guid: string;
  /** Suspended banks. */
  readonly unavailable: readonly string[];
};

export type TradeLink =
  | { readonly kind: "made"; readonly guid: string }
  | {
      readonly kind: "refused";
      readonly reason: Extract<StatusReason, "NOT_LINKED" | "CREDITOR_BANK_UNAVAILABLE" | "EXPIRED">;
    };

export const createTradeLink = defineCommand<CreateTradeLink, TradeLink>()({
  name: "create-trade-link",
  refuses: [],
  needs: ({ mode, phoneHash, externalId, guid }) => [
    quotas.at(SETTLEMENT[mode]),
    externalIds.at(SETTLEMENT[mode], "order", externalId),
    phones.at(phoneHash),
    links.at(guid),
  ],
  decide(state, input, { now }) {
    const { mode, externalId, expiresAt, unavailable } = input;
    const used = state.get(externalIds.at(SETTLEMENT[mode], "order", externalId));
    if (used !== undefined) return unchanged<TradeLink>({ kind: "made", guid: used.targetGuid });
    if (now >= expiresAt) return unchanged<TradeLink>({ kind: "refused", reason: "EXPIRED" });
    const creditor = holderOf(state.get(phones.at(input.phoneHash)));
    if (creditor === null) return unchanged<TradeLink>({ kind: "refused", reason: "NOT_LINKED" });
    if (unavailable.includes(creditor.participantGuid))
      return unchanged<TradeLink>({ kind: "refused", reason: "CREDITOR_BANK_UNAVAILABLE" });
    const order = termsOf(input, creditor.account, now);
    const opened = stateOf(order, {
      status: "created",
      statusReason: null,
      creditorParticipantGuid: creditor.participantGuid,
      creditorAccount: creditor.account,
    });
    return {
      result: { kind: "made", guid: order.guid },
      writes: openingOfLink(order, opened),
      events: [],
    };
  },
});

const termsOf = (input: CreateTradeLink, creditorAccount: string, now: Instant): Order => ({
  guid: input.guid,
  participantGuid: SETTLEMENT[input.mode],
  mode: input.mode,
  type: "link",
  phoneHash: null,
  phone: null,
  creditorAccount,
  debtorAccount: null,
  expiresAt: input.expiresAt,
  expiresAtText: toRfc3339(input.expiresAt),
  amount: input.amount.minor,
  amountText: input.amount.text,
  currency: input.currency,
  externalId: input.externalId,
  purpose: input.purpose,
  payRequestGuid: null,
  requestGuid: null,
  createdAt: now,
});
