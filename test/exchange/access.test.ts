/**
 * Who may see and do what: one table of calls, people and states, tested in full. The raw text of every answer is
 * searched for what only the two parties, and the operator of the case, may read.
 */
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { type Case, messagesOf, operatorCall, png, say, upload } from "../support/chats.ts";
import { type Call, type Json, type Reply, useMarket } from "../support/market.ts";
import { act, assertDone, assertRefused, type Code, type Status, someone, trade } from "../support/trades.ts";

const market = useMarket();

/** Statuses, and whether the order was ever disputed and an operator is assigned to it. */
const STATES = {
  pending: { status: "pending", disputed: false, assigned: false },
  paid_by_buyer: { status: "paid_by_buyer", disputed: false, assigned: false },
  "disputed, not assigned": { status: "disputed", disputed: true, assigned: false },
  disputed: { status: "disputed", disputed: true, assigned: true },
  completed: { status: "completed", disputed: false, assigned: false },
  "completed after a dispute": { status: "completed", disputed: true, assigned: true },
  cancelled: { status: "cancelled", disputed: false, assigned: false },
  "cancelled after a dispute": { status: "cancelled", disputed: true, assigned: true },
} as const satisfies Record<string, { status: Status; disputed: boolean; assigned: boolean }>;
type StateName = keyof typeof STATES;
type State = (typeof STATES)[StateName];

/**
 * `former` is the person who is assigned, with a token that no longer has the role; `buyer-operator` and
 * `seller-operator` are the parties, with tokens that have it.
 */
const PEOPLE = [
  "nobody",
  "stranger",
  "buyer",
  "seller",
  "buyer-operator",
  "seller-operator",
  "operator",
  "assigned",
  "former",
] as const;
type Person = (typeof PEOPLE)[number];

/** `line`: of somebody's words in its chat. */
type Subject = Case & {
  readonly file: Json;
  readonly line: number;
  readonly secrets: readonly string[];
  readonly outsider: string;
};
type Expected = 200 | 201 | 204 | Code;

type Row = {
  readonly call: string;
  /** Who changes the order by it gets an order of one's own. */
  readonly fresh?: boolean;
  readonly send: (call: Call, subject: Subject) => Promise<Reply>;
  /** What each is answered; who is left out is the same as all others of `others`. */
  readonly expected: (state: State) => Readonly<Partial<Record<Person, Expected>>> & { readonly others: Expected };
  /** Who, when answered with a success, may read what is secret. */
  readonly reads?: readonly Person[];
};

const PARTIES: readonly Person[] = ["buyer", "seller", "buyer-operator", "seller-operator"];
const both = (buyer: Expected, seller: Expected, others: Expected = "ORDER_NOT_FOUND") => ({
  nobody: "UNAUTHORIZED" as const,
  buyer,
  "buyer-operator": buyer,
  seller,
  "seller-operator": seller,
  others,
});
/** For parties alone, whatever the status. */
const always = (expected: Expected) => () => both(expected, expected);
const when = (state: State, ...statuses: readonly Status[]): Expected =>
  statuses.includes(state.status) ? 200 : "INVALID_ORDER_STATUS";
/** For parties and the operator of the case. */
const withOperator = (expected: Expected) => (state: State) => ({
  ...both(expected, expected),
  ...(state.assigned ? { assigned: expected } : {}),
});

/** Without the role, and for parties who have it, always the same. */
const operators = (operator: Expected, assigned: Expected) => ({
  nobody: "UNAUTHORIZED" as const,
  operator,
  assigned,
  others: "FORBIDDEN" as const,
});
/** For the operator of the case alone. */
const assignedOnly =
  (expected: (state: State) => Expected) =>
  (state: State): ReturnType<typeof operators> => {
    if (!state.disputed) return operators("ORDER_NOT_FOUND", "ORDER_NOT_FOUND");
    return operators("FORBIDDEN", state.assigned ? expected(state) : "FORBIDDEN");
  };

const at =
  (path: string) =>
  (call: Call, { order }: Subject) =>
    call("GET", `/p2p/orders/${order.id}${path}`);

