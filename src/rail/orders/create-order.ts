/**
 * A bank orders a payment. Whether the phone is linked is looked up under the phone's own lock, and only after the price
 * of the search was taken.
 */
import type { Decision, State, Write } from "../../engine/index.ts";
import { after, type Instant, isRefusal, type Refusal, refuse } from "../../kernel/index.ts";
import { type Asker, askerNeeds, charge, NOTHING_BACK, QUESTION } from "../budgets/index.ts";
import { defineCommand } from "../command.ts";
import { LIMITS } from "../settings.ts";
import {
  externalIds,
  links,
  type Mode,
  type Order,
  type OrderState,
  type OrderStatus,
  orderDeadlines,
  orderStates,
  orders,
  payRequests,
  phones,
  quotas,
  type StatusReason,
} from "../tables/index.ts";
import { LATE_REFUSALS, NOT_FUTURE, type OrderDraft } from "./draft.ts";
import { type Candidates, chooseFrom, reachNeeds } from "./reach.ts";
import { type Creditor, holderOf } from "./resolve-search.ts";
import { openSearchNeeds, type Seeking, type Sought, seek } from "./search.ts";
import { historyOf, initialState } from "./transition.ts";
import { type Trying, trialNeeds, trialOf } from "./trials.ts";

export type CreateOrder = {
  readonly participantGuid: string;
  readonly mode: Mode;
  readonly draft: OrderDraft;
  /** Of a phone order: its keyed hash and its ciphertext. */
  readonly phone: { readonly hash: string; readonly sealed: string } | null;
  readonly guid: string;
  readonly payRequestGuid: string;
  readonly requestGuid: string;
  /** Suspended banks of this world: nothing is sent to their clients. */
  readonly unavailable: readonly string[];
} & Candidates &
  Pick<Seeking, "ackMs"> &
  Pick<Trying, "mostADay">;

/** What the answer adds to the request. */
export type Created = {
  readonly guid: string;
  readonly createdAt: number;
  readonly status: OrderStatus;
  readonly statusReason: StatusReason | null;
};

export const createOrder = defineCommand<CreateOrder, Created>()({
  name: "create-order",
  refuses: [...LATE_REFUSALS, "EXTERNAL_ID_NOT_UNIQUE", "RATE_LIMITED"],
  needs(input) {
    const { participantGuid, draft, phone, guid } = input;
    const own = [quotas.at(participantGuid), externalIds.at(participantGuid, "order", draft.externalId)];
    if (phone === null) return [...own, links.at(guid)];
    return [
      ...own,
      ...trialNeeds(input),
      ...askerNeeds(askerOf(input)),
      ...openSearchNeeds(phone.hash),
      ...reachNeeds(input),
    ];
  },
  decide(state, input, { now }) {
    const { draft, participantGuid } = input;
    const expiresAt = draft.expiresAt ?? after(now, LIMITS.defaultExpiryMs);
    if (expiresAt <= now) return NOT_FUTURE;
    if (draft.afterExpiry !== null) return draft.afterExpiry;
    const used = state.get(externalIds.at(participantGuid, "order", draft.externalId));
    if (used !== undefined)
      return refuse("EXTERNAL_ID_NOT_UNIQUE", { field: "external_id", order_guid: used.targetGuid });
    return draft.type === "link" ? createLink(input, expiresAt, now) : createByPhone(state, input, expiresAt, now);
  },
});

const createLink = (input: CreateOrder, expiresAt: Instant, now: Instant): Decision<Created> => {
  const order = termsOf(input, expiresAt, now);
  const state = stateOf(order, { status: "created", statusReason: null });
  return {
    result: resultOf(order, state),
    writes: openingOfLink(order, state),
    events: [],
  };
};

const createByPhone = (
  state: State,
  input: CreateOrder,
  expiresAt: Instant,
  now: Instant,
): Refusal<"RATE_LIMITED"> | Decision<Created> => {
  const price = charge(state, askerOf(input), QUESTION.reserve, now);
  if (isRefusal(price)) return price;
  const hash = input.phone?.hash ?? "";
  const creditor = holderOf(state.get(phones.at(hash)));
  const trial = trialOf(state, input, now);
  const seeking = { ...input, hash, sealed: input.phone?.sealed ?? "", mostADay: trial.mostADay };
  const sought = creditor === null ? seek(state, seeking, now, chooseFrom(state, input, now)) : null;
  const order = { ...termsOf(input, expiresAt, now), requestGuid: sought?.requestGuid ?? null };
  const opening = stateOf(order, openingFor(creditor, sought, input));
  const found = opening.status === "processing";
  return {
    result: resultOf(order, opening),
    writes: [
      ...openingOf(order, opening, sought === null || expiresAt < sought.until ? expiresAt : sought.until),
      payRequests.insert(payRequestOf(order, opening)),
      ...price.writes(found ? QUESTION.found : NOTHING_BACK),
      ...(sought?.writes ?? []),
      ...(sought?.requestGuid === input.requestGuid ? trial.writes() : []),
    ],
    events: [],
  };
};

