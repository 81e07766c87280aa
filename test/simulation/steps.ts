/**
 * What fast-check draws: steps that say roughly what is wanted ("the buyer of some order cancels"), so that a script
 * still makes sense when it is shrunk. What exactly is meant is settled when its turn comes.
 */
import fc from "fast-check";
import { DAY, HOUR, MINUTE } from "../../src/kernel/index.ts";
import {
  type Action,
  type AdType,
  type Credit,
  type Debit,
  type GivenTerms,
  NOTHING,
  OPERATORS,
  type Request,
  type Sent,
  STRANGER,
  type Status,
  type Terms,
} from "./requests.ts";
import { type Ad, type Order, remainingOf, type World } from "./world.ts";

export const PEOPLE = ["anna", "boris", "vera", "gleb"] as const;

/** What a step may look at: the world as it was when all answers were last in, so that handles have their ids. */
export type Sight = { readonly world: World; readonly ads: number; readonly orders: number };

/** `how`: as it was, with the same key for something else, or the same thing with another key. */
export type Repeat = { readonly do: "repeat"; readonly back: number; readonly how: "same" | "altered" | "rekeyed" };

/** `ask`: the request it comes to now. `repeat`: an earlier one that had a key. */
export type Step = { readonly do: "ask"; readonly keyed: boolean; readonly ask: (sight: Sight) => Request } | Repeat;

/** What a person has to begin with. */
export type Opening = { readonly funds: number; readonly ads: readonly AdType[] };

/** Steps that are submitted in one turn; `settle`: then all answers are waited for, and time passes. */
export type Group = { readonly steps: readonly Step[]; readonly settle: boolean; readonly passes: number };
export type Script = {
  readonly opening: readonly Opening[];
  readonly multiplier: number;
  readonly bonusMultiplier: number;
  /** Commands in a batch: small ones, so that groups are cut at any place. */
  readonly batch: number;
  readonly groups: readonly Group[];
};

const person = fc.constantFrom(...PEOPLE);
const amount = fc.constantFrom(20, 50, 100, 150, 200, 300, 500);
const type = fc.constantFrom<AdType>("sell", "buy");
const methods = fc.constantFrom(["card"], ["card", "cash"]);
const external = fc.integer({ min: 1, max: 40 }).map((n) => `e${n}`);
/** Of the newest few, as a rule: old ones have long ended. */
const recency = fc.oneof({ weight: 5, arbitrary: fc.nat(2) }, { weight: 2, arbitrary: fc.nat(9) });
const recent = (known: number, back: number): number => (known === 0 ? NOTHING : known - 1 - (back % known));

type Thing = { readonly handle: number };

/** One of the newest that are as wished, or of all when none is. */
const choose = <One extends Thing>(known: readonly One[], back: number, wished: (one: One) => boolean): number => {
  const fit = known.filter(wished);
  const among = fit.length > 0 ? fit : known;
  return among[recent(among.length, back)]?.handle ?? NOTHING;
};
const chooseAd = ({ world, ads }: Pick<Sight, "world" | "ads">, back: number, wished: (ad: Ad) => boolean) =>
  choose(world.ads.slice(0, ads), back, wished);
const chooseOrder = ({ world, orders }: Sight, back: number, wished: (order: Order) => boolean) =>
  choose(world.orders.slice(0, orders), back, wished);

/** Terms that nothing is wrong with. */
export const GOOD: Terms = {
  min: 20,
  max: 500,
  total: null,
  rate: 100,
  methods: ["card", "cash"],
  details: "d0",
  windowMinutes: null,
};

const terms: fc.Arbitrary<Terms> = fc.record({
  min: fc.constantFrom(20, 50, 100),
  max: fc.constantFrom(50, 100, 300, 500),
  total: fc.option(fc.constantFrom(50, 200, 600, 1_000), { freq: 2 }),
  rate: fc.constantFrom(100, 95, 133),
  methods,
  details: fc.option(fc.constantFrom("d1", "d2"), { freq: 8 }),
  windowMinutes: fc.option(fc.constant(5), { freq: 2 }),
});

