/**
 * What fast-check draws: steps that say roughly what is wanted ("some bank that was asked says yes"), so that a script
 * still makes sense when it is shrunk. What exactly is meant is settled when its turn comes.
 */
import fc from "fast-check";
import { DAY, HOUR, MINUTE, SECOND } from "../../src/kernel/index.ts";
import type { Request, Seen } from "./rail-requests.ts";
import {
  dueOf,
  type Holder,
  isDue,
  isOpen,
  type Order,
  type PayRequest,
  phoneOf,
  type Search,
  type World,
} from "./rail-world.ts";

const BANKS = ["ada", "boo", "cyr", "dot"] as const;
/** A bank of the other world. */
const OUTSIDER = "out";
const PHONES = 3;

/** The world as the step finds it, and whether a guid was known when all answers were last in. */
export type Sight = {
  readonly world: World;
  isSettled(guid: string): boolean;
  /** A number that nothing has yet. */
  number(): number;
};

/** `how`: as it was, with the same key for something else, or the same thing with another key. */
export type Repeat = { readonly do: "repeat"; readonly back: number; readonly how: "same" | "altered" | "rekeyed" };
export type Ask = { readonly do: "ask"; readonly keyed: boolean; readonly ask: (sight: Sight) => Request };
/** `lane`: which engine, where there are two; `twice`: on both of them, or one after the other. */
export type Step = (Ask | Repeat) & { readonly lane: number; readonly twice: boolean };

/** How far time goes: a stretch, or to the next deadline and a little more or less. */
export type Passing = { readonly by: number } | { readonly toDeadline: number };

/** Steps that are submitted in one turn; `settle`: then all answers are waited for, time passes, and chores are done. */
export type Group = {
  readonly steps: readonly Step[];
  readonly settle: boolean;
  readonly passes: Passing;
  readonly chores: readonly ChoreName[];
};
export type ChoreName = "moves" | "searches" | "asks" | "deadlines" | "followers" | "returns";

export type Script = {
  readonly holdMs: number;
  /** By bank: whether it is asked for receivers, the tokens that it begins with (null: all), and how often it was silent. */
  readonly banks: readonly {
    readonly searched: boolean;
    readonly tokens: number | null;
    readonly failures: number;
  }[];
  /** By phone: who has it. */
  readonly linked: readonly (number | null)[];
  /** Commands in a batch: small ones, so that groups are cut at any place. */
  readonly batch: number;
  readonly groups: readonly Group[];
};

export const bankNames = (run: string): readonly string[] => BANKS.map((name) => `${run}-${name}`);
export const outsiderOf = (run: string): string => `${run}-${OUTSIDER}`;
export const phoneHashes = (run: string): readonly string[] =>
  Array.from({ length: PHONES }, (_, index) => `${run}-phone${index}`);
export const accountOf = (bank: string, which: number): string => `${bank}-account${which}`;

const NOTHING = "nothing";
export const isNothing = (request: Request): boolean => Object.values(request).includes(NOTHING);

const who = fc.nat(BANKS.length - 1);
/** Once in a while the bank of the other world. */
const anybody = fc.oneof({ weight: 15, arbitrary: who }, { weight: 1, arbitrary: fc.constant(BANKS.length) });
const phone = fc.nat(PHONES - 1);
const account = fc.nat(1);
/** Of the newest few, as a rule: old ones have long ended. */
const recency = fc.oneof({ weight: 5, arbitrary: fc.nat(2) }, { weight: 2, arbitrary: fc.nat(9) });
/** All but once in so many times, and never when shrunk. */
const usually = (times: number) => fc.nat(times).map((n) => n < times);
/** Null: one of its own. */
const external = fc.oneof({ weight: 6, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.nat(3) });
const amount = fc.constantFrom(null, 100, 250);

type Thing = { readonly guid: string };

/** One of the newest that are as wished, or of all when none is. */
const choose = <One extends Thing>(
  { isSettled }: Sight,
  all: Iterable<One>,
  back: number,
  wished: (one: One) => boolean,
): One | undefined => {
  const known = [...all].filter(({ guid }) => isSettled(guid));
  const fit = known.filter(wished);
  const among = fit.length > 0 ? fit : known;
  return among.at(-1 - (back % Math.max(1, among.length)));
};

const chooseOrder = (sight: Sight, back: number, wished: (order: Order) => boolean): Order | undefined =>
  choose(sight, sight.world.orders.values(), back, wished);

