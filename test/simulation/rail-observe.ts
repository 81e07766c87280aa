/** A store's rows and the model's world in the same words, and what must be true of any two looks at a store. */
import assert from "node:assert/strict";
import type {
  AccountPhone,
  AliasHistory,
  AliasMove,
  Callback,
  LastSeqs,
  Link,
  OrderState,
  Payer,
  Payment,
  PayRequest,
  Phone,
  Quota,
  Reach,
  ReturnRequest,
  Search,
} from "../../src/rail/tables/index.ts";
import { bankOf, budgeting, levelAt, payerOf, timesOf } from "./rail-model-budgets.ts";
import { netOf } from "./rail-model-returns.ts";
import { dueOf, type Holder, paymentOn, requestsFor, type World, waitingFor } from "./rail-world.ts";

/** What a stage reads of a store. */
export type Rows = {
  readonly states: readonly Pick<
    OrderState,
    "orderGuid" | "status" | "statusReason" | "lastSeqs" | "creditorParticipantGuid" | "creditorAccount" | "paymentGuid"
  >[];
  readonly phones: readonly Pick<Phone, "hash" | "participantGuid" | "account" | "lastSeqs" | "searchedAt">[];
  readonly moves: readonly Pick<
    AliasMove,
    "guid" | "phoneHash" | "toParticipantGuid" | "toAccount" | "until" | "status" | "heardAt"
  >[];
  readonly searches: readonly Pick<
    Search,
    | "requestGuid"
    | "phoneHash"
    | "asked"
    | "asking"
    | "unheard"
    | "claimed"
    | "waiting"
    | "dueAt"
    | "outcome"
    | "endedAt"
  >[];
  readonly reach: readonly Reach[];
  readonly requests: readonly Pick<
    PayRequest,
    "guid" | "orderGuid" | "participantGuid" | "status" | "reason" | "paymentGuid"
  >[];
  readonly payments: readonly Pick<
    Payment,
    | "guid"
    | "orderGuid"
    | "late"
    | "status"
    | "reason"
    | "completedAt"
    | "participantGuid"
    | "creditorParticipantGuid"
    | "amount"
    | "returned"
    | "returns"
  >[];
  readonly returnRequests: readonly Pick<ReturnRequest, "paymentGuid" | "until" | "status" | "failure">[];
  readonly links: readonly Link[];
  readonly history: readonly Pick<AliasHistory, "phoneHash" | "participantGuid" | "account" | "act">[];
  readonly places: readonly AccountPhone[];
  readonly quotas: readonly Quota[];
  readonly payers: readonly Payer[];
  /** In the order in which they were written. */
  readonly told: readonly Pick<Callback, "endpoint" | "subject" | "eventId" | "body">[];
};

type Facts = Readonly<Record<string, unknown>>;
type Named<Value> = Readonly<Record<string, Value>>;
type OrderFacts = {
  readonly status: string;
  readonly reason: string | null;
  readonly creditor: string | null;
  readonly payment: string | null;
};
type RequestFacts = { readonly status: string; readonly reason: string | null; readonly payment: string | null };
type PaymentFacts = {
  readonly order: string;
  readonly late: boolean;
  readonly status: string;
  readonly reason: string | null;
  readonly completedAt: number | null;
  /** In hryvnias. */
  readonly returned: number;
  readonly returns: number;
};

export type Observation = {
  readonly orders: Named<OrderFacts & { readonly lastSeqs: LastSeqs }>;
  readonly phones: Named<Facts>;
  readonly moves: Named<string>;
  readonly searches: Named<Facts>;
  /** By phone: when it was searched for. */
  readonly searchedAt: Named<readonly number[]>;
  readonly reach: Named<Facts>;
  readonly requests: Named<RequestFacts & { readonly order: string; readonly bank: string }>;
  readonly payments: Named<PaymentFacts>;
  /** By payment. */
  readonly returnRequests: Named<Facts>;
  /** By bank: what it has more or less of, in hryvnias. */
  readonly nets: Named<number>;
  readonly links: Named<Facts>;
  readonly history: Named<readonly string[]>;
  /** By account. */
  readonly places: Named<readonly string[]>;
  /** Levels as they are now. */
  readonly budgets: Named<number>;
  /** By subject and endpoint, in their order, without their numbers. */
  readonly told: Named<readonly Facts[]>;
};