const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined, freq: 2 });

const givenTerms: fc.Arbitrary<GivenTerms> = fc.record({
  min: maybe(fc.constantFrom(20, 50, 100)),
  max: maybe(fc.constantFrom(50, 100, 300, 500)),
  total: maybe(fc.constantFrom(50, 200, 600, 1_000)),
  rate: maybe(fc.constantFrom(100, 133)),
  methods: maybe(methods),
  details: maybe(fc.option(fc.constantFrom("d1", "d2"), { freq: 6 })),
});

/** All but once in so many times, and never when shrunk. */
const usually = (times: number) => fc.nat(times).map((n) => n < times);

/** How a failure prints it. */
const named = (what: string, keyed: boolean, ask: (sight: Sight) => Request): Step =>
  Object.assign(
    { do: "ask" as const, keyed, ask },
    { [fc.toStringMethod]: () => (keyed ? `${what} with a key` : what) },
  );

const asking = <Drawn>(
  what: string,
  drawn: fc.Arbitrary<Drawn>,
  ask: (drawn: Drawn, sight: Sight) => Request,
): fc.Arbitrary<Step> =>
  fc
    .tuple(drawn, fc.boolean())
    .map(([given, keyed]) => named(`${what} ${JSON.stringify(given)}`, keyed, (sight) => ask(given, sight)));

const creatingAd = asking("create-ad", fc.record({ who: person, type, terms }), (given) => ({
  kind: "create-ad",
  ...given,
}));

/** The owner, as a rule. */
const onAd = fc.record({ recency, who: person, own: usually(9) });
const ownAd = ({ recency: back, who, own }: { recency: number; who: string; own: boolean }, { world, ads }: Sight) => {
  const ad = recent(ads, back);
  return { ad, who: own ? (world.ads[ad]?.maker ?? who) : who };
};

/** What a form sends: everything as the ad shows it, but for what its user touched. */
const asForm = (ad: Ad | undefined, touched: GivenTerms): GivenTerms => {
  const given = Object.entries(touched).filter(([, value]) => value !== undefined);
  return ad === undefined
    ? touched
    : { ...ad.terms, total: ad.terms.total ?? ad.terms.max, ...Object.fromEntries(given) };
};

const edit = { terms: givenTerms, type: fc.option(type, { nil: undefined, freq: 20 }) };
const form = fc.constantFrom("fields", "form", "untouched");
const editingAd = asking("edit-ad", fc.record({ on: onAd, form, ...edit }), ({ on, form, terms, ...given }, sight) => {
  const own = ownAd(on, sight);
  const sent = form === "fields" ? terms : asForm(sight.world.ads[own.ad], form === "form" ? terms : {});
  return { kind: "edit-ad", ...own, ...given, terms: sent };
});
const pausing = asking(
  "pause or resume",
  fc.record({ on: onAd, status: fc.constantFrom("active" as const, "active" as const, "paused" as const) }),
  ({ on, status }, sight) => ({ kind: "edit-ad", ...ownAd(on, sight), status, terms: {} }),
);
const deletingAd = asking("delete-ad", onAd, (on, sight) => ({ kind: "delete-ad", ...ownAd(on, sight) }));

/** As much as the ad gives, as a rule, or anything. */
const sized = (amount: number, fits: boolean, ad: Ad | undefined, world: World): number => {
  if (!fits || ad === undefined) return amount;
  return Math.max(ad.terms.min, Math.min(amount, ad.terms.max, remainingOf(world, ad)));
};