const nameOf = ({ world: { rules } }: Sight, index: number): string => rules.banks[index] ?? rules.outsider;
const hashOf = ({ world }: Sight, index: number): string => phoneHashes(world.rules.run)[index] ?? "";

/** How a failure prints it. */
const named = (what: string, keyed: boolean, ask: (sight: Sight) => Request): Ask =>
  Object.assign(
    { do: "ask" as const, keyed, ask },
    { [fc.toStringMethod]: () => (keyed ? `${what} with a key` : what) },
  );

const asking = <Drawn>(
  what: string,
  drawn: fc.Arbitrary<Drawn>,
  ask: (drawn: Drawn, sight: Sight) => Request,
): fc.Arbitrary<Ask> =>
  fc
    .tuple(
      drawn,
      usually(2).map((plain) => !plain),
    )
    .map(([given, keyed]) => named(`${what} ${JSON.stringify(given)}`, keyed, (sight) => ask(given, sight)));

/** From now; null: not given. Some orders outlive their search, some expire at once. */
const expiry = fc.constantFrom(null, null, 10 * MINUTE, 2 * HOUR, DAY, 30 * HOUR, 3 * DAY, 0, -1);
const terms = { who, expiry, amount, external };
type Terms = { who: number; expiry: number | null; amount: number | null; external: number | null };

const termsOf = (sight: Sight, { expiry: after, amount: hryvnias, external: reused, ...given }: Terms) => {
  const number = sight.number();
  return {
    who: nameOf(sight, given.who),
    number,
    expiresAt: after === null ? null : sight.world.now + after,
    amount: hryvnias,
    external: reused === null ? `own${number}` : `used${reused}`,
  };
};

/** Of the banks, as a node knows them that has heard of everything that was settled. */
const seenBy = ({ world: { rules, searched, suspended, reach } }: Sight, who: string): Seen => {
  const candidates = rules.banks.filter((bank) => bank !== who && searched.has(bank) && !suspended.has(bank));
  const doubtful = candidates.filter((bank) => (reach.get(bank)?.closedUntil ?? null) !== null);
  return { candidates, doubtful, unavailable: [...suspended] };
};

const orderByPhone = asking(
  "order by phone",
  fc.record({ terms: fc.record(terms), phone, payer: account }),
  ({ terms: given, phone: which, payer }, sight) => {
    const own = termsOf(sight, given);
    const seen = seenBy(sight, own.who);
    return { kind: "order-by-phone", ...own, seen, phone: hashOf(sight, which), debtor: accountOf(own.who, payer) };
  },
);

const orderByLink = asking("order by link", fc.record({ terms: fc.record(terms), account }), (given, sight) => {
  const own = termsOf(sight, given.terms);
  return { kind: "order-by-link", ...own, account: accountOf(own.who, given.account) };
});

const linking = asking("link", fc.record({ who, phone, account }), (given, sight) => {
  const bank = nameOf(sight, given.who);
  const phoneHash = hashOf(sight, given.phone);
  const account = accountOf(bank, given.account);
  return { kind: "link", number: sight.number(), who: bank, phone: phoneHash, account };
});

/** Whoever has the phone, or waits for it, does something about it. */
const ofParty = (what: string, kind: "link" | "unlink") =>
  asking(
    what,
    fc.record({ who, phone, account, apt: usually(6), waits: usually(2).map((no) => !no), same: usually(4) }),
    ({ apt, waits, same, ...given }, sight) => {
      const hash = hashOf(sight, given.phone);
      const { holder, held } = phoneOf(sight.world, hash);
      const party: Holder | null = waits ? held : holder;
      const bank = apt && party !== null ? party.bank : nameOf(sight, given.who);
      const own = apt && same && party !== null ? party.account : accountOf(bank, given.account);
      return { kind, number: sight.number(), who: bank, phone: hash, account: own };
    },
  );

const chooseSearch = (sight: Sight, back: number, wished: (search: Search) => boolean): Search | undefined =>
  choose(sight, sight.world.searches.values(), back, wished);

/** A bank that was asked and has not said no, as a rule. */
const askedOf = (sight: Sight, search: Search | undefined, who: number, apt: boolean): string => {
  const { asked = [], asking: waiting = [] } = search ?? {};
  const among = waiting.length > 0 ? waiting : asked;
  return (apt ? among[who % Math.max(1, among.length)] : undefined) ?? nameOf(sight, who);
};

