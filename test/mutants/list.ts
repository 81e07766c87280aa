/**
 * Faults put into the product on purpose: each takes one guard away, and the tests named with it have to notice. `npm run
 * mutants` tries them; `list.test.ts` sees that each still fits the sources.
 */

/** The tests that have to notice, by what they are about. */
const TESTS = {
  exchange: { file: "test/simulation/exchange.test.ts", name: "in memory" },
  rail: { file: "test/simulation/rail.test.ts", name: "in memory" },
  // What scripts of hours cannot come to.
  days: { file: "test/attacks/rail-lookups.test.ts", name: "a phone's owner was asked|a consent of yesterday" },
} as const;

export type Mutant = {
  readonly guard: string;
  readonly file: string;
  /** Stands once in the file. */
  readonly from: string;
  readonly to: string;
  readonly noticedBy: { readonly file: string; readonly name: string };
};

type Fault = Omit<Mutant, "noticedBy">;
const noticedBy = (tests: keyof typeof TESTS, faults: readonly Fault[]): readonly Mutant[] =>
  faults.map((fault) => ({ ...fault, noticedBy: TESTS[tests] }));

const STRIKES: readonly Fault[] = [
  {
    guard: "who has too many strikes takes no order",
    file: "src/exchange/orders/check-order.ts",
    from: "if (struckOut !== undefined) return struckOut;",
    to: "",
  },
  {
    guard: "too many strikes hide a maker's ads",
    file: "src/exchange/traders/rules.ts",
    from: "maker.struckOutUntil === null &&",
    to: "",
  },
  {
    guard: "strikes count for their window and no longer",
    file: "src/exchange/traders/strikes.ts",
    from: "after(at, LIMITS.strikeWindowMs) > now",
    to: "at <= now",
  },
  {
    guard: "ads come back when the strikes are old, and not before",
    file: "src/exchange/ads/lift-strikes.ts",
    from: "if (now < trader.struckOutUntil) return unchanged(NOT_DUE);",
    to: "",
  },
  {
    guard: "whoever gives up a dispute gets a strike",
    file: "src/exchange/orders/machine.ts",
    from: 'move("disputed", "cancel", "buyer", "cancelled", "dispute_refunded", "to_seller", "buyer")',
    to: 'move("disputed", "cancel", "buyer", "cancelled", "dispute_refunded", "to_seller")',
  },
  {
    guard: "a buyer who lets the window run out gets a strike",
    file: "src/exchange/orders/machine.ts",
    from: 'move("pending", "expire", "clock", "cancelled", "payment_expired", "to_seller", "buyer")',
    to: 'move("pending", "expire", "clock", "cancelled", "payment_expired", "to_seller")',
  },
  {
    guard: "a maker who cancels gets a strike as well",
    file: "src/exchange/orders/machine.ts",
    from: 'move("pending", "cancel", "seller", "cancelled", "cancelled_by_seller", "to_seller", "seller")',
    to: 'move("pending", "cancel", "seller", "cancelled", "cancelled_by_seller", "to_seller")',
  },
];

const SLOTS: readonly Fault[] = [
  {
    guard: "a newcomer's dispute holds the slot",
    file: "src/exchange/traders/rules.ts",
    from: "ordersCount < LIMITS.ordersBeforeTrust || openDisputes > 0",
    to: "openDisputes > 0",
  },
  {
    guard: "a second dispute holds the slot of whoever has traded before",
    file: "src/exchange/traders/rules.ts",
    from: "ordersCount < LIMITS.ordersBeforeTrust || openDisputes > 0",
    to: "ordersCount < LIMITS.ordersBeforeTrust",
  },
  {
    guard: "one order at a time",
    file: "src/exchange/ads/taking.ts",
    from: "listed(refuseSecondOrder(taker, adType))",
    to: "listed(refuseSecondOrder({ ...taker, openDepositOrder: null }, adType))",
  },
];