const ordering = asking(
  "create-order",
  fc.record({
    taker: fc.nat(PEOPLE.length - 1),
    recency,
    apt: usually(8),
    own: usually(20).map((other) => !other),
    amount,
    fits: usually(6),
    method: fc.constantFrom("card", "card", "card", "cash"),
    version: fc.oneof(
      { weight: 12, arbitrary: fc.constantFrom("none", "right") },
      { weight: 1, arbitrary: fc.constant("wrong") },
    ),
    details: fc.option(fc.constant("taker's"), { freq: 2 }),
  }),
  ({ recency: back, apt, version, taker, own, amount: wanted, fits, ...given }, { world, ads }) => {
    const handle = chooseAd({ world, ads }, back, (ad) => !apt || ad.status === "active");
    const ad = world.ads[handle];
    const others = PEOPLE.filter((name) => name !== ad?.maker);
    const who = own && ad !== undefined ? ad.maker : (others[taker % others.length] as string);
    const right = ad?.version ?? 1;
    const versions: Readonly<Record<string, number>> = { right, wrong: right + 1 };
    const size = sized(wanted, fits, ad, world);
    return { kind: "create-order", who, ...given, amount: size, ad: handle, version: versions[version] };
  },
);

const as = (order: Order | undefined, role: string): string => {
  if (order === undefined) return PEOPLE[0];
  if (role === "buyer") return order.buyer;
  if (role === "seller") return order.seller;
  return PEOPLE.find((name) => name !== order.buyer && name !== order.seller) ?? PEOPLE[0];
};

/** The side that is meant to do it, in a status that it is meant for, as a rule. */
const acting = (action: Action, meant: readonly Status[], usual: string, rare: string) =>
  asking(
    action,
    fc.record({
      recency,
      apt: usually(4),
      role: fc.oneof(
        { weight: 12, arbitrary: fc.constant(usual) },
        { weight: 3, arbitrary: fc.constant(rare) },
        { weight: 1, arbitrary: fc.constant("neither") },
      ),
      expected: fc.option(fc.constantFrom<Status>("pending", "paid_by_buyer", "disputed"), { nil: undefined, freq: 9 }),
    }),
    ({ recency: back, apt, role, expected }, sight) => {
      const { world } = sight;
      const order = chooseOrder(sight, back, apt ? ({ status }) => meant.includes(status) : () => true);
      return { kind: "act", action, order, who: as(world.orders[order], role), expected };
    },
  );

const isDue = ({ status, payBy, releaseBy }: Order, now: number): boolean =>
  (status === "pending" && now >= payBy) || (status === "paid_by_buyer" && now >= (releaseBy ?? 0));

const clock = asking("deadline", fc.record({ recency, apt: usually(3) }), ({ recency: back, apt }, sight) => ({
  kind: "deadline",
  order: chooseOrder(sight, back, (order) => !apt || isDue(order, sight.world.now)),
}));

/** The operator who has the case, as a rule. */
const operating = fc.record({ recency, apt: usually(6), own: usually(6), operator: fc.constantFrom(...OPERATORS) });
const chooseCase = (
  { recency: back, apt, own, operator }: { recency: number; apt: boolean; own: boolean; operator: string },
  sight: Sight,
) => {
  const handle = chooseOrder(sight, back, (order) => !apt || order.status === "disputed");
  const assigned = sight.world.orders[handle]?.operator ?? null;
  return { order: handle, who: own && assigned !== null ? assigned : operator };
};
const assigning = asking("assign", operating, (drawn, sight) => ({ kind: "assign", ...chooseCase(drawn, sight) }));
const resolving = asking(
  "resolve",
  fc.record({
    on: operating,
    outcome: fc.constantFrom("release" as const, "refund" as const, "split" as const),
    share: fc.constantFrom(1, 20, 50, 500),
  }),
  ({ on, ...given }, sight) => ({ kind: "resolve", ...chooseCase(on, sight), ...given }),
);

const lifting = asking("lift", person, (user) => ({ kind: "lift", user }));