const isUnderWay = ({ endedAt }: Search): boolean => endedAt === null;
const searching = (order: Order): boolean => order.status === "pending";

const answering = (what: string, kind: "yes" | "no" | "asks" | "refuses" | "silent") =>
  asking(
    what,
    fc.record({ who: anybody, recency, account, apt: usually(5), asked: usually(8) }),
    ({ who: index, recency: back, account: which, apt, asked }, sight) => {
      const found = chooseSearch(sight, back, (one) => !apt || isUnderWay(one));
      const bank = askedOf(sight, found, index, asked);
      const search = found?.guid ?? NOTHING;
      if (kind === "yes" || kind === "no")
        return { kind: "answer", who: bank, search, account: kind === "yes" ? accountOf(bank, which) : null };
      return { kind: "settle-ask", who: bank, search, outcome: kind };
    },
  );

const meeting = asking(
  "meet a search's deadline",
  fc.record({ recency, apt: usually(3) }),
  ({ recency: back, apt }, sight) => {
    const { now } = sight.world;
    const search = chooseSearch(sight, back, (one) => !apt || (dueOf(one) ?? now + 1) <= now);
    return { kind: "search-deadline", search: search?.guid ?? NOTHING, unheard: search?.unheard ?? [] };
  },
);

const endingAsk = asking(
  "end an ask",
  fc.record({ who, recency, asked: usually(3) }),
  ({ who: index, recency: back, asked }, sight) => {
    const search = chooseSearch(sight, back, isUnderWay);
    return { kind: "end-ask", search: search?.guid ?? NOTHING, bank: askedOf(sight, search, index, asked) };
  },
);

const editing = asking(
  "edit a bank",
  fc.record({ who, what: fc.constantFrom("suspend", "resume", "resume", "search", "search", "spare") }),
  ({ who: index, what }, sight) => ({
    kind: "edit-bank",
    bank: nameOf(sight, index),
    changes:
      what === "suspend" || what === "resume"
        ? { state: what === "suspend" ? "suspended" : "active" }
        : { receiverSearch: what === "search" },
  }),
);

const opening = asking(
  "open",
  fc.record({ who: anybody, recency, account, apt: usually(6) }),
  ({ who: index, recency: back, account: which, apt }, sight) => {
    const order = chooseOrder(sight, back, ({ status, reason }) => !apt || (status === "created" && reason === null));
    const bank = nameOf(sight, index);
    const number = sight.number();
    return { kind: "open", who: bank, number, order: order?.guid ?? NOTHING, debtor: accountOf(bank, which) };
  },
);

/** A request that was opened or found, and its own bank, as a rule. */
const paying = asking(
  "pay",
  fc.record({ who: anybody, recency, apt: usually(6), own: usually(8), right: usually(8), external }),
  ({ who: index, recency: back, apt, own, right, external: reused }, sight) => {
    const payable = (request: PayRequest) => !apt || (isOpen(request) && orderMayBePaid(sight.world, request));
    const request = choose(sight, sight.world.requests.values(), back, payable);
    const order = sight.world.orders.get(request?.order ?? "");
    const number = sight.number();
    return {
      kind: "pay",
      who: own ? (request?.bank ?? nameOf(sight, index)) : nameOf(sight, index),
      number,
      order: order?.guid ?? NOTHING,
      external: reused === null ? `own${number}` : `used${reused}`,
      amount: (order?.amount ?? 70) + (right ? 0 : 1),
      currency: right || index > 0 ? "UAH" : "USD",
    };
  },
);

const orderMayBePaid = ({ orders }: World, { order }: PayRequest): boolean => {
  const status = orders.get(order)?.status;
  return status === "processing" || status === "created";
};

const settling = asking(
  "settle payment",
  fc.record({
    who: anybody,
    recency,
    apt: usually(5),
    own: usually(8),
    success: usually(2),
    reason: fc.constantFrom(null, "closed"),
  }),
  ({ who: index, recency: back, apt, own, success, reason }, sight) => {
    const payment = choose(sight, sight.world.payments.values(), back, ({ status }) => !apt || status === "created");
    const bank = own ? (payment?.creditor ?? nameOf(sight, index)) : nameOf(sight, index);
    const result = success ? "success" : "failure";
    return { kind: "settle-payment", who: bank, payment: payment?.guid ?? NOTHING, result, reason };
  },
);