const ROWS: readonly Row[] = [
  { call: "GET the order", send: at(""), expected: always(200), reads: PARTIES },
  { call: "GET the messages", send: at("/messages"), expected: always(200), reads: PARTIES },
  { call: "POST a message", send: (call, { order }) => say(call, order, "Hello."), expected: always(201) },
  {
    call: "POST messages/read",
    send: (call, { order }) => call("POST", `${messagesOf(order)}/read`, { up_to_seq: 1 }),
    expected: always(200),
  },
  {
    call: "POST an attachment",
    send: (call, { order }) => upload(call, order, png("another")),
    expected: (state) => {
      const ended = state.status === "completed" || state.status === "cancelled";
      return withOperator(ended ? "INVALID_ORDER_STATUS" : 201)(state);
    },
  },
  {
    call: "GET an attachment",
    send: (call, { order, file }) => call("GET", `/p2p/orders/${order.id}/attachments/${file.id}`),
    expected: withOperator(200),
    reads: [...PARTIES, "assigned"],
  },
  { call: "GET the dossier", send: at("/dossier"), expected: always(200), reads: PARTIES },
  {
    call: "POST rate",
    fresh: true,
    send: (call, { order }) => call("POST", `/p2p/orders/${order.id}/rate`, { rating: 5 }),
    expected: ({ status }) => {
      const answer = status === "completed" ? 201 : "INVALID_ORDER_STATUS";
      return both(answer, answer);
    },
  },
  {
    call: "POST call-operator",
    fresh: true,
    reads: PARTIES,
    send: (call, { order }) => act(call, order, "call-operator"),
    expected: (state) => both(when(state, "paid_by_buyer"), when(state, "paid_by_buyer")),
  },
  {
    call: "POST confirm-paid",
    fresh: true,
    reads: PARTIES,
    send: (call, { order }) => act(call, order, "confirm-paid"),
    expected: (state) => both(when(state, "pending"), "FORBIDDEN"),
  },
  {
    call: "POST confirm-received",
    fresh: true,
    reads: PARTIES,
    send: (call, { order }) => act(call, order, "confirm-received"),
    expected: (state) => both("FORBIDDEN", when(state, "paid_by_buyer", "disputed")),
  },
  {
    call: "POST cancel",
    fresh: true,
    send: (call, { order }) => act(call, order, "cancel"),
    expected: (state) => both(when(state, "pending", "disputed"), when(state, "pending")),
  },
  {
    call: "GET operator/orders/{id}",
    send: (call, { order }) => call("GET", `/operator/orders/${order.id}`),
    expected: ({ disputed }) => (disputed ? operators(200, 200) : operators("ORDER_NOT_FOUND", "ORDER_NOT_FOUND")),
    reads: ["operator", "assigned"],
  },
  {
    call: "POST operator assign",
    fresh: true,
    send: (call, { order }) => operatorCall(call, order, "assign"),
    expected: (state) => {
      if (!state.disputed) return operators("ORDER_NOT_FOUND", "ORDER_NOT_FOUND");
      if (state.status !== "disputed") return operators("INVALID_ORDER_STATUS", "INVALID_ORDER_STATUS");
      return state.assigned ? operators("ALREADY_ASSIGNED", 200) : operators(200, 200);
    },
  },
  {
    call: "POST operator take over",
    fresh: true,
    send: (call, { order }) => operatorCall(call, order, "assign", { take_over: true, reason: "shift change" }),
    expected: (state) => {
      if (!state.disputed) return operators("ORDER_NOT_FOUND", "ORDER_NOT_FOUND");
      return state.status === "disputed"
        ? operators(200, 200)
        : operators("INVALID_ORDER_STATUS", "INVALID_ORDER_STATUS");
    },
  },
  {
    call: "POST an operator message",
    send: (call, { order }) => operatorCall(call, order, "messages", { message: "I am looking at it." }),
    expected: assignedOnly(() => 201),
  },
  {
    call: "POST operator hide",
    send: (call, { order, line }) => operatorCall(call, order, `messages/${line}/hide`, { reason: "a test" }),
    expected: assignedOnly(() => 204),
  },
  {
    call: "POST operator hide, of a line that is hidden already",
    send: (call, { order, line }) => operatorCall(call, order, `messages/${line}/hide`, { reason: "once more" }),
    expected: assignedOnly(() => 204),
  },
  ...(["release", "refund", "split"] as const).map((outcome) => ({
    call: `POST operator resolve, ${outcome}`,
    fresh: true,
    send: (call: Call, { order }: Subject) =>
      operatorCall(call, order, "resolve", {
        outcome,
        reason: "as shown",
        ...(outcome === "split" ? { buyer_amount: 1 } : {}),
      }),
    expected: assignedOnly((state) => when(state, "disputed")),
  })),
  {
    call: "GET operator/disputes",
    send: async (call, { order }) => {
      const status = (await market.sql(`select status from exchange.disputes where order_id = ${order.id}`))[0]?.status;
      return call("GET", `/operator/disputes?limit=100&status=${status ?? "open"}`);
    },
    expected: () => ({ ...operators(200, 200), "buyer-operator": 200, "seller-operator": 200 }),
  },
  {
    call: "GET operator/figures",
    send: (call) => call("GET", "/operator/figures"),
    expected: () => ({ ...operators(200, 200), "buyer-operator": 200, "seller-operator": 200 }),
  },
  {
    call: "POST notifications/read, of the order",
    send: (call, { order }) => call("POST", "/p2p/notifications/read", { order_id: order.id }),
    expected: always(200),
  },
  {
    call: "GET the transfers of the order",
    send: (call, { order }) => call("GET", `/wallet/transfers?order_id=${order.id}`),
    expected: () => ({ nobody: "UNAUTHORIZED" as const, others: 200 as const }),
  },
  {
    call: "GET the orders on the ad",
    send: (call, { ad }) => call("GET", `/p2p/orders?ad_id=${ad.id}`),
    expected: () => ({ nobody: "UNAUTHORIZED" as const, others: 200 as const }),
    reads: PARTIES,
  },
  ...["/p2p/me", "/wallet/statement.csv"].map((path) => ({
    call: `GET ${path}`,
    send: (call: Call) => call("GET", path),
    expected: () => ({ nobody: "UNAUTHORIZED" as const, others: 200 as const }),
  })),
  ...["/p2p/sessions", "/p2p/orders", "/p2p/notifications"].map((path) => ({
    call: `GET ${path}`,
    send: (call: Call) => call("GET", path),
    expected: () => ({ nobody: "UNAUTHORIZED" as const, others: 200 as const }),
    reads: PARTIES,
  })),
];