const credit = asking(
  "credit",
  fc.record({
    user: person,
    amount,
    entry: fc.constantFrom<Credit["entry"]>("deposit", "deposit", "bonus", "adjustment"),
    wagering: fc.option(fc.constantFrom(0, 100, 400), { nil: undefined, freq: 3 }),
    external,
  }),
  (given) => ({ kind: "credit", ...given }),
);
const debit = asking(
  "debit",
  fc.record({
    user: fc.oneof({ weight: 12, arbitrary: person }, { weight: 1, arbitrary: fc.constant(STRANGER) }),
    amount,
    entry: fc.constantFrom<Debit["entry"]>("withdrawal", "adjustment", "deposit_reversal"),
    external,
  }),
  (given) => ({ kind: "debit", ...given }),
);
const wager = asking("wager", fc.record({ user: person, amount, external }), (given) => ({ kind: "wager", ...given }));

const repeating: fc.Arbitrary<Step> = fc.record({
  do: fc.constant("repeat" as const),
  back: fc.nat(7),
  how: fc.constantFrom("same" as const, "same" as const, "altered" as const, "rekeyed" as const),
});

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: creatingAd },
  { weight: 3, arbitrary: editingAd },
  { weight: 3, arbitrary: pausing },
  { weight: 1, arbitrary: deletingAd },
  { weight: 16, arbitrary: ordering },
  { weight: 9, arbitrary: acting("confirm-paid", ["pending"], "buyer", "seller") },
  { weight: 9, arbitrary: acting("confirm-received", ["paid_by_buyer", "disputed"], "seller", "buyer") },
  { weight: 3, arbitrary: acting("cancel", ["pending", "disputed"], "buyer", "seller") },
  { weight: 5, arbitrary: acting("call-operator", ["paid_by_buyer"], "seller", "buyer") },
  { weight: 5, arbitrary: clock },
  { weight: 4, arbitrary: assigning },
  { weight: 4, arbitrary: resolving },
  { weight: 2, arbitrary: lifting },
  { weight: 3, arbitrary: credit },
  { weight: 2, arbitrary: debit },
  { weight: 2, arbitrary: wager },
  { weight: 6, arbitrary: repeating },
);

const group: fc.Arbitrary<Group> = fc.record({
  steps: fc.array(step, { minLength: 1, maxLength: 10 }),
  settle: usually(3),
  passes: fc.oneof(
    { weight: 6, arbitrary: fc.constant(0) },
    { weight: 3, arbitrary: fc.constantFrom(MINUTE, 6 * MINUTE, 16 * MINUTE, 61 * MINUTE) },
    { weight: 1, arbitrary: fc.constant(25 * HOUR) },
    { weight: 1, arbitrary: fc.constant(31 * DAY) },
  ),
});

/** A taker who takes one order after the other, each of which falls through, until no more is given. */
const FICKLE = "vera";
const isFickle = ({ taker, status }: Order): boolean => taker === FICKLE && status === "pending";
const order = named("the fickle one orders", false, (sight) => {
  const ad = chooseAd(sight, 0, ({ status, maker, type: adType }) => {
    return status === "active" && maker !== FICKLE && adType === "sell";
  });
  return { kind: "create-order", who: FICKLE, ad, amount: GOOD.min, method: "card", details: null };
});

type Culprit = "buyer" | "seller" | "clock";
const fallThrough = (culprit: Culprit) =>
  named(`the ${culprit} ends the fickle one's order`, false, (sight) => {
    const handle = chooseOrder(sight, 0, isFickle);
    if (culprit === "clock") return { kind: "deadline", order: handle };
    return { kind: "act", who: as(sight.world.orders[handle], culprit), action: "cancel", order: handle };
  });

/** Mostly the taker's doing, or the maker's: both come to have too many. */
const dropsOf = (...culprits: readonly Culprit[]) =>
  fc.array(fc.record({ culprit: fc.constantFrom(...culprits), hours: fc.constantFrom(0, 0, 0, 0, 0, 0, 23) }), {
    minLength: 5,
    maxLength: 9,
  });