/** A payment that has come, and the bank that it came to, as a rule. */
const cameTo = (sight: Sight, back: number, apt: boolean) =>
  choose(sight, sight.world.payments.values(), back, ({ status }) => !apt || status === "completed");

const returning = asking(
  "return",
  fc.record({ who: anybody, recency, apt: usually(6), own: usually(8), part: fc.constantFrom(1, 2, 4), external }),
  ({ who: index, recency: back, apt, own, part, external: reused }, sight) => {
    const payment = cameTo(sight, back, apt);
    const number = sight.number();
    return {
      kind: "return",
      who: own ? (payment?.creditor ?? nameOf(sight, index)) : nameOf(sight, index),
      number,
      payment: payment?.guid ?? NOTHING,
      external: reused === null ? `own${number}` : `used${reused}`,
      amount: Math.ceil((payment?.amount ?? 70) / part),
    };
  },
);

const onReturn = (what: string, kind: "ask-return" | "refuse-return") =>
  asking(
    what,
    fc.record({ who: anybody, recency, apt: usually(6), own: usually(8) }),
    ({ who: index, recency: back, apt, own }, sight) => {
      const payment = cameTo(sight, back, apt);
      const party = kind === "ask-return" ? payment?.bank : payment?.creditor;
      return {
        kind,
        who: own ? (party ?? nameOf(sight, index)) : nameOf(sight, index),
        payment: payment?.guid ?? NOTHING,
      };
    },
  );

const lapsing = asking("let a return request lapse", fc.record({ recency, apt: usually(4) }), (given, sight) => ({
  kind: "lapse-return",
  payment:
    choose(sight, sight.world.payments.values(), given.recency, ({ asked }) => !given.apt || asked !== null)?.guid ??
    NOTHING,
}));

const onOrder = (what: string, kind: "settle-search" | "expire", wished: (order: Order, world: World) => boolean) =>
  asking(what, fc.record({ recency, apt: usually(3) }), ({ recency: back, apt }, sight) => ({
    kind,
    unavailable: [...sight.world.suspended],
    order: chooseOrder(sight, back, (order) => !apt || wished(order, sight.world))?.guid ?? NOTHING,
  }));

const expiring = onOrder("expire", "expire", (order, world) => isDue(world, order, world.now));
const settlingSearch = onOrder("settle search", "settle-search", searching);

const dropping = asking("drop", fc.record({ recency, apt: usually(5) }), ({ recency: back, apt }, sight) => {
  const wished = (request: PayRequest) => !apt || (request.status === "completed" && isOpen(request));
  return { kind: "drop", request: choose(sight, sight.world.requests.values(), back, wished)?.guid ?? NOTHING };
});

/** The move that waits for a phone. */
const moveOf = ({ world, isSettled }: Sight, hash: string): string => {
  const guid = phoneOf(world, hash).held?.guid ?? NOTHING;
  return isSettled(guid) ? guid : NOTHING;
};

const onMove = (what: string, kind: "complete-move" | "hear-notice") =>
  asking(what, fc.record({ phone }), (given, sight) => ({ kind, move: moveOf(sight, hashOf(sight, given.phone)) }));

const moving = onMove("complete move", "complete-move");
const hearing = onMove("hear of a move", "hear-notice");

const decidingMove = asking("decide a move", fc.record({ phone, completes: fc.boolean() }), (given, sight) => ({
  kind: "decide-move",
  move: moveOf(sight, hashOf(sight, given.phone)),
  decision: given.completes ? "complete" : "refuse",
}));

const objecting = asking("object", fc.record({ phone, who, apt: usually(5) }), (given, sight) => {
  const hash = hashOf(sight, given.phone);
  const holder = phoneOf(sight.world, hash).holder?.bank;
  return { kind: "object", who: given.apt && holder !== undefined ? holder : nameOf(sight, given.who), phone: hash };
});

const silencing = asking("cannot tell of a payment", fc.record({ recency, apt: usually(4) }), (given, sight) => {
  const wished = ({ status }: { readonly status: string }) => !given.apt || status === "created";
  return {
    kind: "silence",
    payment: choose(sight, sight.world.payments.values(), given.recency, wished)?.guid ?? NOTHING,
  };
});

const leaving = asking("leave place", fc.record({ phone, who, account }), (given, sight) => ({
  kind: "leave-place",
  account: accountOf(nameOf(sight, given.who), given.account),
  phone: hashOf(sight, given.phone),
}));