let subjects = 0;
const make = async (name: StateName): Promise<Subject> => {
  const { status, disputed, assigned } = STATES[name];
  const number = ++subjects;
  const steps = disputed ? "disputed" : status === "completed" || status === "cancelled" ? "pending" : status;
  const found = await trade(market, { status: steps, type: number % 2 === 0 ? "sell" : "buy" });
  const said = `the words of chat ${number}.`;
  assertDone(await say(found.asBuyer, found.order, said), 201);
  const file = assertDone(await upload(found.asBuyer, found.order, png(`the picture of chat ${number}.`)), 201);
  assertDone(await say(found.asBuyer, found.order, "look", { attachment_ids: [file.id] }), 201);
  const { seq: line } = assertDone(await say(found.asBuyer, found.order, "noise"), 201);
  const operator = someone("operator");
  const asOperator = market.as(operator, "operator");
  if (assigned) assertDone(await operatorCall(asOperator, found.order, "assign"));
  if (status === "completed") {
    if (!disputed) assertDone(await act(found.asBuyer, found.order, "confirm-paid"));
    assertDone(await act(found.asSeller, found.order, "confirm-received"));
  }
  if (status === "cancelled") assertDone(await act(found.asBuyer, found.order, "cancel"));
  const card = found.order.payment_details.card_number;
  assert.match(card, /^\d{4} 0000 0000 \d{4}$/);
  return {
    ...found,
    operator,
    asOperator,
    file,
    line,
    secrets: [card, said, file.id, file.sha256, file.original_sha256],
    outsider: someone("stranger"),
  };
};

const other = someone("operator");
const callOf = (person: Person, { buyer, seller, operator, outsider }: Subject): Call => {
  const calls: Readonly<Record<Person, Call>> = {
    nobody: market.stranger,
    stranger: market.as(outsider),
    buyer: market.as(buyer),
    seller: market.as(seller),
    "buyer-operator": market.as(buyer, "operator"),
    "seller-operator": market.as(seller, "operator"),
    operator: market.as(other, "operator"),
    assigned: market.as(operator, "operator"),
    former: market.as(operator),
  };
  return calls[person];
};

const assertSecret = ({ secrets }: Subject, { text, headers }: Reply, what: string) => {
  const raw = text + JSON.stringify(headers);
  for (const secret of secrets) assert.ok(!raw.includes(secret), `${what} tells ${secret}: ${raw}`);
};

