/**
 * What the rail's model knows, as plain data: a race is explained by trying what might have come first on copies of it.
 */
import type { Sent } from "./rail-requests.ts";

/** A code of the contract's table, or the whole answer. `details`: what a refusal says besides its code, where it matters. */
export type Answer =
  | { readonly code: string; readonly details?: Readonly<Record<string, unknown>> }
  | { readonly facts: Readonly<Record<string, unknown>> | null };

export type Holder = { readonly bank: string; readonly account: string };

/** In milliseconds of refilling, as of `at`. */
export type Level = { readonly units: number; readonly at: number };

export type Phone = {
  holder: Holder | null;
  held: (Holder & { readonly until: number }) | null;
};

export type Search = {
  readonly guid: string;
  readonly asked: readonly string[];
  readonly until: number;
  readonly refused: string[];
};

export type Order = {
  readonly guid: string;
  readonly bank: string;
  readonly type: "phone" | "link";
  readonly phone: string | null;
  readonly debtor: string | null;
  readonly expiresAt: number;
  readonly amount: number | null;
  readonly search: Search | null;
  /** Of a phone order. */
  readonly request: string | null;
  status: "processing" | "pending" | "rejected" | "created";
  reason: "NOT_LINKED" | "SEARCH_TIMEOUT" | "EXPIRED" | null;
  /** Who is paid; of a link order from the start. */
  creditor: Holder | null;
};

export type PayRequest = {
  readonly guid: string;
  readonly order: string;
  readonly bank: string;
  readonly debtor: string;
  status: "created" | "completed" | "failed";
  reason: string | null;
  payment: string | null;
};

export type Payment = {
  readonly guid: string;
  readonly order: string;
  readonly request: string;
  readonly bank: string;
  readonly debtor: string;
  /** The creditor's bank. */
  readonly creditor: string;
  status: "created" | "completed" | "failed";
  reason: string | null;
};

/** A callback, without its number. */
export type FeedEvent = Readonly<Record<string, unknown>>;

/** `replayed`: whether the idempotency key's memory gave it. */
export type Prediction = { readonly answer: Answer; readonly replayed: boolean };

export type Rules = {
  readonly run: string;
  readonly banks: readonly string[];
  /** A bank of the other world. */
  readonly outsider: string;
  /** Those that are asked for receivers. */
  readonly searched: readonly string[];
  /** How long a move of a phone waits. */
  readonly holdMs: number;
  /** Phones that an account may have. */
  readonly phonesPerAccount: number;
};

export type World = {
  readonly rules: Rules;
  now: number;
  /** Of banks and of payers' accounts; whoever is not in it has used nothing. */
  readonly budgets: Map<string, Level>;
  readonly phones: Map<string, Phone>;
  /** By account: the phones that have a place there. */
  readonly places: Map<string, readonly string[]>;
  readonly orders: Map<string, Order>;
  readonly requests: Map<string, PayRequest>;
  readonly payments: Map<string, Payment>;
  /** Orders and payments by bank, kind and external id. */
  readonly externals: Map<
    string,
    { readonly order: string; readonly payment: string | null; readonly amount?: number | bigint }
  >;
  /** By phone: what became of its alias. */
  readonly history: Map<string, string[]>;
  /** By subject and endpoint. */
  readonly told: Map<string, FeedEvent[]>;
  readonly keys: Map<string, { readonly sent: Sent; readonly answer: Answer }>;
};

export const createWorld = (rules: Rules, now: number): World => ({
  rules,
  now,
  budgets: new Map(),
  phones: new Map(),
  places: new Map(),
  orders: new Map(),
  requests: new Map(),
  payments: new Map(),
  externals: new Map(),
  history: new Map(),
  told: new Map(),
  keys: new Map(),
});

const found = <Value>(map: ReadonlyMap<string, Value>, guid: string): Value => {
  const value = map.get(guid);
  if (value === undefined) throw new Error(`the model has no ${guid}`);
  return value;
};

export const orderOf = ({ orders }: World, guid: string): Order => found(orders, guid);
export const requestOf = ({ requests }: World, guid: string): PayRequest => found(requests, guid);

export const phoneOf = ({ phones }: World, hash: string): Phone => {
  const phone = phones.get(hash) ?? { holder: null, held: null };
  phones.set(hash, phone);
  return phone;
};

export const isSame = (one: Holder | null, other: Holder | null): boolean =>
  one?.bank === other?.bank && one?.account === other?.account;

export const searchOf = ({ orders }: World, guid: string): Order | undefined =>
  [...orders.values()].find(({ search }) => search?.guid === guid);

/** Not paid and not failed. */
export const isOpen = ({ status, payment }: PayRequest): boolean => status !== "failed" && payment === null;

export const requestsFor = ({ requests }: World, order: string): readonly PayRequest[] =>
  [...requests.values()].filter((request) => request.order === order);

/** A payment that was made, or is on its way. */
export const paymentOn = ({ payments }: World, order: string): Payment | undefined =>
  [...payments.values()].find((payment) => payment.order === order && payment.status !== "failed");

export const tell = ({ told }: World, subject: string, endpoint: string, message: FeedEvent) => {
  const place = `${subject} to ${endpoint}`;
  const messages = told.get(place) ?? [];
  told.set(place, messages);
  messages.push(message);
};

export type AliasAct = "linked" | "unlinked" | "moved" | "held" | "objected" | "withdrawn";

export const record = ({ history }: World, hash: string, act: AliasAct, { bank, account }: Holder) =>
  void history.set(hash, [...(history.get(hash) ?? []), `${act} ${bank} ${account}`]);

export const tellOrder = (world: World, { guid, bank, status, reason }: Order) =>
  tell(world, `order ${guid}`, bank, { type: "order.updated", order_guid: guid, status, status_reason: reason });

/** The account is told as soon as the payer's bank may pay there. */
export const tellRequest = (world: World, { guid, order, bank, status, reason }: PayRequest) => {
  const account = status === "completed" ? (orderOf(world, order).creditor?.account ?? null) : null;
  tell(world, `order ${order}`, bank, { type: "pay_request", guid, order_guid: order, status, reason, account });
};

export const fail = (world: World, request: PayRequest, reason: string) => {
  request.status = "failed";
  request.reason = reason;
  tellRequest(world, request);
};

/** When the clock has something to do about an order; null: never again. */
export const deadlineOf = ({ reason, status, search, expiresAt }: Order): number | null => {
  if (reason !== null) return null;
  return status === "pending" ? (search?.until ?? expiresAt) : expiresAt;
};

export const isDue = (order: Order, now: number): boolean => (deadlineOf(order) ?? Number.POSITIVE_INFINITY) <= now;

/** When the clock has something to do next. */
export const nextDeadline = ({ orders, phones, now }: World): number | undefined => {
  const ends = [...orders.values()].map((order) => deadlineOf(order) ?? now);
  const moves = [...phones.values()].flatMap(({ held }) => (held === null ? [] : [held.until]));
  const ahead = [...ends, ...moves].filter((at) => at > now);
  return ahead.length === 0 ? undefined : Math.min(...ahead);
};
