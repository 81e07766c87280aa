/**
 * What fast-check draws: steps that say roughly what is wanted ("the buyer of some order cancels"), so that a script
 * still makes sense when it is shrunk. What exactly is meant is settled when its turn comes.
 */
import fc from "fast-check";
import {
  amount,
  as,
  asking,
  chooseAd,
  chooseOrder,
  PEOPLE,
  person,
  recency,
  recent,
  type Sight,
  type Step,
  type,
  usually,
} from "./draws.ts";
import {
  type Action,
  type Credit,
  type Debit,
  type GivenTerms,
  OPERATORS,
  type Sent,
  STRANGER,
  type Status,
  type Terms,
} from "./requests.ts";
import { CLAIM_STEPS } from "./steps-claims.ts";
import { type Ad, type Order, remainingOf, type World } from "./world.ts";

const methods = fc.constantFrom(["card"], ["card", "cash"]);
const external = fc.integer({ min: 1, max: 40 }).map((n) => `e${n}`);

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
  min: fc.constantFrom(20, 20, 50, 50, 100, 10),
  max: fc.constantFrom(50, 100, 300, 500),
  total: fc.option(fc.constantFrom(50, 200, 600, 1_000), { freq: 2 }),
  rate: fc.constantFrom(100, 100, 95, 95, 133, 133, 201),
  methods,
  details: fc.option(fc.constantFrom("d1", "d2"), { freq: 8 }),
  windowMinutes: fc.option(fc.constant(5), { freq: 2 }),
});

const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined, freq: 2 });

const givenTerms: fc.Arbitrary<GivenTerms> = fc.record({
  min: maybe(fc.constantFrom(20, 50, 100, 10)),
  max: maybe(fc.constantFrom(50, 100, 300, 500)),
  total: maybe(fc.constantFrom(50, 200, 600, 1_000)),
  rate: maybe(fc.constantFrom(100, 133, 49)),
  methods: maybe(methods),
  details: maybe(fc.option(fc.constantFrom("d1", "d2"), { freq: 6 })),
});

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
    inFiat: usually(4).map((inUnits) => !inUnits),
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
    const sum = Math.round((size * (ad?.terms.rate ?? 100)) / 100);
    return {
      kind: "create-order",
      who,
      ...given,
      amount: given.inFiat ? sum : size,
      ad: handle,
      version: versions[version],
    };
  },
);

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
const assigning = asking("assign", operating, (drawn, sight) => ({
  kind: "assign",
  ...chooseCase(drawn, sight),
  takeOver: false,
}));
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

export const step: fc.Arbitrary<Step> = fc.oneof(
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
  ...CLAIM_STEPS,
);

/** The same key for something else that looks at nothing: a host's other amount, a trader's impossible ad. */
export const altered = ({ request, key }: Sent): Sent => {
  if ("external" in request) return { request: { ...request, amount: request.amount + 1 }, key };
  if (!("who" in request)) throw new Error("the clock has no keys");
  const impossible = { min: 2, max: 1, total: null, rate: 100, methods: ["card"], details: null, windowMinutes: null };
  return { request: { kind: "create-ad", who: request.who, type: "sell", terms: impossible }, key };
};
