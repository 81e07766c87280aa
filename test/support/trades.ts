/** What tests of the exchange say again and again: people, orders in a certain status, refusals as the contract has them. */
import assert from "node:assert/strict";
import { eventually } from "./eventually.ts";
import type { Call, CallOptions, Json, Market, Reply } from "./market.ts";

/**
 * The contracts' tables of codes of this listener, copied by hand: the code's own registries are what is tested. Operators
 * install banks here too, so the rail's codes for them are among them.
 */
export const STATUS_OF_CODE = {
  AD_NOT_ACTIVE: 409,
  OWN_AD: 403,
  INVALID_PAYMENT_METHOD: 422,
  AMOUNT_TOO_LOW: 422,
  AMOUNT_TOO_HIGH: 422,
  AMOUNT_EXCEEDS_AVAILABLE: 409,
  ACTIVE_DEPOSIT_ORDER_EXISTS: 409,
  ACTIVE_WITHDRAW_ORDER_EXISTS: 409,
  MIN_DEPOSIT_REQUIRED: 403,
  WAGERING_REQUIREMENT_NOT_MET: 403,
  SELLER_INSUFFICIENT_BALANCE: 409,
  DUPLICATE_AD_TYPE: 409,
  VALIDATION_ERROR: 400,
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  AD_NOT_FOUND: 404,
  ORDER_NOT_FOUND: 404,
  USER_NOT_FOUND: 404,
  INVALID_ORDER_STATUS: 409,
  VERSION_MISMATCH: 409,
  PAYMENT_DETAILS_REQUIRED: 422,
  ALREADY_RATED: 409,
  RATING_CLOSED: 409,
  CHAT_CLOSED: 409,
  ALREADY_ASSIGNED: 409,
  CLAIM_CLOSED: 409,
  TRADER_SUSPENDED: 403,
  CROSS_SITE: 403,
  SECOND_FACTOR_REQUIRED: 403,
  LINK_OVER: 403,
  RECOVERY_REFUSED: 403,
  CODE_REFUSED: 403,
  SIGN_IN_OVER: 403,
  SECOND_FACTOR_ON: 409,
  INSUFFICIENT_SCOPE: 403,
  TOO_MANY_TOKENS: 409,
  PASSKEY_REFUSED: 403,
  TOO_MANY_PASSKEYS: 409,
  LAST_WAY_IN: 409,
  PARTICIPANT_NOT_FOUND: 404,
  KEY_NOT_FOUND: 404,
  KEY_REFUSED: 422,
  KID_IN_USE: 409,
  BANK_CODE_IN_USE: 409,
  DEAD_CALLBACK_NOT_FOUND: 404,
  ALIAS_MOVE_NOT_FOUND: 404,
  ALIAS_MOVE_NOT_YOURS: 409,
  PRODUCTION_NEEDS_RAIL_OPERATOR: 403,
  INVITE_REQUIRED: 403,
  LOGIN_TAKEN: 409,
  SIGN_IN_FAILED: 401,
  EXTERNAL_ID_REUSED: 409,
  INSUFFICIENT_BALANCE: 409,
  IDEMPOTENCY_KEY_REUSED: 422,
  PAYLOAD_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  RATE_LIMITED: 429,
  OVERLOADED: 503,
  BUSY: 503,
  OUTCOME_UNKNOWN: 503,
  INTERNAL_ERROR: 500,
} as const;
export type Code = keyof typeof STATUS_OF_CODE;

/** The error's shape: nothing but code, message and perhaps details. */
export const assertErrorShape = ({ status, body, text }: Reply) => {
  assert.ok(typeof body === "object" && body !== null, `${status} without JSON: ${text}`);
  assert.deepEqual(
    Object.keys(body).filter((member) => !["code", "message", "details"].includes(member)),
    [],
    text,
  );
  assert.equal(STATUS_OF_CODE[body.code as Code], status, text);
  assert.ok(typeof body.message === "string" && body.message.length > 0, text);
  if (body.details !== undefined) assert.ok(typeof body.details === "object" && body.details !== null, text);
  assert.doesNotMatch(
    text,
    /\bat .+\.ts:\d+|node_modules|select .+ from|insert into|exchange\./i,
    "tells of its inside",
  );
};

/** @param details compared in whole when given */
export const assertRefused = (reply: Reply, code: Code, details?: object) => {
  assert.equal(reply.body?.code, code, `${reply.status} ${reply.text}`);
  assertErrorShape(reply);
  if (details !== undefined) assert.deepEqual(reply.body.details, details);
};