const isTold = (lastSeqs: LastSeqs): boolean => Object.keys(lastSeqs).length > 0;

const nameOf = (bank: string | null | undefined, account: string | null | undefined): string | null =>
  typeof bank === "string" && typeof account === "string" ? `${bank} ${account}` : null;
const nameOfHolder = (holder: Holder | null): string | null => nameOf(holder?.bank, holder?.account);

const named = <Row, Value>(rows: readonly Row[], entry: (row: Row) => readonly [string, Value]): Named<Value> =>
  Object.fromEntries(rows.map(entry));

type Message = Facts & { readonly seq?: number };
const messageOf = ({ body }: Pick<Callback, "body">): Message => JSON.parse(body) as Message;

/** @param now of the model: a level is compared as it is by then */
export const observed = (rows: Rows, now: number, mode: string): Observation => {
  const told = new Map<string, Facts[]>();
  for (const callback of rows.told) {
    const place = `${callback.subject} to ${callback.endpoint}`;
    const { seq: _seq, ...message } = messageOf(callback);
    told.set(place, [...(told.get(place) ?? []), message]);
  }
  const levels = (kind: "bank" | "payer", id: string, { units, refilledAt }: Pick<Quota, "units" | "refilledAt">) =>
    [id, levelAt(kind, { units, at: refilledAt }, { now, times: timesOf(mode) }).units] as const;
  return {
    orders: named(rows.states, (row) => [
      row.orderGuid,
      {
        status: row.status,
        reason: row.statusReason,
        creditor: nameOf(row.creditorParticipantGuid, row.creditorAccount),
        payment: row.paymentGuid,
        lastSeqs: row.lastSeqs,
      },
    ]),
    // Whether a phone that nobody ever had has a row is nobody's concern.
    phones: named(
      rows.phones.filter(({ participantGuid, lastSeqs }) => participantGuid !== null || isTold(lastSeqs)),
      ({ hash, participantGuid, account, lastSeqs }) => {
        const open = rows.moves.find(({ phoneHash, status }) => phoneHash === hash && status === "waiting");
        const held = nameOf(open?.toParticipantGuid, open?.toAccount);
        const waits = { held, until: open?.until ?? null, heard: (open?.heardAt ?? null) !== null };
        return [hash, { holder: nameOf(participantGuid, account), ...waits, lastSeqs }];
      },
    ),
    moves: named(rows.moves, ({ guid, status }) => [guid, status]),
    searches: named(rows.searches, ({ requestGuid, phoneHash, endedAt, dueAt, ...search }) => [
      requestGuid,
      {
        phone: phoneHash,
        asked: search.asked,
        asking: search.asking,
        unheard: search.unheard,
        claimed: search.claimed,
        waiting: search.waiting,
        outcome: search.outcome,
        due: endedAt === null ? dueAt : null,
        endedAt,
      },
    ]),
    searchedAt: named(
      rows.phones.filter(({ searchedAt }) => searchedAt.length > 0),
      ({ hash, searchedAt }) => [hash, searchedAt],
    ),
    reach: named(rows.reach, ({ participantGuid, failures, closedUntil }) => [
      participantGuid,
      { failures, closedUntil },
    ]),
    requests: named(rows.requests, ({ guid, orderGuid, participantGuid, status, reason, paymentGuid }) => [
      guid,
      { order: orderGuid, bank: participantGuid, status, reason, payment: paymentGuid },
    ]),
    payments: named(rows.payments, ({ guid, orderGuid, late, status, reason, completedAt, returned, returns }) => [
      guid,
      { order: orderGuid, late, status, reason, completedAt, returned: Number(returned) / 100, returns },
    ]),
    returnRequests: named(rows.returnRequests, ({ paymentGuid, until, status, failure }) => [
      paymentGuid,
      { until, status, failure },
    ]),
    nets: netsIn(rows),
    links: named(rows.links, ({ orderGuid, paidBy, opened }) => [orderGuid, { paidBy, opened }]),
    history: Object.fromEntries(
      rows.phones
        .map(({ hash }) => [hash, rows.history.filter(({ phoneHash }) => phoneHash === hash)] as const)
        .filter(([, acts]) => acts.length > 0)
        .map(([hash, acts]) => [
          hash,
          acts.map(({ act, participantGuid, account }) => `${act} ${participantGuid} ${account}`),
        ]),
    ),
    places: Object.fromEntries(
      [...Map.groupBy(rows.places, ({ account }) => account.replace(`${mode} `, ""))].map(([account, places]) => [
        account,
        places
          .filter(({ kept }) => kept)
          .map(({ phoneHash }) => phoneHash)
          .sort(),
      ]),
    ),
    budgets: Object.fromEntries([
      ...rows.quotas.map((row) => levels("bank", bankOf(row.participantGuid), row)),
      ...rows.payers.map((row) => levels("payer", payerOf(row.id.replace(`${mode} `, "")), row)),
    ]),
    told: Object.fromEntries(told),
  };
};