const repeating = fc.record({
  do: fc.constant("repeat" as const),
  back: fc.nat(7),
  how: fc.constantFrom("same" as const, "same" as const, "altered" as const, "rekeyed" as const),
});

const doing: fc.Arbitrary<Ask | Repeat> = fc.oneof(
  { weight: 12, arbitrary: orderByPhone },
  { weight: 4, arbitrary: orderByLink },
  { weight: 3, arbitrary: linking },
  { weight: 3, arbitrary: ofParty("link by a party", "link") },
  { weight: 7, arbitrary: ofParty("unlink by a party", "unlink") },
  { weight: 7, arbitrary: answering("yes", "yes") },
  { weight: 7, arbitrary: answering("no", "no") },
  { weight: 3, arbitrary: answering("ask a client", "asks") },
  { weight: 3, arbitrary: answering("refuse an ask", "refuses") },
  { weight: 3, arbitrary: answering("be silent", "silent") },
  { weight: 3, arbitrary: meeting },
  { weight: 2, arbitrary: endingAsk },
  { weight: 3, arbitrary: editing },
  { weight: 7, arbitrary: opening },
  { weight: 8, arbitrary: paying },
  { weight: 6, arbitrary: settling },
  { weight: 4, arbitrary: expiring },
  { weight: 3, arbitrary: settlingSearch },
  { weight: 3, arbitrary: dropping },
  { weight: 2, arbitrary: moving },
  { weight: 3, arbitrary: hearing },
  { weight: 2, arbitrary: decidingMove },
  { weight: 2, arbitrary: objecting },
  { weight: 2, arbitrary: silencing },
  { weight: 2, arbitrary: leaving },
  { weight: 4, arbitrary: returning },
  { weight: 3, arbitrary: onReturn("ask for a return", "ask-return") },
  { weight: 2, arbitrary: onReturn("refuse a return", "refuse-return") },
  { weight: 1, arbitrary: lapsing },
  { weight: 5, arbitrary: repeating },
);

const step: fc.Arbitrary<Step> = fc
  .tuple(
    doing,
    fc.nat(1),
    usually(5).map((once) => !once),
  )
  .map(([what, lane, twice]) => ({ ...what, lane, twice }));

const passing: fc.Arbitrary<Passing> = fc.oneof(
  { weight: 6, arbitrary: fc.constant({ by: 0 }) },
  // A clock may also step back.
  {
    weight: 3,
    arbitrary: fc.record({ by: fc.constantFrom(1, 10 * SECOND, MINUTE, 11 * MINUTE, 3 * HOUR, -1, -7 * MINUTE) }),
  },
  { weight: 1, arbitrary: fc.constant({ by: 25 * HOUR }) },
  { weight: 3, arbitrary: fc.record({ toDeadline: fc.constantFrom(-1, 0, 0, 1, MINUTE) }) },
);

const groupOf = (most: number): fc.Arbitrary<Group> =>
  fc.record({
    steps: fc.array(step, { minLength: 1, maxLength: most }),
    settle: usually(3),
    passes: passing,
    chores: fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      {
        weight: 1,
        arbitrary: fc.subarray<ChoreName>(["moves", "searches", "asks", "deadlines", "followers", "returns"]),
      },
    ),
  });

/** @param most steps in a group */
export const scriptOf = (most: number): fc.Arbitrary<Script> =>
  fc.record({
    holdMs: fc.constantFrom(0, DAY),
    banks: fc.array(
      fc.record({
        searched: usually(4),
        tokens: fc.option(fc.constantFrom(0, 4, 8), { freq: 2 }),
        failures: fc.constantFrom(0, 0, 3, 4),
      }),
      { minLength: BANKS.length, maxLength: BANKS.length },
    ),
    linked: fc.array(fc.option(who, { freq: 2 }), { minLength: PHONES, maxLength: PHONES }),
    batch: fc.constantFrom(1, 2, 3, 5, 256),
    groups: fc.array(groupOf(most), { minLength: 1, maxLength: 16, size: "max" }),
  });

const NOBODYS = "nobody's phone";
/** The same key for something else. */
export const altered = (request: Request): Request => {
  if (!("who" in request)) throw new Error("the clock has no keys");
  return { kind: "unlink", number: 0, who: request.who, phone: NOBODYS, account: accountOf(request.who, 0) };
};