/** VALIDATION_ERROR that points at these members, in any order. */
export const assertInvalid = (reply: Reply, ...pointers: readonly string[]) => {
  assertRefused(reply, "VALIDATION_ERROR");
  const issues: readonly { in: string; pointer: string; message: string }[] = reply.body.details.issues;
  for (const { message } of issues) assert.ok(message.length > 0);
  assert.deepEqual([...new Set(issues.map(({ pointer }) => pointer))].sort(), [...pointers].sort(), reply.text);
};

export const assertDone = (reply: Reply, status = 200): Json => {
  assert.equal(reply.status, status, reply.text);
  return reply.body;
};

let people = 0;
/** Somebody whom no other test knows. */
export const someone = (name: string): string => `${name}-${++people}`;

export const ENOUGH = 1_000_000;
export const AMOUNT = 100_000;

export type OrderTerms = { readonly amount?: number; readonly extra?: object; readonly options?: CallOptions };

export const tryOrder = (
  market: Market,
  taker: string,
  ad: Json,
  { amount = AMOUNT, extra, options }: OrderTerms = {},
) =>
  market.as(taker)(
    "POST",
    "/p2p/orders",
    { ad_id: ad.id, usdt_amount: amount, payment_method: "card", ...extra },
    options,
  );

export const order = async (market: Market, taker: string, ad: Json, terms: OrderTerms = {}): Promise<Json> =>
  assertDone(await tryOrder(market, taker, ad, terms), 201);

export const ACTIONS = ["confirm-paid", "confirm-received", "cancel", "call-operator"] as const;
export type Action = (typeof ACTIONS)[number];
export const STATUSES = ["pending", "paid_by_buyer", "disputed", "completed", "cancelled"] as const;
export type Status = (typeof STATUSES)[number];
export type AdType = "sell" | "buy";

export const act = (call: Call, { id }: Json, action: Action, body?: object, options?: CallOptions): Promise<Reply> =>
  call("POST", `/p2p/orders/${id}/${action}`, body, options);

export type Trade = {
  readonly ad: Json;
  readonly order: Json;
  readonly maker: string;
  readonly taker: string;
  readonly buyer: string;
  readonly seller: string;
  readonly asBuyer: Call;
  readonly asSeller: Call;
};

/** Steps of buyer and seller that lead to a status. */
const STEPS: Readonly<Record<Status, readonly (readonly ["asBuyer" | "asSeller", Action])[]>> = {
  pending: [],
  paid_by_buyer: [["asBuyer", "confirm-paid"]],
  disputed: [
    ["asBuyer", "confirm-paid"],
    ["asSeller", "call-operator"],
  ],
  completed: [
    ["asBuyer", "confirm-paid"],
    ["asSeller", "confirm-received"],
  ],
  cancelled: [["asSeller", "cancel"]],
};

export type TradeOptions = {
  readonly type?: AdType;
  readonly status?: Status;
  readonly amount?: number;
  readonly terms?: object;
  /** Of the seller's wallet before the order. */
  readonly funds?: number;
};

/** Two new people, an ad and an order, brought to a status. */
export const trade = async (market: Market, options: TradeOptions = {}): Promise<Trade> => {
  const { type = "sell", status = "pending", amount = AMOUNT, terms = {}, funds = ENOUGH } = options;
  const [seller, buyer] = [someone("seller"), someone("buyer")];
  await market.fund(seller, funds);
  const [maker, taker] = type === "sell" ? [seller, buyer] : [buyer, seller];
  const ad = await (type === "sell" ? market.sellAd(maker, terms) : market.buyAd(maker, terms));
  const extra = type === "sell" ? {} : { payment_details: { card_number: "4276 0000 0000 9876" } };
  const opened = await order(market, taker, ad, { amount, extra });
  const parties = { asBuyer: market.as(buyer), asSeller: market.as(seller) };
  for (const [who, action] of STEPS[status]) assertDone(await act(parties[who], opened, action));
  return { ad, order: opened, maker, taker, buyer, seller, ...parties };
};

