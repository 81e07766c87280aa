/** What the model knows: people, ads, orders. Everything else (slots, escrow, remainders) is worked out from them. */
import { DAY } from "../../src/kernel/index.ts";
import type { AdType, Status, Terms } from "./requests.ts";

/** A code of the contract's table, or what the answer must show; null where the answer has no body. */
export type Answer = { readonly code: string } | { readonly facts: Readonly<Record<string, unknown>> | null };

export type Person = {
  available: number;
  deposited: number;
  required: number;
  wagered: number;
  completed: number;
  /** When this person dropped an order. */
  strikes: number[];
  /** Dropped too many, and the clock has not lifted it yet. */
  hidden: boolean;
  /** An operator stopped this person. */
  stopped: boolean;
  /** An operator lets this person go on in spite of a debt. */
  excused: boolean;
};

export type Ad = {
  readonly handle: number;
  readonly maker: string;
  readonly type: AdType;
  terms: Terms;
  status: "active" | "paused" | "deleted";
  version: number;
  /** Released since the total was last set. */
  released: number;
};

export type Order = {
  readonly handle: number;
  readonly ad: Ad;
  readonly taker: string;
  readonly buyer: string;
  readonly seller: string;
  readonly amount: number;
  /** What is paid for it. */
  readonly sum: number;
  readonly payBy: number;
  readonly details: string;
  status: Status;
  outcome: string | null;
  released: number;
  releaseBy: number | null;
  cancelledAt: number | null;
  /** What became of the buyer's word that it had been paid all the same. */
  claim: "open" | "honoured" | "compensated" | "dismissed" | null;
  /** What the seller still owes the buyer for it. */
  owed: number;
  completedAt: number | null;
  /** The two had traded the other way round: what the buyer got was no deposit. */
  wasReturn: boolean;
  wasDisputed: boolean;
  /** Whether the taker may have no other of this kind, though this one is disputed. */
  holdsSlot: boolean;
  /** Who has taken the case. */
  operator: string | null;
};

export type Rules = {
  readonly minDeposit: number;
  readonly minOrder: number;
  readonly rates: { readonly min: number; readonly max: number };
  readonly multiplier: number;
  readonly bonusMultiplier: number;
  readonly payWindowMs: number;
  readonly releaseWindowMs: number;
};

export type World = {
  readonly rules: Rules;
  readonly people: Map<string, Person>;
  readonly ads: Ad[];
  readonly orders: Order[];
  now: number;
};

export const createWorld = (rules: Rules, people: readonly string[], now: number): World => ({
  rules,
  people: new Map(
    people.map((name) => [
      name,
      {
        available: 0,
        deposited: 0,
        required: 0,
        wagered: 0,
        completed: 0,
        strikes: [],
        hidden: false,
        stopped: false,
        excused: false,
      },
    ]),
  ),
  ads: [],
  orders: [],
  now,
});

export const personOf = (world: World, name: string): Person => {
  const person = world.people.get(name);
  if (person === undefined) throw new Error(`nobody is called ${name}`);
  return person;
};

export const isOpen = ({ status }: Order): boolean => status !== "completed" && status !== "cancelled";

export const isParty = ({ buyer, seller }: Order, who: string): boolean => who === buyer || who === seller;

/** Whether operators have to do with it: it is or was disputed, or claimed. */
export const hasCase = ({ wasDisputed, claim }: Order): boolean => wasDisputed || claim !== null;

export const heldBy = (world: World, matches: (order: Order) => boolean): number =>
  world.orders.filter((order) => isOpen(order) && matches(order)).reduce((sum, { amount }) => sum + amount, 0);

export const remainingOf = (world: World, ad: Ad): number =>
  (ad.terms.total ?? ad.terms.max) - heldBy(world, (order) => order.ad === ad) - ad.released;

export const owedBy = (world: World, name: string): number =>
  world.orders.filter(({ seller }) => seller === name).reduce((sum, { owed }) => sum + owed, 0);

/** What of a balance may be given away: what is owed can only go to who is owed. */
export const freeOf = (world: World, name: string): number =>
  Math.max(0, personOf(world, name).available - owedBy(world, name));

/** Who may begin nothing new. */
export const isStopped = (world: World, name: string): boolean => {
  const { stopped, excused } = personOf(world, name);
  return stopped || (owedBy(world, name) > 0 && !excused);
};

export const availableOf = (world: World, ad: Ad): number => {
  const remaining = remainingOf(world, ad);
  return ad.type === "sell" ? Math.min(remaining, freeOf(world, ad.maker)) : remaining;
};

export const activeAd = (world: World, maker: string, type: AdType): Ad | undefined =>
  world.ads.find((ad) => ad.maker === maker && ad.type === type && ad.status === "active");

/** The withdrawal rule that forbids a person to sell, if any does. */
export const sellingRule = ({ rules }: World, person: Person): string | undefined => {
  if (person.deposited < rules.minDeposit) return "MIN_DEPOSIT_REQUIRED";
  return person.wagered < person.required ? "WAGERING_REQUIREMENT_NOT_MET" : undefined;
};

/** Whether its maker may offer it. */
export const isOffered = (world: World, ad: Ad): boolean => {
  const maker = personOf(world, ad.maker);
  return !maker.hidden && !isStopped(world, ad.maker) && (ad.type === "buy" || sellingRule(world, maker) === undefined);
};

/** Whether the market shows it. */
export const isShown = (world: World, ad: Ad): boolean =>
  ad.status === "active" && availableOf(world, ad) >= ad.terms.min && isOffered(world, ad);

/** Orders dropped within a day, after which the taker gets no other and the maker's ads are hidden. */
const MOST_STRIKES = 5;

export const isStruckOut = (world: World, { strikes }: Person): boolean =>
  strikes.filter((at) => at > world.now - DAY).length >= MOST_STRIKES;

export const deposit = (world: World, person: Person, amount: number, wagering = amount * world.rules.multiplier) => {
  person.deposited += amount;
  person.required += wagering;
};