const openingFor = (creditor: Creditor | null, sought: Sought | null, { unavailable }: CreateOrder): Opening => {
  if (creditor === null)
    return sought === null
      ? { status: "rejected", statusReason: "NOT_LINKED" }
      : { status: "pending", statusReason: null };
  const { participantGuid, account } = creditor;
  if (unavailable.includes(participantGuid)) return { status: "rejected", statusReason: "CREDITOR_BANK_UNAVAILABLE" };
  return {
    status: "processing",
    statusReason: null,
    creditorParticipantGuid: participantGuid,
    creditorAccount: account,
  };
};

const askerOf = ({ participantGuid, mode, draft }: CreateOrder): Asker => ({
  participantGuid,
  mode,
  account: draft.debtorAccount ?? "",
});

export const termsOf = (input: CreateOrder, expiresAt: Instant, now: Instant): Order => {
  const { draft, phone } = input;
  return {
    guid: input.guid,
    participantGuid: input.participantGuid,
    mode: input.mode,
    type: draft.type,
    phoneHash: phone?.hash ?? null,
    phone: phone?.sealed ?? null,
    creditorAccount: draft.creditorAccount,
    debtorAccount: draft.debtorAccount,
    expiresAt,
    expiresAtText: draft.expiresAtText,
    amount: draft.amount?.minor ?? null,
    amountText: draft.amount?.text ?? null,
    currency: draft.currency,
    externalId: draft.externalId,
    purpose: draft.purpose,
    payRequestGuid: draft.type === "phone" ? input.payRequestGuid : null,
    requestGuid: null,
    createdAt: now,
  };
};

type Opening = Pick<OrderState, "status" | "statusReason"> &
  Partial<Pick<OrderState, "creditorParticipantGuid" | "creditorAccount">>;

export const stateOf = (order: Order, opening: Opening): OrderState =>
  initialState({
    orderGuid: order.guid,
    participantGuid: order.participantGuid,
    phoneHash: order.phoneHash,
    creditorParticipantGuid: null,
    creditorAccount: null,
    ...opening,
  });

/** The rows of every new order. A rejected one has no deadline. */
const openingOf = (order: Order, state: OrderState, dueAt: Instant): readonly Write[] => [
  orders.insert(order),
  orderStates.insert(state),
  historyOf(state, order.createdAt),
  externalIds.insert({
    participantGuid: order.participantGuid,
    kind: "order",
    externalId: order.externalId,
    targetGuid: order.guid,
    paymentGuid: null,
    amount: null,
    late: null,
  }),
  ...(state.status === "rejected" ? [] : [orderDeadlines.append({ orderGuid: order.guid, dueAt })]),
];

/** Those of a link, which may be paid until it is over. */
export const openingOfLink = (order: Order, state: OrderState): readonly Write[] => [
  ...openingOf(order, state, order.expiresAt),
  links.insert({ orderGuid: order.guid, paidBy: null, opened: 0 }),
];

/** The pay request of a phone order: completed as soon as the payer's bank knows where to pay. */
const payRequestOf = (order: Order, { status }: OrderState) => ({
  guid: order.payRequestGuid ?? "",
  orderGuid: order.guid,
  participantGuid: order.participantGuid,
  phoneHash: order.phoneHash,
  debtorAccount: order.debtorAccount ?? "",
  status:
    status === "processing"
      ? ("completed" as const)
      : status === "rejected"
        ? ("failed" as const)
        : ("created" as const),
  reason: status === "rejected" ? ("REJECTED" as const) : null,
  paymentGuid: null,
  changes: 1,
  createdAt: order.createdAt,
});

const resultOf = (order: Order, { status, statusReason }: OrderState): Created => ({
  guid: order.guid,
  createdAt: order.createdAt,
  status,
  statusReason,
});