/** Each side of each payment apart, as the banks' books have it. */
const netsIn = ({ payments }: Rows): Named<number> => {
  const nets = new Map<string, number>();
  const add = (bank: string, amount: number) => nets.set(bank, (nets.get(bank) ?? 0) + amount);
  for (const { status, amount, returned, participantGuid, creditorParticipantGuid } of payments) {
    if (status !== "completed") continue;
    const kept = (Number(amount) - Number(returned)) / 100;
    add(participantGuid, -kept);
    add(creditorParticipantGuid, kept);
  }
  return Object.fromEntries([...nets].filter(([, net]) => net !== 0));
};

/** The model's world as an observation. */
export const expected = (world: World): Observation => {
  const orders = [...world.orders.values()];
  const counted = (subject: string): LastSeqs =>
    Object.fromEntries(
      [...world.told]
        .filter(([place]) => place.startsWith(`${subject} to `))
        .map(([place, messages]) => [place.slice(`${subject} to `.length), messages.length]),
    );
  const phones = [...world.phones].map(
    ([hash, phone]) => [hash, { ...phone, lastSeqs: counted(`phone ${hash}`) }] as const,
  );
  return {
    orders: named(orders, ({ guid, type, status, reason, creditor, payment }) => [
      guid,
      {
        status,
        reason,
        creditor: type === "link" ? null : nameOfHolder(creditor),
        payment,
        lastSeqs: counted(`order ${guid}`),
      },
    ]),
    phones: Object.fromEntries(
      phones
        .filter(([, { holder, lastSeqs }]) => holder !== null || isTold(lastSeqs))
        .map(([hash, { holder, held, lastSeqs }]) => [
          hash,
          {
            holder: nameOfHolder(holder),
            held: nameOfHolder(held),
            until: held?.until ?? null,
            heard: held?.heard ?? false,
            lastSeqs,
          },
        ]),
    ),
    moves: Object.fromEntries([
      ...world.moved,
      ...phones.flatMap(([, { held }]) => (held === null ? [] : [[held.guid, "waiting"] as const])),
    ]),
    searches: named([...world.searches.values()], (search) => [
      search.guid,
      {
        phone: search.phone,
        asked: search.asked,
        asking: search.asking,
        unheard: search.unheard,
        claimed: search.claimed,
        waiting: waitingFor(world, search),
        outcome: search.outcome,
        due: dueOf(search),
        endedAt: search.endedAt,
      },
    ]),
    searchedAt: Object.fromEntries(
      [...world.phones].flatMap(([hash, { searchedAt }]) =>
        searchedAt.length > 0 ? [[hash, searchedAt] as const] : [],
      ),
    ),
    reach: Object.fromEntries(world.reach),
    requests: named([...world.requests.values()], ({ guid, order, bank, status, reason, payment }) => [
      guid,
      { order, bank, status, reason, payment },
    ]),
    payments: named(
      [...world.payments.values()],
      ({ guid, order, late, status, reason, completedAt, returned, returns }) => [
        guid,
        { order, late, status, reason, completedAt, returned, returns },
      ],
    ),
    returnRequests: Object.fromEntries(
      [...world.payments.values()].flatMap(({ guid, asked }) => (asked === null ? [] : [[guid, asked] as const])),
    ),
    nets: Object.fromEntries(
      world.rules.banks.map((bank) => [bank, netOf(world, bank)] as const).filter(([, net]) => net !== 0),
    ),
    links: named(
      orders.filter(({ type }) => type === "link"),
      ({ guid }) => [
        guid,
        { paidBy: paymentOn(world, guid)?.request ?? null, opened: requestsFor(world, guid).length },
      ],
    ),
    history: Object.fromEntries(world.history),
    places: Object.fromEntries(world.places),
    budgets: Object.fromEntries(
      [...world.budgets].map(([id, level]) => [
        id,
        levelAt(id.startsWith("bank ") ? "bank" : "payer", level, budgeting(world)).units,
      ]),
    ),
    told: Object.fromEntries(world.told),
  };
};