const CLAIMS: readonly Fault[] = [
  {
    guard: "a claim has its window",
    file: "src/exchange/orders/claim-machine.ts",
    from: 'now < until ? undefined : refuse("CLAIM_CLOSED", { claim, closed_at: toRfc3339(until) })',
    to: "undefined",
  },
  {
    guard: "who cancelled the order has not paid it",
    file: "src/exchange/orders/claim-machine.ts",
    from: 'new Set(["payment_expired", "cancelled_by_seller"])',
    to: 'new Set(["payment_expired", "cancelled_by_seller", "cancelled_by_buyer"])',
  },
  {
    guard: "a claim is decided once",
    file: "src/exchange/orders/claim-machine.ts",
    from: "if (claim !== from) {",
    to: "if (claim === null && from !== null) {",
  },
  {
    guard: "the rules of selling bind who honours a claim",
    file: "src/exchange/orders/act-on-claim.ts",
    from: "if (rule !== undefined) return rule;",
    to: "",
  },
  {
    guard: "what is claimed needs the turnover of a deposit",
    file: "src/exchange/orders/claim-money.ts",
    from: "wageringRequired: moreWagering(buyer, wagering)",
    to: "wageringRequired: buyer.wageringRequired",
  },
  {
    guard: "a claim that was none costs a strike",
    file: "src/exchange/orders/claim-machine.ts",
    from: 'to: "dismissed", money: "none", strikes: "buyer"',
    to: 'to: "dismissed", money: "none", strikes: null',
  },
  {
    guard: "no more is compensated than the order was worth",
    file: "src/exchange/disputes/decide-claim.ts",
    from: "if (amount !== null && amount > order.usdtAmount) {",
    to: "if (amount === order.usdtAmount + 1n) {",
  },
];

const DEBTS: readonly Fault[] = [
  {
    guard: "what is owed is not spent",
    file: "src/exchange/traders/standing.ts",
    from: "minusUpTo(balance, owed)",
    to: "(owed, balance)",
  },
  {
    guard: "a debtor is suspended",
    file: "src/exchange/traders/standing.ts",
    from: 'return owed > ZERO && standing !== "excused" ? "debt" : null;',
    to: "return null;",
  },
  {
    guard: "who was excused was so for the debts of then",
    file: "src/exchange/traders/standing.ts",
    from: "owed: plus(trader.owed, amount),\n  standing: lapsed(trader.standing),",
    to: "owed: plus(trader.owed, amount),",
  },
  {
    guard: "no more is collected than is owed",
    file: "src/exchange/debts/collect-debt.ts",
    from: "lesser(debt.outstanding, book.balance(availableAccount(debt.debtorId)))",
    to: "book.balance(availableAccount(debt.debtorId))",
  },
  {
    guard: "who is suspended takes no order",
    file: "src/exchange/orders/check-order.ts",
    from: "if (stopped !== undefined) return stopped;",
    to: "",
  },
  {
    guard: "ads of a suspended maker are hidden",
    file: "src/exchange/traders/rules.ts",
    from: "suspensionOf(maker) === null &&",
    to: "",
  },
];

const WITHDRAWALS: readonly Fault[] = [
  {
    guard: "money that only comes back is no deposit",
    file: "src/exchange/orders/transition.ts",
    from: "pair.comesBack ? buyer.trader : deposited(buyer.trader, released, settings)",
    to: "deposited(buyer.trader, released, settings)",
  },
  {
    guard: "a pair's orders count once a day",
    file: "src/exchange/track-records/track-record.ts",
    from: "trader.ordersCount + (firstOfDay ? 1 : 0)",
    to: "trader.ordersCount + 1",
  },
  {
    guard: "no order is below the least amount",
    file: "src/exchange/orders/check-order.ts",
    from: "usdtAmount < minOrderAmount",
    to: "usdtAmount < 0n",
  },
  {
    guard: "no rate is outside the band",
    file: "src/exchange/ads/rules.ts",
    from: "(terms.exchangeRate < min || terms.exchangeRate > max)",
    to: "terms.exchangeRate < min",
  },
  {
    guard: "makers who sell have met the minimum deposit",
    file: "src/exchange/traders/rules.ts",
    from: '(type === "buy" || refuseToSell(maker, settings) === undefined)',
    to: "true",
  },
];

const OPERATORS: readonly Fault[] = [
  {
    guard: "no operator takes a case of their own",
    file: "src/exchange/disputes/assign.ts",
    from: 'if (isParty(order, operatorId)) return refuse("FORBIDDEN");',
    to: "",
  },
  {
    guard: "another operator's case is taken over by saying so alone",
    file: "src/exchange/disputes/assign.ts",
    from: "if (foreign && !takeOver)",
    to: "if (foreign && takeOver && !takeOver)",
  },
];

