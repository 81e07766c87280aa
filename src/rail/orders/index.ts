/** Payment orders: created, searched for, linked to an account, expired. */
export { type Created, type CreateOrder, createOrder } from "./create-order.ts";
export { type CreateTradeLink, createTradeLink, type TradeLink } from "./create-trade-link.ts";
export { type OrderDraft, parseDraft } from "./draft.ts";
export { orderDeadlinesIn } from "./due.ts";
export { expireOrder } from "./expire-order.ts";
export { type AliasFollowersDeps, createAliasFollowers } from "./follow-aliases.ts";
export { failed, isPaid, takenBy } from "./pay-request.ts";
export { createOrderPresenter, type OrderPresenter, pageUrl } from "./present.ts";
export { createFindOrder, type FoundOrder, findAnyOrder } from "./queries.ts";
export { type Candidates, hasAnswered, hasFailed, type ReachChange } from "./reach.ts";
export { askerOf } from "./resolve-search.ts";
export { acknowledged, endFound, endSearch, openSearch, openSearchNeeds, withoutBanks } from "./search.ts";
export { type OrderRef, settleSearch } from "./settle-search.ts";
export { isOfTrade, SETTLEMENT, SETTLEMENT_FEED, tradeEvents } from "./trades.ts";
export { historyOf, updateState, withStatus } from "./transition.ts";
export { type OrderDocument, orderDocument, toRfc3339Nanos } from "./views.ts";
