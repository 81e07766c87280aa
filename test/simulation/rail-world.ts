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
  /** When it was searched for. */
  searchedAt: readonly number[];
  held: Move | null;
};

/** A move that waits. */
export type Move = Holder & {
  readonly guid: string;
  readonly until: number;
  /** Whether the present bank had taken the notice in time. */
  heard: boolean;
};

export type Search = {
  readonly guid: string;
  readonly phone: string;
  readonly until: number;
  asked: readonly string[];
  /** Those that have not said no. */
  asking: readonly string[];
  /** Those that have not said anything. */
  unheard: readonly string[];
  ackUntil: number;
  /** Those that said yes. */
  claimed: readonly string[];
  outcome: "found" | "refused" | "over" | null;
  endedAt: number | null;
};

export type Order = {
  readonly guid: string;
  readonly bank: string;
  readonly type: "phone" | "link";
  readonly phone: string | null;
  readonly debtor: string | null;
  readonly expiresAt: number;
  readonly amount: number | null;
  /** The guid of the search that it waits for, or waited. */
  readonly search: string | null;
  /** Of a phone order. */
  readonly request: string | null;
  status: "processing" | "pending" | "rejected" | "created";
  reason: "NOT_LINKED" | "SEARCH_TIMEOUT" | "EXPIRED" | "CREDITOR_BANK_UNAVAILABLE" | null;
  /** Who is paid; of a link order from the start. */
  creditor: Holder | null;
  /** The last that was announced. */
  payment: string | null;
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
  readonly external: string;
  readonly late: boolean;
  status: "created" | "completed" | "failed";
  reason: string | null;
  completedAt: number | null;
  readonly amount: number;
  returned: number;
  returns: number;
  /** What its bank asks to have back. */
  asked: { readonly until: number; status: "created" | "completed" | "failed"; failure: string | null } | null;
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
  /** How often a phone is searched for within a day. */
  readonly searchesPerDay: number;
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
  /** Moves that are over, by guid: how. */
  readonly moved: Map<string, string>;
  /** By account: the phones that have a place there. */
  readonly places: Map<string, readonly string[]>;
  /** Banks that are asked for receivers, and those that are suspended. */
  readonly searched: Set<string>;
  readonly suspended: Set<string>;
  /** Asks in a row that a bank left unanswered, and until when it is not asked. */
  readonly reach: Map<string, { readonly failures: number; readonly closedUntil: number | null }>;
  readonly searches: Map<string, Search>;
  /** In the sandbox, by bank and phone: how often the bank has had it searched for on a day. */
  readonly trials: Map<string, { readonly day: number; readonly searches: number }>;
  readonly orders: Map<string, Order>;
  readonly requests: Map<string, PayRequest>;
  readonly payments: Map<string, Payment>;
  /** Orders and payments by bank, kind and external id. */
  readonly externals: Map<
    string,
    { readonly order: string; readonly payment: string | null; readonly amount?: number | bigint }
  >;
  /** Returns by bank and external id. */
  readonly returns: Map<string, { readonly guid: string; readonly payment: string; readonly amount: number }>;
  /** By phone: what became of its alias. */
  readonly history: Map<string, string[]>;
  /** By subject and endpoint. */
  readonly told: Map<string, FeedEvent[]>;
  readonly keys: Map<string, { readonly sent: Sent; readonly answer: Answer }>;
};

export const createWorld = (rules: Rules, searched: readonly string[], now: number): World => ({
  rules,
  now,
  budgets: new Map(),
  phones: new Map(),
  moved: new Map(),
  places: new Map(),
  searched: new Set(searched),
  suspended: new Set(),
  reach: new Map(),
  searches: new Map(),
  trials: new Map(),
  orders: new Map(),
  requests: new Map(),
  payments: new Map(),
  externals: new Map(),
  returns: new Map(),
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
  const phone = phones.get(hash) ?? { holder: null, searchedAt: [], held: null };
  phones.set(hash, phone);
  return phone;
};

/** The phone that waits for a move, with its hash. */
export const waitingMove = ({ phones }: World, guid: string): readonly [string, Move] | undefined => {
  for (const [hash, { held }] of phones) if (held?.guid === guid) return [hash, held];
  return undefined;
};

export const isSame = (one: Holder | null, other: Holder | null): boolean =>
  one?.bank === other?.bank && one?.account === other?.account;

/** The one that is under way for a phone. */
export const openSearchOf = ({ searches }: World, hash: string): Search | undefined =>
  [...searches.values()].find(({ phone, endedAt }) => phone === hash && endedAt === null);

export const waitingFor = ({ orders }: World, { guid, endedAt }: Search): number =>
  endedAt === null
    ? [...orders.values()].filter(({ search, status }) => search === guid && status === "pending").length
    : 0;

/** When the clock has something to do about a search; null: never again. */
export const dueOf = ({ unheard, ackUntil, until, endedAt }: Search): number | null =>
  endedAt !== null ? null : unheard.length > 0 ? Math.min(ackUntil, until) : until;

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

export type AliasAct = "linked" | "unlinked" | "moved" | "held" | "objected" | "withdrawn" | "refused";

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
export const deadlineOf = ({ searches }: World, { reason, status, search, expiresAt }: Order): number | null => {
  if (reason !== null) return null;
  return status === "pending" ? Math.min(expiresAt, searches.get(search ?? "")?.until ?? expiresAt) : expiresAt;
};

export const isDue = (world: World, order: Order, now: number): boolean =>
  (deadlineOf(world, order) ?? Number.POSITIVE_INFINITY) <= now;

/** When the clock has something to do next. */
export const nextDeadline = (world: World): number | undefined => {
  const { orders, searches, phones, now } = world;
  const ends = [...orders.values()].map((order) => deadlineOf(world, order) ?? now);
  const asks = [...searches.values()].map((search) => dueOf(search) ?? now);
  const lapses = [...world.payments.values()].flatMap(({ asked }) =>
    asked?.status === "created" ? [asked.until] : [],
  );
  const moves = [...phones.values()].flatMap(({ held }) => (held === null ? [] : [held.until]));
  const ahead = [...ends, ...asks, ...moves, ...lapses].filter((at) => at > now);
  return ahead.length === 0 ? undefined : Math.min(...ahead);
};