/** The clock lifts what is over, for each of them. */
const lifts: Group = {
  steps: PEOPLE.map((user) => named(`lift ${user}`, false, () => ({ kind: "lift", user }))),
  settle: true,
  passes: 0,
};

const dropping: fc.Arbitrary<readonly Group[]> = fc
  .tuple(fc.oneof(dropsOf("buyer", "buyer", "seller", "clock"), dropsOf("seller", "seller", "buyer")), fc.boolean())
  .map(([drops, over]) => [
    ...drops.flatMap(({ culprit, hours }): readonly Group[] => [
      { steps: [order], settle: true, passes: 16 * MINUTE },
      { steps: [fallThrough(culprit)], settle: true, passes: hours * HOUR },
    ]),
    ...(over ? [{ steps: [], settle: true, passes: 24 * HOUR }, lifts] : []),
  ]);

const FITTING: Readonly<Record<Action, Status>> = {
  "confirm-paid": "pending",
  "confirm-received": "paid_by_buyer",
  cancel: "pending",
  "call-operator": "paid_by_buyer",
};
const doing = (who: "buyer" | "seller", action: Action) =>
  named(`the ${who} of the fickle one's order: ${action}`, false, (sight) => {
    const handle = chooseOrder(sight, 0, (one) => one.taker === FICKLE && one.status === FITTING[action]);
    return { kind: "act", who: as(sight.world.orders[handle], who), action, order: handle };
  });
const settled = (one: Step, passes: number): Group => ({ steps: [one], settle: true, passes });

/** The same taker trades on some days, and then has disputes. */
const proving: fc.Arbitrary<readonly Group[]> = fc
  .record({ trades: fc.constantFrom(2, 3, 3), hours: fc.constantFrom(1, 25, 25), disputes: fc.constantFrom(1, 2, 3) })
  .map(({ trades, hours, disputes }) => {
    const begin = [settled(order, 0), settled(doing("buyer", "confirm-paid"), 0)];
    return [
      ...Array.from({ length: trades }, () => [
        ...begin,
        settled(doing("seller", "confirm-received"), hours * HOUR),
      ]).flat(),
      ...Array.from({ length: disputes }, () => [...begin, settled(doing("buyer", "call-operator"), 0)]).flat(),
    ];
  });

const opening: fc.Arbitrary<Opening> = fc.record({
  funds: fc.constantFrom(0, 150, 1_000, 3_000, 3_000),
  ads: fc.subarray<AdType>(["sell", "buy"]),
});

const prelude = fc.oneof(
  { weight: 8, arbitrary: fc.constant([]) },
  { weight: 1, arbitrary: dropping },
  { weight: 1, arbitrary: proving },
);
const groups = fc.array(group, { minLength: 1, maxLength: 16, size: "max" });

export const script: fc.Arbitrary<Script> = fc.record({
  opening: fc.array(opening, { minLength: PEOPLE.length, maxLength: PEOPLE.length }),
  multiplier: fc.constantFrom(0, 0, 1),
  bonusMultiplier: fc.constantFrom(0, 1, 1),
  batch: fc.constantFrom(1, 2, 3, 5, 256),
  groups: fc.tuple(prelude, groups).map(([before, then]) => [...before, ...then]),
});

/** The same key for something else that looks at nothing: a host's other amount, a trader's impossible ad. */
export const altered = ({ request, key }: Sent): Sent => {
  if ("external" in request) return { request: { ...request, amount: request.amount + 1 }, key };
  if (!("who" in request)) throw new Error("the clock has no keys");
  const impossible = { min: 2, max: 1, total: null, rate: 100, methods: ["card"], details: null, windowMinutes: null };
  return { request: { kind: "create-ad", who: request.who, type: "sell", terms: impossible }, key };
};