const SEARCHES: readonly Fault[] = [
  {
    guard: "a phone is one search at a time",
    file: "src/rail/orders/search.ts",
    from: "if (search !== null) return join(search, seeking, now, choose);",
    to: "",
  },
  {
    guard: "no bank is asked twice in one search",
    file: "src/rail/orders/reach.ts",
    from: "candidates.filter((bank) => !asked.includes(bank))",
    to: "[...candidates]",
  },
  {
    guard: "a silent bank counts as a no",
    file: "src/rail/search/meet-deadline.ts",
    from: "if (now < search.ackUntil || silent.length === 0) return unchanged(NOT_DUE);",
    to: "if (silent.length >= 0) return unchanged(NOT_DUE);",
  },
  {
    guard: "a bank that failed several asks is left alone",
    file: "src/rail/orders/reach.ts",
    from: "const closed = failures >= LIMITS.failuresInARow;",
    to: "const closed = failures > LIMITS.failuresInARow;",
  },
  {
    guard: "a suspended bank's customers are not found",
    file: "src/rail/orders/resolve-search.ts",
    from: 'unavailable.includes(holder.participantGuid) ? { rejected: "CREDITOR_BANK_UNAVAILABLE" } : { found: holder }',
    to: "{ found: holder }",
  },
  {
    guard: "an answer to a search of somebody else's is none",
    file: "src/rail/search/answer-search.ts",
    from: "search === undefined || !search.asked.includes(input.participantGuid)",
    to: "search === undefined",
  },
  {
    guard: "what was linked after the last no revives nothing",
    file: "src/rail/orders/resolve-search.ts",
    from: 'outcome === "found" ? holderOf(state.get(phones.at(phoneHash))) : null',
    to: "holderOf(state.get(phones.at(phoneHash)))",
  },
];

const ALIASES: readonly Fault[] = [
  {
    guard: "a look-up is paid for",
    file: "src/rail/aliases/link-alias.ts",
    from: "elsewhere ? NOTHING_BACK : LINK.unknown",
    to: "LINK.reserve",
  },
  {
    guard: "an account has room for so many phones",
    file: "src/rail/aliases/places.ts",
    from: ".length >= room)",
    to: ".length > room)",
  },
  {
    guard: "a move waits for the present bank",
    file: "src/rail/aliases/link-alias.ts",
    from: "else if (aliasMoveHoldMs[mode] === 0) moveNow",
    to: "else if (aliasMoveHoldMs[mode] >= 0) moveNow",
  },
  {
    guard: "a move whose notice never arrived does not go through",
    file: "src/rail/aliases/move-rows.ts",
    from: "heardAt !== null &&",
    to: "heardAt !== undefined &&",
  },
  {
    guard: "a move waits while one of its banks is suspended",
    file: "src/rail/aliases/move-rows.ts",
    from: 'state.need(participants.at(bank)).state === "active"',
    to: "state.need(participants.at(bank)).state.length > 0",
  },
  {
    guard: "the present bank's link is an objection",
    file: "src/rail/aliases/link-alias.ts",
    from: "if (held !== null) {",
    to: "if (held !== null && held.account === wanted.account) {",
  },
  {
    guard: "another bank's phone is no business of the caller",
    file: "src/rail/aliases/object-to-move.ts",
    from: "phone?.participantGuid !== participantGuid ||",
    to: "phone === undefined ||",
  },
];

const PAYMENTS: readonly Fault[] = [
  {
    guard: "a payment is settled once",
    file: "src/rail/pay-requests/settle-payment.ts",
    from: 'if (payment.status !== "created") return unchanged(resultOf(payment));',
    to: "",
  },
  {
    guard: "no bank settles another's payment",
    file: "src/rail/pay-requests/settle-payment.ts",
    from: "payment === undefined || payment.creditorParticipantGuid !== by",
    to: "payment === undefined",
  },
  {
    guard: "a link that is paid is not opened",
    file: "src/rail/pay-requests/open-pay-request.ts",
    from: "if (state.need(links.at(order.guid)).paidBy !== null) return NOT_NOW;",
    to: "",
  },
  {
    guard: "an order that is over takes no money, whatever its row says",
    file: "src/rail/pay-requests/payable.ts",
    from: 'now >= expiresAt || statusReason === "EXPIRED"',
    to: 'statusReason === "EXPIRED"',
  },
];

const DAYS: readonly Fault[] = [
  {
    guard: "a phone is searched for so often a day and no more",
    file: "src/rail/orders/search.ts",
    from: "before.length >= seeking.mostADay",
    to: "before.length > seeking.mostADay",
  },
  {
    guard: "an old consent was to something else",
    file: "src/rail/aliases/consent.ts",
    from: "age > MAX_AGE_MS ||",
    to: "",
  },
];

export const MUTANTS: readonly Mutant[] = [
  ...noticedBy("exchange", [...STRIKES, ...SLOTS, ...CLAIMS, ...DEBTS, ...WITHDRAWALS, ...OPERATORS]),
  ...noticedBy("rail", [...SEARCHES, ...ALIASES, ...PAYMENTS]),
  ...noticedBy("days", DAYS),
];