/** What no model is needed for: told apart, so that no error in it hides one of these. */
export const proveForward = (before: Observation, after: Observation, rows: Rows) => {
  for (const [guid, { status, reason, creditor }] of Object.entries(before.orders)) {
    const now = after.orders[guid];
    assert.ok(now !== undefined, `${guid} is gone`);
    const same = now.status === status && now.reason === reason;
    const ended = now.status === status && reason === null && now.reason === "EXPIRED" && status !== "pending";
    const settled = status === "pending" && ["processing", "rejected"].includes(now.status);
    assert.ok(same || ended || settled, `${guid} went from ${status} ${reason} to ${now.status} ${now.reason}`);
    assert.equal(now.creditor, creditor ?? now.creditor, `the creditor of ${guid} is not what it was`);
  }
  const ranks = ["created", "completed", "failed"];
  for (const [guid, { status, reason, payment }] of Object.entries(before.requests)) {
    const now = after.requests[guid];
    assert.ok(now !== undefined && ranks.indexOf(now.status) >= ranks.indexOf(status), `${guid} went back`);
    assert.equal(now.reason, reason ?? now.reason);
    assert.equal(now.payment, payment ?? now.payment, `${guid} was paid twice`);
  }
  for (const [guid, { status }] of Object.entries(before.payments))
    assert.equal(after.payments[guid]?.status, status === "created" ? after.payments[guid]?.status : status);
  for (const [guid, { returned, returns }] of Object.entries(before.payments)) {
    const now = after.payments[guid];
    assert.ok(now !== undefined && now.returned >= returned && now.returns >= returns, `${guid} took a return back`);
  }
  for (const [guid, { status }] of Object.entries(before.returnRequests))
    if (status !== "created") assert.equal(after.returnRequests[guid]?.status, status, `${guid} is asked for again`);
  const net = Object.values(after.nets).reduce((sum, each) => sum + each, 0);
  assert.equal(net, 0, "what banks have more and less of does not come to nothing");
  const paid = Object.values(after.payments).flatMap(({ order, status }) => (status === "failed" ? [] : [order]));
  assert.equal(new Set(paid).size, paid.length, "an order was paid twice");
  for (const [place, messages] of Object.entries(before.told))
    assert.deepEqual(
      after.told[place]?.slice(0, messages.length),
      messages,
      `what was told is told otherwise: ${place}`,
    );
  proveNumbers(after, rows);
};

/** Each bank's callbacks of one subject are numbered one by one, and nobody is told twice that a search is over. */
const proveNumbers = (after: Observation, { told }: Rows) => {
  const numbers = new Map<string, number>();
  const ids = new Set<string>();
  const cancelled = new Set<string>();
  for (const callback of told) {
    const { endpoint, subject, eventId } = callback;
    const { type, seq, request_guid: search } = messageOf(callback);
    assert.ok(!ids.has(`${endpoint} ${eventId}`), `${eventId} is there twice`);
    ids.add(`${endpoint} ${eventId}`);
    if (type === "link_creditor" || type === "challenge") continue;
    // Another bank's numbers would tell what it is told.
    const counted = `${subject} to ${endpoint}`;
    assert.equal(seq, (numbers.get(counted) ?? 0) + 1, `the numbers of ${counted}`);
    numbers.set(counted, seq ?? 0);
    if (type !== "link_cancelled") continue;
    assert.ok(!cancelled.has(`${endpoint} ${search}`), `${endpoint} was told twice that ${search} is over`);
    cancelled.add(`${endpoint} ${search}`);
  }
  for (const [guid, { lastSeqs }] of Object.entries(after.orders))
    for (const [bank, last] of Object.entries(lastSeqs))
      assert.equal(last, numbers.get(`order ${guid} to ${bank}`), `how often ${bank} was told of ${guid}`);
};
