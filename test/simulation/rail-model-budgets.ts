/** Budgets against scanning, as the contract has them: what a question costs, and what is given back. */
import type { Answer, Level, Rules, World } from "./rail-world.ts";

/** What a token is worth in milliseconds of refilling: two a minute for a payer, 12,000 a minute for a bank. */
const WORTH = { payer: 60_000 / 2, bank: 60_000 / 12_000 };
/** In production. The sandbox has so many times as much, and gets it back as fast. */
const CAPACITY = { payer: 100 * WORTH.payer, bank: 20_000 * WORTH.bank };
export const timesOf = (mode: string): number => (mode === "sandbox" ? 10 : 1);
/** Of a question by an order, and of a link. */
const RESERVED = {
  question: { payer: 20 * WORTH.payer, bank: 3 * WORTH.bank },
  link: { payer: 20 * WORTH.payer, bank: 21 * WORTH.bank },
};
const BACK = {
  unknown: { payer: 20 * WORTH.payer, bank: 20 * WORTH.bank },
  found: { payer: 19 * WORTH.payer, bank: 2 * WORTH.bank },
  paid: { payer: WORTH.payer, bank: WORTH.bank },
};

type Kind = "payer" | "bank";
type Asker = { readonly bank: string; readonly payer: string };

export const payerOf = (account: string): string => `payer ${account}`;
export const bankOf = (bank: string): string => `bank ${bank}`;

export const tokensOfBank = (tokens: number): number => tokens * WORTH.bank;

/** When, and in which world: how many times production's. */
export type Budgeting = { readonly now: number; readonly times: number };
/** In production alone moves wait. */
export const isSandbox = ({ holdMs }: Rules): boolean => holdMs === 0;
export const budgeting = ({ now, rules }: World): Budgeting => ({
  now,
  times: timesOf(isSandbox(rules) ? "sandbox" : "production"),
});

/** What there is at a moment. */
export const levelAt = (kind: Kind, level: Level | undefined, { now, times }: Budgeting): Level => {
  const capacity = CAPACITY[kind] * times;
  if (level === undefined) return { units: capacity, at: now };
  const units = Math.min(capacity, level.units + times * Math.max(0, now - level.at));
  return { units, at: Math.max(level.at, now) };
};

const placesOf = ({ bank, payer }: Asker): readonly (readonly [Kind, string])[] => [
  ["payer", payerOf(payer)],
  ["bank", bankOf(bank)],
];

/** @returns what is answered when there is not enough; then nothing was taken */
export const reserve = (world: World, asker: Asker, what: keyof typeof RESERVED): Answer | undefined => {
  const levels = placesOf(asker).map(([kind, id]) => {
    const level = levelAt(kind, world.budgets.get(id), budgeting(world));
    return { id, units: level.units - RESERVED[what][kind], at: level.at };
  });
  const missing = Math.max(...levels.map(({ units }) => -units)) / budgeting(world).times;
  if (missing > 0) return { code: "RATE_LIMITED", details: { retry_after_seconds: Math.ceil(missing / 1_000) } };
  for (const { id, ...level } of levels) world.budgets.set(id, level);
  return undefined;
};

/** Whoever has a place has a budget, full or not. */
export const openBudget = (world: World, account: string) => {
  const id = payerOf(account);
  if (!world.budgets.has(id)) world.budgets.set(id, levelAt("payer", undefined, budgeting(world)));
};

export const giveBack = (world: World, asker: Asker, why: keyof typeof BACK) => {
  for (const [kind, id] of placesOf(asker)) {
    const level = levelAt(kind, world.budgets.get(id), budgeting(world));
    const capacity = CAPACITY[kind] * budgeting(world).times;
    world.budgets.set(id, { ...level, units: Math.min(capacity, level.units + BACK[why][kind]) });
  }
};