let cells = 0;
const assertCell = async (row: Row, person: Person, expected: Expected, subject: Subject, state: StateName) => {
  const what = `${row.call} by ${person} when ${state}`;
  const reply = await row.send(callOf(person, subject), subject);
  if (typeof expected === "number") assert.equal(reply.status, expected, `${what}: ${reply.text}`);
  else {
    assert.equal(reply.body?.code, expected, `${what}: ${reply.status} ${reply.text}`);
    assertRefused(reply, expected);
  }
  const reads = typeof expected === "number" && (row.reads?.includes(person) ?? false);
  if (!reads) assertSecret(subject, reply, what);
  cells++;
  return reply;
};

for (const name of Object.keys(STATES) as StateName[]) {
  describe(`leak of the other side's data: an order that is ${name}`, () => {
    let shared: Subject;
    before(async () => {
      shared = await make(name);
    });

    for (const row of ROWS) {
      test(`${row.call}: everybody is answered as the table says`, async () => {
        const { others, ...named } = row.expected(STATES[name]);
        const wanted = PEOPLE.map((person) => [person, (named as Record<string, Expected>)[person] ?? others] as const);
        const isDone = ([, expected]: (typeof wanted)[number]) => typeof expected === "number";
        const told = async () =>
          (
            await market.sql(`select s.*, d.status as dispute, d.assigned_to from exchange.order_states s
            left join exchange.disputes d using (order_id) where s.order_id = ${shared.order.id}`)
          )[0];
        const was = await told();
        // Whoever is refused changes nothing for those after.
        for (const [person, expected] of wanted.filter((cell) => !isDone(cell))) {
          await assertCell(row, person, expected, shared, name);
        }
        assert.deepEqual(await told(), was, `a refused ${row.call} changed something`);
        for (const [person, expected] of wanted.filter(isDone)) {
          await assertCell(row, person, expected, row.fresh === true ? await make(name) : shared, name);
        }
      });
    }

    test("leak of the other side's data: lists and sessions show it to its two parties alone", async () => {
      for (const person of PEOPLE.filter((candidate) => candidate !== "nobody")) {
        for (const path of ["/p2p/orders?limit=100", "/p2p/sessions?limit=100"]) {
          const { items } = assertDone(await callOf(person, shared)("GET", path));
          const ids = items.map((item: Json) => item.order?.id ?? item.id);
          assert.equal(ids.includes(shared.order.id), PARTIES.includes(person), `${path} of ${person}`);
        }
      }
    });

    test("leak of the other side's data: nothing secret is told by the market, profiles, wallets, events or the queue", async () => {
      const paths = [
        "/p2p/ads?type=sell&limit=100",
        "/p2p/ads?type=buy&limit=100",
        `/p2p/ads/${shared.ad.id}`,
        `/p2p/users/${shared.seller}`,
        `/p2p/users/${shared.buyer}`,
        `/p2p/users/${shared.seller}/ads`,
        `/p2p/users/${shared.buyer}/ads`,
        `/p2p/users/${shared.seller}/reviews`,
        `/p2p/users/${shared.buyer}/reviews`,
        "/p2p/payment-methods",
        "/p2p/settings",
      ];
      const own = [
        "/p2p/ads/my",
        "/wallet",
        "/wallet/transfers",
        "/wallet/statement.csv",
        "/p2p/me",
        "/p2p/notifications",
        "/p2p/events?after=",
      ];
      for (const path of paths) assertSecret(shared, await market.stranger("GET", path), path);
      for (const person of ["stranger", "operator", "assigned"] as const) {
        for (const path of [...paths, ...own]) {
          const reply = await callOf(person, shared)("GET", path);
          assert.equal(reply.status, 200, `${path}: ${reply.text}`);
          assertSecret(shared, reply, `${path} of ${person}`);
        }
      }
      const after = assertDone(await callOf("buyer", shared)("GET", "/p2p/events?after=")).next;
      assert.ok(after !== undefined);
    });

    test("once cancelled, the payment details are told to nobody at all", async () => {
      for (const person of PARTIES) {
        const call = callOf(person, shared);
        const [order, dossier] = [
          await call("GET", `/p2p/orders/${shared.order.id}`),
          await call("GET", `/p2p/orders/${shared.order.id}/dossier`),
        ];
        const shown = STATES[name].status !== "cancelled";
        const [card = ""] = shared.secrets;
        for (const { text } of [order, dossier]) assert.equal(text.includes(card), shown, text);
      }
    });
  });
}

test("the table was tested in full", () => {
  assert.equal(cells, ROWS.length * PEOPLE.length * Object.keys(STATES).length);
});