/** A whole trade of two new people on the first two nodes, each step on another one than the step before it. */
export const tradeAcross = async (market: Market): Promise<Json> => {
  const [seller, buyer] = [someone("seller"), someone("buyer")];
  await market.fund(seller, ENOUGH);
  const ad = await market.sellAd(seller);
  const terms = { ad_id: ad.id, usdt_amount: AMOUNT, payment_method: "card" };
  const key = `order-${buyer}`;
  const opened = assertDone(await market.as(buyer)("POST", "/p2p/orders", terms, { node: 1, key }), 201);
  const repeated = await market.as(buyer)("POST", "/p2p/orders", terms, { node: 0, key });
  assert.equal(repeated.body.id, opened.id, "the key is known on the other node");
  assertDone(await market.as(buyer)("POST", `/p2p/orders/${opened.id}/confirm-paid`, undefined, { node: 0 }));
  assertDone(
    await market.as(seller)("POST", `/p2p/orders/${opened.id}/messages`, { message: "seen" }, { node: 1 }),
    201,
  );
  assertDone(await market.as(seller)("POST", `/p2p/orders/${opened.id}/confirm-received`, undefined, { node: 1 }));
  return { order: opened, buyer };
};

export const wallet = async (market: Market, user: string): Promise<Json> =>
  assertDone(await market.as(user)("GET", "/wallet"));

/** As if a pair's only order had completed so long ago. */
export const completedAgo = (market: Market, { id }: Json, interval: string) =>
  market.sql(`update exchange.order_states set completed_at = now() - interval '${interval}' where order_id = ${id};
    update exchange.partners p set row_version = p.row_version + 1,
      bought_day = floor(extract(epoch from s.completed_at) / 86400)
    from exchange.order_states s where s.order_id = ${id} and p.trader_id = s.buyer_id and p.partner_id = s.seller_id`);

/** As if so much time had passed since somebody's strikes. */
export const ageStrikes = (market: Market, user: string, interval: string) =>
  market.sql(`update exchange.traders set row_version = row_version + 1,
    struck_out_until = struck_out_until - interval '${interval}',
    strikes = array(select s - interval '${interval}' from unnest(strikes) s order by s) where id = '${user}'`);

let entries = 0;
/** A platform call with an external id of its own, unless one is given. */
export const platform = (market: Market, path: "credits" | "debits" | "wagers", entry: object, options?: CallOptions) =>
  market.as("host", "platform")("POST", `/platform/${path}`, { external_id: `entry-${++entries}`, ...entry }, options);

/** A new person with this much available, none of which counts as a deposit or is to be wagered, unless said otherwise. */
export const bonus = async (market: Market, user: string, amount: number, more: object = {}) =>
  assertDone(
    await platform(market, "credits", { user_id: user, amount, kind: "bonus", wagering_required: 0, ...more }),
    201,
  );

/** Starts all of them before any is answered. */
export const together = <Item>(count: number, start: (index: number) => Promise<Item>): Promise<Item[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => start(index)));

/** How many were answered how: `{ 201: 1, AMOUNT_EXCEEDS_AVAILABLE: 9 }`. */
export const tally = (replies: readonly Reply[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const reply of replies) {
    if (reply.status >= 400) assertErrorShape(reply);
    const outcome = reply.status < 300 ? String(reply.status) : reply.body.code;
    counts[outcome] = (counts[outcome] ?? 0) + 1;
  }
  return counts;
};

/** What the clock would take up now. */
const DUE = `select from exchange.order_deadlines where due_at <= now()
  union all select from exchange.traders where struck_out_until <= now()
  union all select from exchange.debts d join exchange.accounts a on a.id = 'available/' || d.debtor_id
    where d.outstanding > 0 and a.balance > 0`;

/**
 * Everything that a refused request must leave as it was. Claims and presence are no part of the trade. What the clock
 * writes is no effect of the request either: it is waited for, and deadlines that are about to come are left out.
 */
export const fingerprint = async (market: Market): Promise<Json> => {
  await eventually(async () => (await market.sql(DUE)).length === 0, "the clock has done what was due");
  const tables = [
    "accounts",
    "transfers",
    "ads",
    "listings",
    "listing_counts",
    "orders",
    "order_states",
    "order_history",
  ];
  const journals = ["events", "feed"];
  const digest = (table: string, condition = "true") =>
    `select '${table}' as name, count(*)::int as rows, md5(coalesce(string_agg(r::text, ',' order by r::text), '')) as digest
     from exchange.${table} r where ${condition}`;
  const deadlines = digest("order_deadlines", "r.due_at > now() + interval '1 minute'");
  const people = `select 'traders', count(*)::int, md5(coalesce(string_agg((to_jsonb(t) - 'last_seen_at')::text, ','
    order by t.id), '')) from exchange.traders t`;
  return market.sql([...[...tables, ...journals].map((table) => digest(table)), deadlines, people].join(" union all "));
};
