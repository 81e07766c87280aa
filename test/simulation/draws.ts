/** What steps are drawn from: people, amounts, and ways to mean one of the ads and orders that there are. */
import fc from "fast-check";
import { type AdType, NOTHING, type Request } from "./requests.ts";
import type { Ad, Order, World } from "./world.ts";

export const PEOPLE = ["anna", "boris", "vera", "gleb"] as const;

/** What a step may look at: the world as it was when all answers were last in, so that handles have their ids. */
export type Sight = { readonly world: World; readonly ads: number; readonly orders: number };

/** `how`: as it was, with the same key for something else, or the same thing with another key. */
export type Repeat = { readonly do: "repeat"; readonly back: number; readonly how: "same" | "altered" | "rekeyed" };

/** `ask`: the request it comes to now. `repeat`: an earlier one that had a key. */
export type Step = { readonly do: "ask"; readonly keyed: boolean; readonly ask: (sight: Sight) => Request } | Repeat;

/** Steps that are submitted in one turn; `settle`: then all answers are waited for, and time passes. */
export type Group = { readonly steps: readonly Step[]; readonly settle: boolean; readonly passes: number };

export const person = fc.constantFrom(...PEOPLE);
export const amount = fc.constantFrom(10, 20, 50, 100, 150, 200, 300, 500);
export const type = fc.constantFrom<AdType>("sell", "buy");
/** Of the newest few, as a rule: old ones have long ended. */
export const recency = fc.oneof({ weight: 5, arbitrary: fc.nat(2) }, { weight: 2, arbitrary: fc.nat(9) });
export const recent = (known: number, back: number): number => (known === 0 ? NOTHING : known - 1 - (back % known));

type Thing = { readonly handle: number };

/** One of the newest that are as wished, or of all when none is. */
export const choose = <One extends Thing>(
  known: readonly One[],
  back: number,
  wished: (one: One) => boolean,
): number => {
  const fit = known.filter(wished);
  const among = fit.length > 0 ? fit : known;
  return among[recent(among.length, back)]?.handle ?? NOTHING;
};
export const chooseAd = ({ world, ads }: Pick<Sight, "world" | "ads">, back: number, wished: (ad: Ad) => boolean) =>
  choose(world.ads.slice(0, ads), back, wished);
export const chooseOrder = ({ world, orders }: Sight, back: number, wished: (order: Order) => boolean) =>
  choose(world.orders.slice(0, orders), back, wished);

/** All but once in so many times, and never when shrunk. */
export const usually = (times: number) => fc.nat(times).map((n) => n < times);

/** How a failure prints it. */
export const named = (what: string, keyed: boolean, ask: (sight: Sight) => Request): Step =>
  Object.assign(
    { do: "ask" as const, keyed, ask },
    { [fc.toStringMethod]: () => (keyed ? `${what} with a key` : what) },
  );

export const asking = <Drawn>(
  what: string,
  drawn: fc.Arbitrary<Drawn>,
  ask: (drawn: Drawn, sight: Sight) => Request,
): fc.Arbitrary<Step> =>
  fc
    .tuple(drawn, fc.boolean())
    .map(([given, keyed]) => named(`${what} ${JSON.stringify(given)}`, keyed, (sight) => ask(given, sight)));

export const as = (order: Order | undefined, role: string): string => {
  if (order === undefined) return PEOPLE[0];
  if (role === "buyer") return order.buyer;
  if (role === "seller") return order.seller;
  return PEOPLE.find((name) => name !== order.buyer && name !== order.seller) ?? PEOPLE[0];
};
